// Stacks that are part of a store: what they write counts once the store has committed it.
#include <algorithm>

#include "file/array_file_impl.h"
#include "file/masks.h"
#include "format/checksum.h"
#include "format/footer_writer.h"

namespace af {
namespace {

// A layer that holds nothing, in the place of one that another one was put on.
std::vector<std::byte> emptied(const Layer& layer, std::string_view base_name) {
  FooterWriter footer(layer.footer().version(), {}, 0);
  return finish_layer(ExtensionWriter(), layer.id(), layer.parent(), {}, 0,
                      footer.finish({}, {}, layer.number(), base_name, kExtensionMark))
      .joined();
}

LayerMembers members_of(std::optional<std::set<LayerId>> committed, std::set<LayerId> own) {
  bool all = !committed;
  return {all, std::move(committed).value_or(std::set<LayerId>()), std::move(own)};
}

// A snapshot of a stack that nothing but memory holds.
std::shared_ptr<const Snapshot> snapshot_of(const std::vector<std::byte>& base, const StackName& name,
                                            const std::shared_ptr<IoCounters>& counters) {
  std::shared_ptr<ObjectStore> nowhere = create_memory_store();
  nowhere->put(name.base(), base, Condition::always());
  return Snapshot::open(*nowhere, name, {}, 0, counters);
}

}  // namespace

std::shared_ptr<ArrayFile> ArrayFile::begin(std::shared_ptr<ObjectStore> store, std::string_view key,
                                            const FileOptions& options) {
  auto impl = std::make_unique<Impl>(std::move(store), key, options);
  impl->writable = true;
  // Now, since what does not fit into memory is spooled there before there is a base.
  const StackName& name = impl->name;
  impl->store->make_folder(name.base().substr(0, name.base().size() - name.base_name().size() - 1));
  impl->base_to_make = empty_base(options.footer_version, random_layer_id(), {});
  impl->snapshot = snapshot_of(impl->base_to_make, impl->name, std::make_shared<IoCounters>());
  return std::shared_ptr<ArrayFile>(new ArrayFile(std::move(impl)));
}

// Another writer may have made the stack by now; then that one is it.
void ArrayFile::Impl::make_base() {
  {
    std::unique_ptr<StoreLock> lock = lock_stack();
    if (store->put(name.base(), base_to_make, Condition::if_absent()))
      counters->count_write(static_cast<int64_t>(base_to_make.size()));
  }
  std::vector<std::byte> base = std::exchange(base_to_make, {});
  try {
    rebase(look());
  } catch (...) {
    base_to_make = std::move(base);
    throw;
  }
}

void ArrayFile::Impl::move_to_members(LayerMembers next) {
  if (!base_to_make.empty()) {
    if (!store->stat(name.base())) return;
    make_base();
  }
  std::unique_ptr<StoreLock> lock = lock_stack();
  if (members->all == next.all && members->committed == next.committed) {
    catch_up();
    return;
  }
  std::swap(*members, next);
  try {
    clean_up_stack();
    rebase(look());
  } catch (...) {
    std::swap(*members, next);
    throw;
  }
}

bool ArrayFile::Impl::put_layer() {
  require_writable();
  if (pending->empty()) return false;
  if (!base_to_make.empty()) make_base();
  if (!dictionaries_agree(*snapshot)) normalise_dictionaries();
  pending->pack_all([this](int64_t done, int64_t total) { report(done, total); });
  for (int attempt = 0; attempt < kCommitTries; attempt++) {
    std::unique_ptr<StoreLock> lock = lock_stack();
    catch_up();
    MaskPlan masks = plan_masks(*snapshot, *pending, true);
    pending->packer().drain();
    if (!commit_sidecar(pending->packer(), [&](const LayerId& id) { return pending_tail(id, masks); }))
      continue;
    if (!has_locks) close_gaps();
    return masks.needs_rewrite;
  }
  fail(Status::kConflict, name.base(), ": other writers were faster ", kCommitTries, " times");
}

int64_t ArrayFile::Impl::empty_orphans() {
  std::unique_ptr<StoreLock> lock = lock_stack();
  int64_t given_back = 0;
  for (const auto& layer : look()->orphans()) {
    std::vector<std::byte> bytes = emptied(*layer, name.base_name());
    // If it has changed, somebody else has emptied it.
    if (!store->put(layer->key(), bytes, Condition::if_match(layer->version()))) continue;
    counters->count_write(static_cast<int64_t>(bytes.size()));
    given_back += static_cast<int64_t>(layer->file_size()) - static_cast<int64_t>(bytes.size());
  }
  rebase(look());
  return given_back;
}

bool ArrayFile::Impl::reads_the_same(const Snapshot& next, std::string_view array_name) const {
  std::vector<Mention> before = snapshot->mentions(array_name), after = next.mentions(array_name);
  if (before.empty() || after.empty()) return before.empty() == after.empty();
  ArraySchema schema = before.front().view().schema();
  if (schema != after.front().view().schema()) return false;
  Grid grid(schema.shape, schema.chunk_shape);
  std::vector<Mention> both = before;
  both.insert(both.end(), after.begin(), after.end());
  return std::ranges::all_of(
             chunk_coords(both, grid),
             [&](const Extents& coord) { return same_chunk(*this, before, after, grid, coord); }) &&
         resolve(*snapshot, array_name) == resolve(next, array_name);
}

bool ArrayFile::counts_all() const {
  std::shared_lock lock(mutex_);
  return impl_->snapshot->counts_all();
}

bool ArrayFile::base_is_newer() const {
  std::shared_lock lock(mutex_);
  const Layer& base = impl_->snapshot->base();
  const std::set<LayerId>& known = impl_->members->committed;
  if (base.foreign() || known.empty() || known.contains(base.id())) return false;
  return base.absorbed().empty() || !known.contains(base.absorbed().back());
}

std::optional<std::string> ArrayFile::changed_by_others(const std::optional<std::set<LayerId>>& committed,
                                                        std::span<const std::string> arrays) const {
  std::shared_lock lock(mutex_);
  if (!impl_->base_to_make.empty()) return {};
  LayerMembers members = members_of(committed, impl_->members->own);
  auto next = Snapshot::open(*impl_->store, impl_->name, impl_->limits, 0, impl_->counters,
                             impl_->snapshot.get(), &members);
  std::vector<std::shared_ptr<const Layer>> newer;
  for (const auto& layer : next->layers())
    if (std::ranges::find(impl_->snapshot->layers(), layer) == impl_->snapshot->layers().end())
      newer.push_back(layer);
  for (const std::string& array : arrays) {
    bool mentioned = std::ranges::any_of(
        newer, [&](const auto& layer) { return layer->find(array, name_hash(array)).has_value(); });
    if (mentioned && !impl_->reads_the_same(*next, array)) return array;
  }
  return {};
}

void ArrayFile::move_to_members(std::optional<std::set<LayerId>> committed) {
  std::unique_lock lock(mutex_);
  impl_->move_to_members(members_of(std::move(committed), impl_->members->own));
}

bool ArrayFile::drop_to_members(std::optional<std::set<LayerId>> committed) {
  std::unique_lock lock(mutex_);
  if (!impl_->base_to_make.empty() && impl_->store->stat(impl_->name.base())) impl_->base_to_make.clear();
  LayerMembers before = std::exchange(*impl_->members, members_of(std::move(committed), {}));
  std::shared_ptr<const Snapshot> next;
  try {
    next = impl_->look();
  } catch (...) {
    *impl_->members = std::move(before);
    throw;
  }
  bool changed = !std::ranges::equal(next->layers(), impl_->snapshot->layers());
  impl_->pending->clear();
  impl_->move_to(std::move(next));
  return changed;
}

bool ArrayFile::has_own_layers() const {
  std::shared_lock lock(mutex_);
  return !impl_->members->own.empty();
}

bool ArrayFile::put_layer() {
  std::unique_lock lock(mutex_);
  return impl_->put_layer();
}

std::vector<LayerId> ArrayFile::member_ids() const {
  std::shared_lock lock(mutex_);
  std::vector<LayerId> ids;
  for (const auto& layer : impl_->snapshot->layers())
    if (!layer->foreign()) ids.push_back(layer->id());
  return ids;
}

bool ArrayFile::own_layers_stand() const {
  std::shared_lock lock(mutex_);
  if (impl_->members->own.empty()) return true;
  std::set<LayerId> standing;
  auto current = impl_->look();
  for (const auto& layer : current->chain())
    if (!layer->foreign() && layer->footer().array_count() != 0) standing.insert(layer->id());
  return std::ranges::includes(standing, impl_->members->own);
}

void ArrayFile::own_layers_are_committed() {
  std::unique_lock lock(mutex_);
  impl_->members->committed.merge(impl_->members->own);
  impl_->members->own.clear();
}

bool ArrayFile::has_orphans() const {
  std::shared_lock lock(mutex_);
  return impl_->snapshot->has_orphans();
}

int64_t ArrayFile::empty_orphans() {
  std::unique_lock lock(mutex_);
  return impl_->empty_orphans();
}

void ArrayFile::rewrite() {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  impl_->rewrite();
}

void ArrayFile::write_statistics() {
  std::unique_lock lock(mutex_);
  std::string_view twin = impl_->name.twin();
  if (!twin.empty()) impl_->store->make_folder(twin.substr(0, twin.rfind('/')));
  impl_->renew_stats_file();
}

}  // namespace af
