// The order of a stack's files: what a compaction leaves behind, gaps in the numbering, and which number the
// next sidecar gets.
//
// Sidecars are numbered densely, so that the reference's own next layer, numbered by count, overwrites none.
// Where there is a lock it is held while numbers are given out and taken back. Without one, a number that
// becomes free proves nothing: who has not yet seen the latest commits might take it. So each layer, a
// compacted base too, carries a number of its own that never goes down along the stack, and its only
// successor is created under the next one, by whoever is first; all who would follow the same layer meet
// there. A layer that is put anywhere after its parent has got another successor does not count, and never
// will; one that counts goes on counting. Only then is it given the dense number, by copying.
#include <algorithm>

#include "file/array_file_impl.h"

namespace af {
namespace {

constexpr int kTidyTries = 8;

bool holds_id(const std::vector<LayerId>& ids, const LayerId& id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool is_layer_of(const Snapshot& stack, const LayerId& id) {
  return std::ranges::any_of(stack.chain(), [&](const auto& layer) { return layer->id() == id; });
}

// Whether a sidecar that does not count is of no use to anyone: the base holds it, or it is there twice.
bool is_remains(const Snapshot& stack, const Layer& ignored) {
  return holds_id(stack.base().absorbed(), ignored.id()) || is_layer_of(stack, ignored.id());
}

// Whether somebody else was faster than its writer, who has not taken it back: what it follows has been
// followed by another.
bool has_lost(const Snapshot& stack, const Layer& ignored) {
  const LayerId& parent = ignored.parent();
  return holds_id(stack.base().absorbed(), parent) ||
         (is_layer_of(stack, parent) && parent != stack.top().id());
}

bool is_gone(const Error& error) {
  return error.status() == Status::kNotFound || error.status() == Status::kStale;
}

}  // namespace

std::unique_ptr<StoreLock> ArrayFile::Impl::lock_stack() {
  std::unique_ptr<StoreLock> lock = store->lock(name.lock());
  has_locks = lock != nullptr;
  return lock;
}

uint32_t ArrayFile::Impl::number_after_top() const {
  const Layer& top = snapshot->top();
  uint32_t number = top.foreign() ? top.number() : std::max(top.number(), top.footer().overlay_index());
  if (number == UINT32_MAX) fail(Status::kLimitExceeded, name.base(), " has used up all numbers of layers");
  return number + 1;
}

uint32_t ArrayFile::Impl::next_number() const {
  size_t count = snapshot->chain().size() + snapshot->ignored().size();
  if (count >= static_cast<size_t>(limits.max_layers) || count > UINT32_MAX)
    fail(Status::kLimitExceeded, name.base(), " has ", count, " layers, allowed are ", limits.max_layers);
  return has_locks ? static_cast<uint32_t>(count) : number_after_top();
}

bool ArrayFile::Impl::is_tidy() const {
  if (!snapshot->ignored().empty()) return false;
  for (size_t i = 1; i < snapshot->chain().size(); i++)
    if (snapshot->chain()[i]->key() != name.sidecar(static_cast<uint32_t>(i))) return false;
  return true;
}

void ArrayFile::Impl::clean_up_stack() {
  auto current = look();
  // Sidecars that hang on nothing are left for people to look at.
  for (const auto& layer : current->ignored())
    if (is_remains(*current, *layer) || (!has_locks && has_lost(*current, *layer)))
      store->remove(layer->key(), layer->version());
  std::vector<std::string> keys;
  for (const SidecarInfo& sidecar : list_sidecars(*store, name, limits.max_layers))
    keys.push_back(sidecar.info.key);
  uint32_t number = 1;
  for (const std::string& key : keys) {
    std::string wanted = name.sidecar(number++);
    // The order must stay as it is, whatever others do at the same time.
    if (key != wanted && !store->rename(key, wanted)) break;
  }
}

void ArrayFile::Impl::catch_up() {
  if (is_tidy() && snapshot->is_current(*store, name, limits)) return;
  for (int attempt = 0;; attempt++) {
    try {
      clean_up_stack();
      break;
    } catch (const Error& error) {
      // Without a lock others move and remove the same files.
      if (has_locks || !is_gone(error) || attempt == kTidyTries) throw;
    }
  }
  rebase(look());
}

void ArrayFile::Impl::close_gaps() {
  try {
    if (is_tidy()) return;
    clean_up_stack();
    move_to(look());
  } catch (const std::exception&) {
    // The commit stands; the next writer tries again.
  }
}

int64_t ArrayFile::Impl::collect_garbage() {
  auto ignored_bytes = [](const Snapshot& stack) {
    int64_t bytes = 0;
    for (const auto& layer : stack.ignored()) bytes += static_cast<int64_t>(layer->file_size());
    return bytes;
  };
  std::unique_ptr<StoreLock> lock = lock_stack();
  int64_t before = ignored_bytes(*look());
  catch_up();
  int64_t freed = std::max<int64_t>(before - ignored_bytes(*snapshot), 0);
  // Under the lock nobody is about to take a name back from a base that was replaced.
  if (!lock) return freed;
  return freed + store->remove_abandoned(name.stem() + ".", [this](std::string_view key) {
    return key == name.base() || key == name.stats() || name.sidecar_number(key);
  });
}

int64_t ArrayFile::collect_garbage() {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  return impl_->collect_garbage();
}

}  // namespace af
