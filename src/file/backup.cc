// Backups: the layers of a stack, byte for byte, while others may write to it.
#include <algorithm>

#include "file/array_file_impl.h"

namespace af {
namespace {

constexpr uint64_t kPiece = 4 << 20;

void copy_layer(const Layer& layer, ObjectStore& store, const std::string& key) {
  std::unique_ptr<Upload> upload = store.start_upload(key);
  Buffer piece(std::min(kPiece, layer.file_size()));
  for (uint64_t at = 0; at < layer.file_size(); at += kPiece) {
    MutableBytes bytes = piece.span().first(std::min(kPiece, layer.file_size() - at));
    layer.object().read(at, bytes);
    upload->append(bytes);
  }
  if (!upload->finish(key, ByteView(), Condition::if_absent()))
    fail(Status::kAlreadyExists, store.describe(), ": ", quoted(key),
         " was created by another writer just now");
}

// How many of the layers an earlier backup has; 0 where there is none.
size_t layers_there(const Snapshot& stack, const StackName& name, ObjectStore& store,
                    const FileOptions& options, const Limits& limits) {
  if (!store.stat(name.base())) {
    prepare_target(store, name, options, limits);
    return 0;
  }
  auto there = Snapshot::open(store, name, limits, 0, std::make_shared<IoCounters>());
  bool is_beginning =
      there->ignored().empty() && there->layers().size() <= stack.layers().size() &&
      std::ranges::equal(there->layers(), std::span(stack.layers()).first(there->layers().size()),
                         [](const auto& a, const auto& b) { return a->id() == b->id(); });
  if (!is_beginning)
    fail(Status::kAlreadyExists, store.describe(), ": ", quoted(name.base()),
         " is there already and holds other layers, as it does after a compaction: give the backup another "
         "name");
  return there->layers().size();
}

}  // namespace

void ArrayFile::backup_to(std::shared_ptr<ObjectStore> store, std::string_view key,
                          const FileOptions& options) const {
  std::shared_lock lock(mutex_);
  if (options.replace)
    fail(Status::kInvalidArgument, "a backup replaces nothing: remove the old one, or give another name");
  Impl target(store, key, options);
  const StackName& name = target.name;
  std::unique_ptr<StoreLock> target_lock = store->lock(name.lock());
  const Snapshot& stack = *impl_->snapshot;
  const auto& layers = stack.layers();
  // In their order: what is there at any moment is the stack as it once was, and can be gone on with.
  size_t there = layers_there(stack, name, *store, options, target.limits);
  if (there < layers.size()) store->remove(name.stats());
  for (size_t i = there; i < layers.size(); i++) {
    impl_->report(static_cast<int64_t>(i), static_cast<int64_t>(layers.size()));
    copy_layer(*layers[i], *store, i == 0 ? name.base() : name.sidecar(static_cast<uint32_t>(i)));
  }
  target.move_to(Snapshot::open(*store, name, target.limits, 0, target.counters));
  if (there < layers.size() && !stack.immutable() && target.keeps_stats_file()) target.renew_stats_file();
}

}  // namespace af
