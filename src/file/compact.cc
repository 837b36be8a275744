// Compaction and copies: everything a file shows, as one base.
#include <algorithm>

#include "file/array_file_impl.h"
#include "file/base_writer.h"
#include "file/segment_writer.h"

namespace af {
namespace {

bool begins_with(const Snapshot& stack, const Snapshot& beginning) {
  if (stack.chain().size() < beginning.chain().size()) return false;
  return std::ranges::equal(beginning.chain(), std::span(stack.chain()).first(beginning.chain().size()),
                            [](const auto& a, const auto& b) { return a->id() == b->id(); });
}

// How many of the ids that the old base had absorbed the new one repeats: a writer without a lock, that was
// overtaken by several compactions, looks there for the layer it has just committed.
constexpr size_t kRepeatedIds = 1024;

std::vector<LayerId> ids_to_absorb(const Snapshot& snapshot) {
  const std::vector<LayerId>& before = snapshot.base().absorbed();
  std::vector<LayerId> ids(before.end() - static_cast<int64_t>(std::min(before.size(), kRepeatedIds)),
                           before.end());
  for (const auto& layer : snapshot.layers()) ids.push_back(layer->id());
  return ids;
}

}  // namespace

// By identity, oldest first: what remains at any instant reads the same on top of the new base.
void ArrayFile::Impl::remove_absorbed(const std::vector<std::shared_ptr<const Layer>>& layers) {
  for (size_t i = 1; i < layers.size(); i++) store->remove(layers[i]->key(), layers[i]->version());
}

void ArrayFile::Impl::rewrite_base(int footer_version) {
  bool converts = footer_version != 0;
  // A base that absorbed what belongs to no commit would commit it.
  if (snapshot->has_orphans() || (members && !members->own.empty()))
    fail(Status::kConflict, name.base(), " has layers that belong to no commit of its store");
  // Where a version is not minded by who removes, the sidecars of others could go, too. Stores that find that
  // out about themselves say so when it is asked for, here of what is not there.
  if (!has_locks) store->remove(name.lock(), "no such version");
  // Without a lock there may be sidecars by the time the base is there.
  bool keep_dictionary = snapshot->layers().size() > 1 || !has_locks;
  BaseWriter writer(*this, *store, name.base(),
                    {options.codec, options.block_size, converts ? footer_version : snapshot->version(), true,
                     keep_dictionary});
  writer.write_data();
  std::vector<LayerId> absorbed = ids_to_absorb(*snapshot);
  // Who commits on the new base competes for the same name as who still does on its last sidecar.
  Pieces tail = writer.tail(random_layer_id(), absorbed, has_locks ? 0 : number_after_top() - 1);

  std::unique_ptr<StoreLock> lock = lock_stack();
  std::shared_ptr<const Snapshot> current = look();
  bool may_have_grown = pending->empty() && keep_dictionary && !converts;
  bool as_read = begins_with(*current, *snapshot) &&
                 (may_have_grown || current->chain().size() == snapshot->chain().size());
  if (!as_read)
    fail(Status::kConflict, name.base(), " was changed by another writer while it was being rewritten");
  if (!pending->empty() || !keeps_stats_file()) drop_stats_file();
  std::vector<std::shared_ptr<const Layer>> old_layers = snapshot->layers();
  std::exception_ptr unseen = committed_unseen("there is no memory");
  std::optional<std::string> version =
      writer.upload().finish(name.base(), tail.views(), Condition::if_match(snapshot->base().version()));
  if (!version)
    fail(Status::kConflict, name.base(), " was replaced by another writer while it was being rewritten");
  counters->count_write(static_cast<int64_t>(tail.size()));

  // From here on the new base holds; sidecars that cannot be removed are passed over by our readers and
  // removed by the next writer.
  try {
    remove_absorbed(old_layers);
  } catch (const std::exception&) {
  }
  auto next = reopen_committed(unseen);
  pending->clear();
  move_to(std::move(next));
  if (!has_locks) close_gaps();
  if (keeps_stats_file()) renew_stats_file();
}

void ArrayFile::Impl::compact() {
  flush();
  rewrite();
}

void ArrayFile::Impl::rewrite() {
  {
    std::unique_ptr<StoreLock> lock = lock_stack();
    catch_up();
  }
  if (!dictionaries_agree(*snapshot)) normalise_dictionaries();
  if (snapshot->layers().size() > 1 || snapshot->base().foreign()) rewrite_base();
}

void ArrayFile::Impl::upgrade(int footer_version) {
  compact();
  if (snapshot->version() == footer_version) return;
  // Who commits at the same time would put a layer of the old version on a base of the new one.
  if (!has_locks)
    fail(Status::kUnsupported, name.base(), ": to change the footer version needs a store with locks");
  rewrite_base(footer_version);
}

void ArrayFile::upgrade(int footer_version) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  if (footer_version != 4 && footer_version != 5)
    fail(Status::kInvalidArgument, "footer version ", footer_version, ": expected 4 or 5");
  impl_->upgrade(footer_version);
}

void ArrayFile::compact() {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  impl_->compact();
}

std::vector<std::byte> ArrayFile::Impl::write_segment(const Impl& source, BlockPacker& packer) const {
  SegmentWriter segment(packer);
  int64_t done = 0, work = static_cast<int64_t>(source.snapshot->mention_count());
  source.for_each_array([&](const ArrayInUse& array) {
    source.report(std::min(done++, work), work);
    segment.add_array(array.name, array.schema(), source.attributes_of(array));
    Grid grid = array.grid();
    std::vector<uint64_t> hints(array.mentions.size());
    for (const Extents& coord : source.written_coords(array)) {
      ChunkPlace place = source.locate(array, grid, coord, &hints);
      if (place.written()) segment.add_chunk(coord, source.written_payload(place));
    }
  });
  return segment.finish();
}

void ArrayFile::Impl::write_immutable(const Impl& source) {
  BlockPacker packer(*store, name.base(), options.codec, options.block_size, *pool, *counters);
  std::vector<std::byte> tail = write_segment(source, packer);
  Condition condition = options.replace ? Condition::always() : Condition::if_absent();
  if (!packer.upload().finish(name.base(), tail, condition))
    fail(Status::kAlreadyExists, store->describe(), ": ", quoted(name.base()),
         " was created by another writer just now");
  // Nobody reads sidecars beside a file of this version.
  for (const SidecarInfo& sidecar : list_sidecars(*store, name, limits.max_layers))
    store->remove(sidecar.info.key);
  store->remove(name.stats());
  pending->clear();
  move_to(Snapshot::open(*store, name, limits, 0, counters));
}

void ArrayFile::Impl::write_new_base(const Impl& source, std::span<const LayerId> replaced) {
  if (options.footer_version == 6) return write_immutable(source);
  {
    BaseWriter writer(source, *store, name.base(),
                      {options.codec, options.block_size, options.footer_version, false, false});
    writer.write_data();
    Pieces tail = writer.tail(random_layer_id(), replaced, 0);
    Condition condition = options.replace ? Condition::always() : Condition::if_absent();
    store->remove(name.stats());
    if (!writer.upload().finish(name.base(), tail.views(), condition))
      fail(Status::kAlreadyExists, store->describe(), ": ", quoted(name.base()),
           " was created by another writer just now");
  }
  pending->clear();
  writable = true;
  move_to(finish_replacing(*store, name, limits, counters));
  if (keeps_stats_file()) renew_stats_file();
}

void ArrayFile::copy_to(std::shared_ptr<ObjectStore> store, std::string_view key,
                        const FileOptions& options) const {
  std::shared_lock lock(mutex_);
  Impl target(store, key, options);
  std::unique_ptr<StoreLock> target_lock = store->lock(target.name.lock());
  std::vector<LayerId> replaced = prepare_target(*store, target.name, options, target.limits);

  // The layers as this handle sees them, without what is pending.
  Impl source(impl_->store, impl_->name.base(), impl_->options);
  source.snapshot = impl_->snapshot;
  source.progress = impl_->progress;
  source.counters = impl_->counters;
  target.write_new_base(source, replaced);
}

}  // namespace af
