// What an ArrayFile consists of. Only the .cc files of ArrayFile include this.
#pragma once

#include "core/interrupt.h"
#include "file/array_file.h"
#include "file/block_reader.h"
#include "file/pending.h"
#include "file/snapshot.h"
#include "format/stats_file.h"

namespace af {

inline constexpr std::string_view kFileArray = "__file__";
// A writer that loses this often gives up.
inline constexpr int kCommitTries = 100;

// An array as a call sees it: pending changes over the layers' mentions.
struct ArrayInUse {
  std::string_view name;
  PendingArray* pending = nullptr;
  std::vector<Mention> mentions;  // newest first; none below a fresh definition
  DType dtype;
  Extents shape;
  Extents chunk_shape;

  Grid grid() const { return Grid(shape, chunk_shape); }
  std::optional<FillValue> fill() const;
  SharedSchema schema() const;
};

// Where a chunk's bytes are: pending, in a layer, or nowhere.
struct ChunkPlace {
  const PendingChunk* pending = nullptr;
  std::optional<FoundChunk> layer;

  bool written() const { return pending || layer; }
};

struct MaskPlan;

// The .stats file of a snapshot, by name.
struct StatsIndex {
  bool readable = false;
  std::unordered_map<std::string, ArrayStats> entries;
};

struct ArrayFile::Impl {
  std::shared_ptr<ObjectStore> store;
  StackName name;
  FileOptions options;
  Limits limits;
  bool writable = false;
  bool has_locks = true;  // as the last attempt to take one showed
  std::shared_ptr<IoCounters> counters;
  std::shared_ptr<ThreadPool> pool;
  std::shared_ptr<BlockCache> own_cache, cache;
  Progress progress;
  std::optional<LayerMembers> members;  // in a store
  std::vector<std::byte> base_to_make;  // of a stack that is not there yet
  std::shared_ptr<const Snapshot> snapshot;
  std::unique_ptr<Pending> pending;

  mutable std::atomic<int64_t> last_done{0}, last_total{0};  // what was last reported

  mutable std::mutex stats_mutex;
  mutable std::shared_ptr<const StatsIndex> stats_index;  // of `snapshot`, loaded on first use

  Impl(std::shared_ptr<ObjectStore> store, std::string_view key, const FileOptions& options);

  // -- array_file.cc
  void require_writable() const;
  // Throws kCancelled when the callback says so.
  void report(int64_t done, int64_t total) const;
  // While it lives the callback is also asked while this thread waits for a store. Nothing that changes the
  // store may be done under it: who cancels is told that nothing has changed.
  std::unique_ptr<InterruptScope> watch() const;
  BlockContext blocks() const;
  void move_to(std::shared_ptr<const Snapshot> next);
  // The stack as it is now.
  std::shared_ptr<const Snapshot> look() const;
  std::optional<ArrayInUse> find(std::string_view name) const;
  ArrayInUse require(std::string_view name) const;
  // The array's pending state, begun if there is none.
  PendingArray& touch(const ArrayInUse& array);
  AttributeMap attributes_of(const ArrayInUse& array) const;
  // What layers say of an array's attributes.
  AttributeMap resolve(const Snapshot& layers, std::string_view array_name) const;
  void define(std::string_view array_name, const ArraySchema& schema);
  void erase(std::string_view array_name);
  // Throws kUnsupported for an attribute that the stack's footer version cannot hold.
  void require_room_for(std::string_view key, const Value& value) const;
  void set_attribute(std::string_view array_name, std::string_view key, const Value& value);
  // The visible arrays in listing order.
  void for_each_array(const std::function<void(const ArrayInUse&)>& visit) const;

  // -- read.cc
  ChunkPlace locate(const ArrayInUse& array, const Grid& grid, const Extents& coord,
                    std::vector<uint64_t>* hints) const;
  // A chunk's payload; for one that nobody wrote, that of a chunk full of fill values.
  Buffer chunk_payload(const ArrayInUse& array, const Grid& grid, const Extents& coord) const;
  // `passing`: a cache to use instead of the file's, for chunks that only pass by.
  Buffer written_payload(const ChunkPlace& place, BlockCache* passing = nullptr) const;
  std::vector<Extents> written_coords(const ArrayInUse& array) const;
  void read(const ArrayInUse& array, const Region& region, const Extents& strides, std::byte* first) const;
  VariableData read_variable(const ArrayInUse& array, const Region& region) const;

  // -- lists.cc
  // The region's elements in the block that holds them, if they lie there in a row; else nothing.
  SharedElements elements_in_place(const ArrayInUse& array, const Region& region) const;

  // -- write.cc
  void write(const ArrayInUse& array, const Region& region, const Extents& strides, const std::byte* first);
  void write_variable(const ArrayInUse& array, const Region& region, const std::byte* bytes,
                      std::span<const int64_t> offsets);
  void put_chunk(PendingArray& array, const Grid& grid, const Extents& coord, Buffer payload);
  void resize(const ArrayInUse& array, const Extents& shape);

  // -- append.cc
  // Lengthens the array by `part` and lets `write_part` fill it. Answers where the part begins along the
  // axis.
  int64_t append(const ArrayInUse& array, int axis, const Extents& part,
                 const std::function<void(const ArrayInUse&, const Region&)>& write_part);

  // -- transfer.cc
  void copy_arrays(const Impl& source, std::span<const ArrayCopy> copies, bool replace);

  // -- statistics.cc
  std::optional<ArrayStats> stats_of(const ArrayInUse& array) const;
  void for_each_stats(const std::function<void(std::string_view, const ArrayStats&)>& visit) const;
  // Of the whole array; nothing when a chunk of it cannot be read.
  std::optional<Summary> summary_of(const ArrayInUse& array) const;
  Summary chunk_summary(const ArrayInUse& array, const Grid& grid, const Extents& coord) const;
  // Whether a chunk might as well not be there: it hides older ones, or somebody wrote nothing but fill
  // values.
  bool is_void(const FoundChunk& chunk, int64_t elements) const;
  std::shared_ptr<const StatsIndex> load_stats() const;

  // -- commit.cc
  void flush();
  void compact_when_due();
  // One attempt to commit `packer`'s blocks and `tail_for`'s metadata as the next sidecar, under the lock.
  // False: another writer was faster.
  bool commit_sidecar(BlockPacker& packer, const std::function<Pieces(const LayerId&)>& tail_for);
  void rebase(std::shared_ptr<const Snapshot> next);
  Pieces pending_tail(const LayerId& id, const MaskPlan& masks);
  // Takes back a layer that found itself on the wrong parent.
  void withdraw(const std::string& key, const LayerId& id);
  void require_memory_of(const Snapshot& next, const LayerId& parent) const;
  // What to throw when the stack cannot be opened after a commit. Made before it: afterwards nothing may
  // fail.
  std::exception_ptr committed_unseen(const std::string& why) const;
  std::shared_ptr<const Snapshot> reopen_committed(const std::exception_ptr& unseen);
  // Takes the statistics away before a commit, and answers what no layer knows: those of foreign layers.
  std::shared_ptr<const StatsIndex> take_stats_file();
  // After a commit that failed.
  void put_back_stats_file(const std::shared_ptr<const StatsIndex>& taken);
  void put_stats_file(std::vector<StatsEntry> entries);
  void write_stats_file();
  // After a commit: writes the statistics, else removes them, and never throws.
  void renew_stats_file();
  void drop_stats_file();
  bool keeps_stats_file() const;
  void without_pending(const std::function<void()>& run);
  void normalise_dictionaries();
  void commit_normalised_attributes();

  // -- tidy.cc
  std::unique_ptr<StoreLock> lock_stack();
  // Holding the lock: moves to the stack as it is, after removing what a compaction left behind and closing
  // gaps. Throws kConflict when pending changes overlap with what others committed.
  void catch_up();
  bool is_tidy() const;
  void clean_up_stack();
  // The number of the next sidecar.
  uint32_t next_number() const;
  // The same without locks.
  uint32_t number_after_top() const;
  int64_t collect_garbage();
  // Without locks, after a commit: gives sidecars their dense numbers, as far as others let it.
  void close_gaps();

  // -- in_store.cc
  void make_base();
  bool reads_the_same(const Snapshot& next, std::string_view array_name) const;
  void move_to_members(LayerMembers next);
  bool put_layer();
  int64_t empty_orphans();

  // -- compact.cc
  void compact();
  // Compacts what is committed.
  void rewrite();
  // Replaces the base by one that holds everything, pending changes included, and removes the sidecars. One
  // of another footer version needs a stack that has none.
  void rewrite_base(int footer_version = 0);
  void upgrade(int footer_version);
  // Writes all that `source` shows, which may be this one, as the base of a new stack of this name, and opens
  // it. `replaced`: the ids of the sidecars that it must pass over.
  void write_new_base(const Impl& source, std::span<const LayerId> replaced);
  // The same as a file of footer version 6: its data, answering what follows them, and whole.
  std::vector<std::byte> write_segment(const Impl& source, BlockPacker& packer) const;
  void write_immutable(const Impl& source);
  void remove_absorbed(const std::vector<std::shared_ptr<const Layer>>& layers);
};

// Whether a chunk reads the same in two snapshots, wherever its bytes lie.
bool same_chunk(const ArrayFile::Impl& file, const std::vector<Mention>& before,
                const std::vector<Mention>& after, const Grid& grid, const Extents& coord);

// The bytes of a base without arrays.
std::vector<std::byte> empty_base(int version, const LayerId& id, std::span<const LayerId> absorbed);

// How many elements an array has; nothing where 64 bits cannot hold the number.
std::optional<uint64_t> row_count(const Extents& shape);

// A new layer's identity.
LayerId random_layer_id();

// Before a base is put at `name`: refuses to bury what is there, unless it is to be replaced; then answers
// the sidecars that the new base must pass over.
std::vector<LayerId> prepare_target(ObjectStore& store, const StackName& name, const FileOptions& options,
                                    const Limits& limits);
// After it: removes the old sidecars, and opens the stack.
std::shared_ptr<const Snapshot> finish_replacing(ObjectStore& store, const StackName& name,
                                                 const Limits& limits,
                                                 const std::shared_ptr<IoCounters>& counters);

// What follows a layer's blocks: extension section, footer and trailer.
Pieces finish_layer(const ExtensionWriter& extension, const LayerId& id, const LayerId& parent,
                    std::span<const LayerId> absorbed, uint64_t data_size, Pieces footer);

// Checks a caller's strides against its memory and answers them in bytes, with the position of the region's
// first element.
struct StridedPlace {
  Extents strides;
  int64_t first = 0;
};
StridedPlace strided_place(const Extents& shape, int64_t element_size, std::span<const int64_t> strides,
                           size_t bytes);

// Throw kDtypeMismatch.
void require_fixed(const ArrayInUse& array);
void require_variable(const ArrayInUse& array);

// Check what a caller wants written to `shape` elements of an array.
StridedPlace checked_source(const ArrayInUse& array, const Extents& shape, const Strided<ByteView>& src);
void check_texts(const ArrayInUse& array, const Extents& shape, const std::byte* bytes,
                 std::span<const int64_t> offsets);

}  // namespace af
