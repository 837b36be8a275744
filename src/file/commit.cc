// Committing: pending changes become the next sidecar, on top of whatever others have committed in the
// meantime.
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "file/array_file_impl.h"
#include "file/masks.h"
#include "format/footer_writer.h"

namespace af {
namespace {

// Up to so many arrays the reference's statistics are kept up to date with each flush.
constexpr uint64_t kMaxStatsArrays = 65536;

}  // namespace

LayerId random_layer_id() {
  LayerId id;
  size_t got = 0;
  while (got < id.size()) {
    ssize_t n = getrandom(id.data() + got, id.size() - got, 0);
    if (n < 0 && errno != EINTR) fail_os(errno, "getrandom");
    if (n > 0) got += static_cast<size_t>(n);
  }
  return id;
}

Pieces finish_layer(const ExtensionWriter& extension, const LayerId& id, const LayerId& parent,
                    std::span<const LayerId> absorbed, uint64_t data_size, Pieces footer) {
  Pieces tail = extension.finish(id, parent, absorbed, data_size, footer.views());
  auto trailer = footer_trailer(footer.size());
  tail.add(std::move(footer));
  tail.add({trailer.begin(), trailer.end()});
  return tail;
}

// ---------------------------------------------------------------- encoding

namespace {

std::vector<ChunkRecord> merged_chunks(const Grid& grid, const PendingArray& array, const MaskPlan& masks) {
  std::vector<ChunkRecord> chunks;
  chunks.reserve(array.chunks.size());
  for (const auto& [position, chunk] : array.chunks)
    chunks.push_back({grid.coord(position), chunk.place.address});
  if (auto found = masks.chunks.find(&array); found != masks.chunks.end()) {
    chunks.insert(chunks.end(), found->second.begin(), found->second.end());
    std::ranges::sort(chunks, [](const ChunkRecord& a, const ChunkRecord& b) { return a.coord < b.coord; });
  }
  return chunks;
}

// Of a dictionary, what a layer carries: up to the last entry that its arrays use.
struct DictionaryPrefix {
  uint64_t keys = 0;
  uint64_t values = 0;

  void cover(const std::vector<AttributeEntry>& entries) {
    for (const AttributeEntry& entry : entries) {
      keys = std::max(keys, entry.key + 1);
      values = std::max(values, entry.value + 1);
    }
  }
};

// The entries of an array whose attributes did not change, if they can be copied: a layer of ours has them
// all, and its indices mean the same in the whole stack.
std::optional<std::vector<AttributeEntry>> unchanged_entries(const PendingArray& array) {
  if (array.attributes || array.fresh || array.below.empty() || array.below.front().layer->foreign())
    return {};
  ArrayView view = array.below.front().view();
  std::vector<AttributeEntry> entries(view.attribute_count());
  for (size_t i = 0; i < entries.size(); i++) entries[i] = view.attribute(i);
  return entries;
}

}  // namespace

Pieces ArrayFile::Impl::pending_tail(const LayerId& id, const MaskPlan& masks) {
  BlockPacker& packer = pending->packer();
  FooterWriter footer(snapshot->version(), packer.blocks(), pending->arrays().size());
  ExtensionWriter extension;
  extension.set_block_checksums(packer.checksums());
  std::optional<Dictionary> dictionary;  // read only as far as it is needed: it may be long
  DictionaryPrefix prefix;
  for (const auto& touched : pending->arrays()) {
    const PendingArray& array = *touched;
    if (array.deleted) {
      // What was defined and deleted in between leaves no trace.
      if (snapshot->all_mentions(array.name).empty()) continue;
      footer.add_array(array.name, *array.schema, {}, true, {});
      extension.add_array(array.name, Summary{}, {});
      continue;
    }
    ArrayInUse use = require(array.name);
    Grid grid = use.grid();
    std::vector<ChunkRecord> chunks = merged_chunks(grid, array, masks);
    std::vector<std::optional<Summary>> summaries;
    for (const ChunkRecord& chunk : chunks) {
      auto own =
          grid.contains(chunk.coord) ? array.chunks.find(grid.linear(chunk.coord)) : array.chunks.end();
      summaries.push_back(own == array.chunks.end() ? Summary{} : packer.summary(own->second.place));
    }
    std::vector<AttributeEntry> entries;
    if (auto unchanged = unchanged_entries(array)) {
      entries = std::move(*unchanged);
    } else if (AttributeMap attributes = attributes_of(use); !attributes.empty()) {
      if (!dictionary) dictionary.emplace(*snapshot);
      entries = dictionary->intern(attributes);
    }
    prefix.cover(entries);
    footer.add_array(array.name, *array.schema, chunks, false, entries);
    extension.add_array(array.name, summary_of(use), summaries);
  }
  if (!dictionary) dictionary.emplace(*snapshot, prefix.keys, prefix.values);
  Pieces archive = footer.finish(std::span(dictionary->keys()).first(prefix.keys),
                                 std::span(dictionary->values()).first(prefix.values), next_number(),
                                 name.base_name(), kExtensionMark);
  return finish_layer(extension, id, snapshot->top().id(), {}, packer.data_size(), std::move(archive));
}

// ---------------------------------------------------------------- other writers

namespace {

std::optional<Value> value_of_key(const AttributeMap& attributes, const std::string& key) {
  for (const auto& [found, value] : attributes)
    if (found == key) return value;
  return {};
}

bool same_place(const std::optional<FoundChunk>& a, const std::optional<FoundChunk>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (a->layer->id() == b->layer->id() && a->address() == b->address()));
}

}  // namespace

bool same_chunk(const ArrayFile::Impl& file, const std::vector<Mention>& before,
                const std::vector<Mention>& after, const Grid& grid, const Extents& coord) {
  std::optional<FoundChunk> old_place = find_chunk(before, coord), new_place = find_chunk(after, coord);
  if (same_place(old_place, new_place)) return true;
  if (!old_place || !new_place)
    return file.is_void(old_place ? *old_place : *new_place, grid.chunk_elements(coord));
  Buffer old_bytes = file.written_payload({nullptr, old_place}),
         new_bytes = file.written_payload({nullptr, new_place});
  return std::ranges::equal(old_bytes.view(), new_bytes.view());
}

namespace {

[[noreturn]] void fail_conflict(const PendingArray& array, std::string_view what) {
  fail(Status::kConflict, "array ", quoted(array.name), ": ", what,
       " by another writer since this file was opened");
}

// Whether a pending change depends on all of the array, not only on the chunks it wrote.
bool touches_whole(const PendingArray& array) {
  return array.deleted || array.fresh || array.resized() || !array.erased.empty();
}

}  // namespace

void ArrayFile::Impl::rebase(std::shared_ptr<const Snapshot> next) {
  struct Rebased {
    PendingArray* array;
    std::vector<Mention> below;
    std::optional<AttributeMap> attributes;
  };
  std::vector<Rebased> rebased;
  for (const auto& touched : pending->arrays()) {
    PendingArray& array = *touched;
    std::vector<Mention> before = snapshot->mentions(array.name), after = next->mentions(array.name);
    if (before.empty() != after.empty())
      fail_conflict(array, before.empty() ? "it was defined" : "it was deleted");
    if (before.empty()) continue;
    if (!(before.front().view().schema() == after.front().view().schema()))
      fail_conflict(array, "it was defined anew or resized");
    Grid grid(before.front().view().shape(), before.front().view().chunk_shape());
    std::vector<Extents> coords;
    if (touches_whole(array)) {
      coords = chunk_coords(before, grid);
      for (const Extents& coord : chunk_coords(after, grid)) coords.push_back(coord);
    } else {
      for (const auto& [position, chunk] : array.chunks) coords.push_back(grid.coord(position));
    }
    for (const Extents& coord : coords)
      if (!same_chunk(*this, before, after, grid, coord)) fail_conflict(array, "a chunk was written");
    Rebased change{&array, array.fresh || array.deleted ? std::vector<Mention>{} : after, {}};
    if (array.attributes || array.deleted || array.fresh) {
      AttributeMap old_attributes = resolve(*snapshot, array.name), merged = resolve(*next, array.name);
      if ((array.deleted || array.fresh) && old_attributes != merged)
        fail_conflict(array, "an attribute was changed");
      bool merges = array.attributes && !array.fresh;
      for (const std::string& key : merges ? array.attributes->keys : std::set<std::string>()) {
        if (value_of_key(old_attributes, key) != value_of_key(merged, key))
          fail_conflict(array, "the same attribute was changed");
        std::erase_if(merged, [&](const auto& pair) { return pair.first == key; });
        if (std::optional<Value> own = value_of_key(array.attributes->all, key))
          merged.emplace_back(key, std::move(*own));
      }
      if (merges) change.attributes = std::move(merged);
    }
    rebased.push_back(std::move(change));
  }
  for (Rebased& change : rebased) {
    change.array->below = std::move(change.below);
    if (change.attributes) change.array->attributes->all = std::move(*change.attributes);
  }
  move_to(std::move(next));
}

// ---------------------------------------------------------------- statistics for the reference

bool ArrayFile::Impl::keeps_stats_file() const {
  // Without it the reference's search of a store finds nothing.
  if (members) return true;
  return snapshot->mention_count() + pending->arrays().size() <= kMaxStatsArrays;
}

void ArrayFile::Impl::drop_stats_file() {
  if (store->remove(name.stats())) move_to(snapshot);
}

std::shared_ptr<const StatsIndex> ArrayFile::Impl::take_stats_file() {
  bool any_foreign =
      std::ranges::any_of(snapshot->layers(), [](const auto& layer) { return layer->foreign(); });
  std::shared_ptr<const StatsIndex> known = any_foreign && keeps_stats_file() ? load_stats() : nullptr;
  drop_stats_file();
  return known;
}

void ArrayFile::Impl::put_stats_file(std::vector<StatsEntry> entries) {
  std::vector<std::byte> bytes =
      af::write_stats({snapshot->version() == 4 ? 0 : 1, std::move(entries)}, true);
  store->put(name.stats(), bytes, Condition::always());
  counters->count_write(static_cast<int64_t>(bytes.size()));
  move_to(snapshot);
}

void ArrayFile::Impl::put_back_stats_file(const std::shared_ptr<const StatsIndex>& taken) {
  // Without a lock somebody else's may be there by now.
  if (!taken || !taken->readable || !has_locks) return;
  try {
    std::vector<StatsEntry> entries;
    for (const auto& [array, stats] : taken->entries) entries.push_back({array, stats});
    std::ranges::sort(entries, {}, &StatsEntry::name);
    put_stats_file(std::move(entries));
  } catch (const std::exception&) {
    // They are missed by no one but the reference's readers.
  }
}

void ArrayFile::Impl::write_stats_file() {
  std::vector<StatsEntry> entries;
  for_each_stats([&](std::string_view array, const ArrayStats& stats) {
    entries.push_back({std::string(array), stats});
  });
  put_stats_file(std::move(entries));
  // A newer layer makes what was just written stale.
  if (!snapshot->is_current(*store, name, limits)) drop_stats_file();
}

void ArrayFile::Impl::renew_stats_file() {
  // The commit has happened: no failure here may be taken for one of it. Without the file the reference finds
  // no statistics, with an old one wrong ones.
  try {
    write_stats_file();
  } catch (const std::exception&) {
    try {
      drop_stats_file();
    } catch (const std::exception&) {
    }
  }
}

// ---------------------------------------------------------------- flush

std::exception_ptr ArrayFile::Impl::committed_unseen(const std::string& why) const {
  return std::make_exception_ptr(
      Error(Status::kStale, text_of(name.base(),
                                    ": the changes are committed, but opening them failed, refresh "
                                    "to see them: ",
                                    why)));
}

std::shared_ptr<const Snapshot> ArrayFile::Impl::reopen_committed(const std::exception_ptr& unseen) {
  try {
    return look();
  } catch (const std::exception& error) {
    pending->clear();
    std::exception_ptr told = unseen;
    try {
      told = committed_unseen(error.what());
    } catch (const std::bad_alloc&) {
      // What was made in time has to do.
    }
    std::rethrow_exception(told);
  }
}

void ArrayFile::Impl::withdraw(const std::string& key, const LayerId& id) {
  try {
    // Looked at again: under this key there may be another writer's layer by now.
    auto layer = Layer::open(*store, key, 0, limits, counters);
    if (layer->id() == id) store->remove(key, layer->version());
  } catch (const Error& error) {
    if (error.status() != Status::kNotFound && error.status() != Status::kStale) throw;
  }
}

// A base knows the latest of the layers it was made from. Once the parent is forgotten, so may be its child.
void ArrayFile::Impl::require_memory_of(const Snapshot& next, const LayerId& parent) const {
  if (next.contains_layer(parent)) return;
  fail(Status::kStale, name.base(),
       ": so many layers were committed or the stack was replaced during this commit ",
       "that nobody knows whether it took place: refresh and look");
}

bool ArrayFile::Impl::commit_sidecar(BlockPacker& packer,
                                     const std::function<Pieces(const LayerId&)>& tail_for) {
  LayerId id = random_layer_id();
  std::string key = name.sidecar(next_number());
  Pieces tail = tail_for(id);
  // Those that are there are wrong from the moment the layer is there, also if the power fails in between.
  std::shared_ptr<const StatsIndex> known_stats = take_stats_file();
  std::exception_ptr unseen = committed_unseen("there is no memory");
  if (members) members->own.insert(id);
  std::optional<std::string> version;
  try {
    version = packer.upload().finish(key, tail.views(), Condition::if_absent());
  } catch (...) {
    if (members) members->own.erase(id);
    put_back_stats_file(known_stats);
    throw;
  }
  counters->count_write(static_cast<int64_t>(tail.size()));
  if (!version) {
    if (members) members->own.erase(id);
    return false;
  }
  auto next = reopen_committed(unseen);
  if (!next->contains_layer(id)) {
    // Without a lock another writer may have put a layer, or a new base, below this one in the meantime.
    withdraw(key, id);
    // A compaction may have taken it in all the same before it was gone.
    next = reopen_committed(unseen);
    if (!next->contains_layer(id)) {
      if (members) members->own.erase(id);
      require_memory_of(*next, snapshot->top().id());
      return false;
    }
  }
  pending->clear();
  move_to(std::move(next));
  std::lock_guard lock(stats_mutex);
  stats_index = known_stats;
  return true;
}

void ArrayFile::Impl::flush() {
  require_writable();
  if (pending->empty()) return;
  if (!dictionaries_agree(*snapshot)) normalise_dictionaries();
  pending->pack_all([this](int64_t done, int64_t total) { report(done, total); });
  for (int attempt = 0; attempt < kCommitTries; attempt++) {
    std::unique_ptr<StoreLock> lock = lock_stack();
    catch_up();
    MaskPlan masks = plan_masks(*snapshot, *pending);
    if (masks.needs_rewrite) {
      // What others commit on top of the old base would not know of the changes in the new one.
      if (!has_locks)
        fail(Status::kUnsupported, name.base(),
             ": to define an array anew in this way all must be rewritten at once, which needs a store with "
             "locks: delete it, flush, compact, and define it then");
      lock.reset();
      // On a base that holds the changes no older sidecars may be left, not even after a crash: not all
      // readers know that they are in it.
      if (snapshot->layers().size() > 1) {
        without_pending([this] { rewrite_base(); });
        continue;
      }
      rewrite_base();
      return;
    }
    pending->packer().drain();
    bool stats = keeps_stats_file();
    if (!commit_sidecar(pending->packer(), [&](const LayerId& id) { return pending_tail(id, masks); }))
      continue;
    if (!has_locks) close_gaps();
    if (stats) renew_stats_file();
    return;
  }
  fail(Status::kConflict, name.base(), ": other writers were faster ", kCommitTries, " times");
}

void ArrayFile::Impl::compact_when_due() {
  if (options.compact_at == 0 || members) return;
  if (snapshot->layers().size() < static_cast<size_t>(options.compact_at)) return;
  try {
    rewrite();
  } catch (const std::exception&) {
    // The commit stands; the next one tries again.
  }
}

void ArrayFile::flush() {
  std::unique_lock lock(mutex_);
  bool commits = !impl_->pending->empty();
  impl_->flush();
  if (commits) impl_->compact_when_due();
}

// ---------------------------------------------------------------- dictionaries of other writers

// Runs something that leaves the contents as they are while the changes stand aside, then puts them on top of
// what is there. Throws kConflict when others have committed something in the meantime that they overlap
// with.
void ArrayFile::Impl::without_pending(const std::function<void()>& run) {
  std::shared_ptr<const Snapshot> before = snapshot;
  auto changes = std::exchange(pending, std::make_unique<Pending>(*pool, *counters));
  pending->configure(*store, name.sidecar(1), options.codec, options.block_size, options.write_buffer_size);
  std::exception_ptr failure;
  try {
    run();
  } catch (...) {
    failure = std::current_exception();
  }
  pending = std::move(changes);
  std::shared_ptr<const Snapshot> after = snapshot;
  move_to(std::move(before));
  try {
    if (after != snapshot) rebase(std::move(after));
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  if (failure) std::rethrow_exception(failure);
}

// A metadata-only layer that says again what every array's attributes are, with one dictionary that lists
// every key older layers know; then a rewritten base. Both may stand even when the flush that asked for them
// fails.
void ArrayFile::Impl::normalise_dictionaries() {
  without_pending([this] {
    {
      std::unique_ptr<StoreLock> lock = lock_stack();
      catch_up();
      // Another writer may have done it.
      if (dictionaries_agree(*snapshot)) return;
      commit_normalised_attributes();
    }
    rewrite_base();
  });
}

void ArrayFile::Impl::commit_normalised_attributes() {
  Dictionary dictionary;
  for (const auto& layer : snapshot->layers())
    for (uint64_t i = 0; i < layer->footer().key_count(); i++) dictionary.intern_key(layer->footer().key(i));
  FooterWriter footer(snapshot->version(), {}, 0);
  ExtensionWriter extension;
  for_each_array([&](const ArrayInUse& array) {
    AttributeMap attributes = attributes_of(array);
    if (attributes.empty()) return;
    footer.add_array(array.name, *array.schema(), {}, false, dictionary.intern(attributes));
    extension.add_array(array.name, summary_of(array), {});
  });
  Pieces archive =
      footer.finish(dictionary.keys(), dictionary.values(), next_number(), name.base_name(), kExtensionMark);
  BlockPacker packer(*store, name.sidecar(next_number()), options.codec, options.block_size, *pool,
                     *counters);
  bool committed = commit_sidecar(packer, [&](const LayerId& id) {
    return finish_layer(extension, id, snapshot->top().id(), {}, 0, std::move(archive));
  });
  if (!committed) fail(Status::kConflict, name.base(), " was changed by another writer");
  // It changes nothing that anybody reads: with or without it, all is as the store committed it.
  if (members) members->committed.merge(members->own);
}

}  // namespace af
