// ArrayFile: many arrays in one stack of immutable layers. What each call promises stands in arrayformat.h.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/codec.h"
#include "core/fair_shared_mutex.h"
#include "core/parallel.h"
#include "core/shape.h"
#include "core/value.h"
#include "file/cache.h"
#include "file/findings.h"
#include "file/in_store.h"
#include "file/io_counters.h"
#include "format/lists.h"
#include "format/schema.h"
#include "format/statistics.h"
#include "store/store.h"

namespace af {

struct FileOptions {
  bool writable = false;
  bool replace = false;
  int footer_version = 5;
  CodecChoice codec;
  int threads = 0;
  int layers = 0;  // 0: all
  int64_t block_size = 256 << 10;
  int64_t write_buffer_size = 64 << 20;
  int64_t cache_size = 64 << 20;  // 0: none
  int compact_at = 0;             // layers after a flush from which it compacts; 0: never
  int64_t max_layers = INT32_MAX;
  int64_t max_arrays = INT32_MAX;
  int64_t max_allocation = INT64_MAX;
  std::shared_ptr<const StackInStore> in_store;  // null for a stack that stands alone
};

// Answers true to cancel.
using Progress = std::function<bool(int64_t done, int64_t total)>;

// Elements of variable length: element i is bytes[offsets[i] .. offsets[i + 1]).
struct VariableData {
  std::string bytes;
  std::vector<int64_t> offsets{0};
};

// Elements in memory that stay there for as long as the owner lives.
struct SharedElements {
  std::shared_ptr<const void> owner;
  ByteView bytes;
  bool is_copy = false;  // nobody else has them
};

struct Listing {
  std::string names;
  std::vector<int64_t> name_offsets{0};
  std::vector<int32_t> dtypes;
  std::vector<int64_t> shapes;
  std::vector<int64_t> shape_offsets{0};

  int64_t count() const { return static_cast<int64_t>(dtypes.size()); }
  std::string_view name(int64_t i) const {
    return std::string_view(names).substr(static_cast<size_t>(name_offsets[i]),
                                          static_cast<size_t>(name_offsets[i + 1] - name_offsets[i]));
  }
};

struct NamedStats {
  std::string name;
  std::optional<ArrayStats> stats;
};

using ValueMap = std::vector<std::pair<std::string, std::optional<Value>>>;

struct LayerInfo {
  bool foreign = false;
  int64_t number = 0;
  int64_t size = 0;
  int64_t array_count = 0;
  int64_t block_count = 0;
  std::array<uint8_t, 16> id{};
};

// A caller's strided memory: where the region's first element lies within `bytes` follows from the strides'
// signs. Empty strides: C order.
template <typename Bytes>
struct Strided {
  Bytes bytes;
  std::span<const int64_t> strides;
};

// An array that is to be copied, and what the copy is to be called.
struct ArrayCopy {
  std::string_view name;
  std::string_view new_name;
};

// What becomes of arrays that a merge finds in both files.
enum class IfPresent { kRefuse, kSkip, kReplace };

class ArrayFile {
 public:
  static std::shared_ptr<ArrayFile> create(std::shared_ptr<ObjectStore> store, std::string_view key,
                                           const FileOptions& options);
  static std::shared_ptr<ArrayFile> open(std::shared_ptr<ObjectStore> store, std::string_view key,
                                         const FileOptions& options);
  ~ArrayFile();

  void set_cache(std::shared_ptr<BlockCache> cache);
  void set_progress(Progress progress);

  void define(std::string_view name, const ArraySchema& schema);
  void erase(std::string_view name);
  void resize(std::string_view name, std::span<const int64_t> shape);
  bool contains(std::string_view name) const;
  ArraySchema schema(std::string_view name) const;
  Listing list() const;
  // Of those from position `first` of the listing on the first `limit` whose names match; *next: where to go
  // on, -1 at the end.
  Listing list_page(const std::function<bool(std::string_view name)>& matches, int64_t first, int64_t limit,
                    int64_t* next) const;
  NamedStats stats(std::string_view name) const;
  std::vector<NamedStats> stats_all() const;
  // Calls `visit` for each array whose statistics are known, in the order of the listing.
  void for_each_stats(const std::function<void(std::string_view name, const ArrayStats& stats)>& visit) const;

  void set_attribute(std::string_view name, std::string_view key, const Value& value);
  void remove_attribute(std::string_view name, std::string_view key);
  Value attribute(std::string_view name, std::string_view key) const;
  ValueMap attributes(std::string_view name) const;
  ValueMap attribute_column(std::string_view key) const;
  // On "__file__", which is defined when it is not there.
  void set_file_attribute(std::string_view key, const Value& value);

  // Regions: both spans empty mean the whole array.
  void write(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
             Strided<ByteView> src);
  void write_variable(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
                      const std::byte* bytes, std::span<const int64_t> offsets);
  void read(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
            Strided<MutableBytes> dst) const;
  VariableData read_variable(std::string_view name, std::span<const int64_t> start,
                             std::span<const int64_t> shape) const;
  // Whole arrays back to back; fills `offsets` (one more than names). With dst.data() null only the offsets.
  void read_many(const std::vector<std::string_view>& names, MutableBytes dst,
                 std::span<int64_t> offsets) const;

  // Of arrays of lists; the offsets are those of list_view.
  ListData read_lists(std::string_view name, std::span<const int64_t> start,
                      std::span<const int64_t> shape) const;
  void write_lists(std::string_view name, std::span<const int64_t> start, std::span<const int64_t> shape,
                   std::span<const int64_t> offsets, ByteView values);
  // A region in C order: where it lies decoded already, without a copy.
  SharedElements read_shared(std::string_view name, std::span<const int64_t> start,
                             std::span<const int64_t> shape) const;

  // Coordinates of written chunks, sorted.
  std::vector<Extents> chunks(std::string_view name) const;
  std::string read_chunk(std::string_view name, std::span<const int64_t> coord) const;
  void write_chunk(std::string_view name, std::span<const int64_t> coord, ByteView payload);

  // Lengthens an array along an axis and writes what is new, in one call. Answers where that begins.
  int64_t append(std::string_view name, int axis, std::span<const int64_t> shape, Strided<ByteView> src);
  int64_t append_variable(std::string_view name, int axis, std::span<const int64_t> shape,
                          const std::byte* bytes, std::span<const int64_t> offsets);

  // From another file, which may be this one, as its handle sees it. All of them or none.
  void copy_arrays(const ArrayFile& source, std::span<const ArrayCopy> copies, bool replace);
  void move_array(ArrayFile& source, const ArrayCopy& copy, bool replace);
  void merge(const ArrayFile& source, IfPresent if_present);

  void flush();
  bool is_dirty() const;
  void compact();
  // Compacts, and writes the base with this footer version.
  void upgrade(int footer_version);
  bool refresh();
  void copy_to(std::shared_ptr<ObjectStore> store, std::string_view key, const FileOptions& options) const;
  // Copies the layers this handle reads as they are. A stack that is there and holds the first of them gets
  // the others.
  void backup_to(std::shared_ptr<ObjectStore> store, std::string_view key, const FileOptions& options) const;
  // Removes what dead writers and compactions have left, and answers how many bytes that gives back.
  int64_t collect_garbage();
  std::vector<Finding> verify() const;
  // Writes what is sound of a stack that may be damaged as a new one, and answers what was not. Footer
  // version 0: the stack's own.
  static std::vector<Finding> repair(const ObjectStore& store, std::string_view key,
                                     std::shared_ptr<ObjectStore> target_store, std::string_view target_key,
                                     FileOptions options, Progress progress);

  // -- For stacks that are part of a store: the store commits.

  // A stack that is not there yet, and is made when its first layer is put.
  static std::shared_ptr<ArrayFile> begin(std::shared_ptr<ObjectStore> store, std::string_view key,
                                          const FileOptions& options);
  // Whether all layers count, because those of the store's commits are not all there.
  bool counts_all() const;
  // Whether the base was made of layers that the members know nothing of.
  bool base_is_newer() const;
  // Of these arrays the first that, with these members, is not what this handle saw.
  std::optional<std::string> changed_by_others(const std::optional<std::set<LayerId>>& committed,
                                               std::span<const std::string> arrays) const;
  // Moves to the stack as it is now, with these layers as its members (nothing: all), and keeps what is
  // pending. Throws kConflict when others committed what the pending changes overlap with.
  void move_to_members(std::optional<std::set<LayerId>> committed);
  // The same, dropping what is pending and what this handle has put.
  bool drop_to_members(std::optional<std::set<LayerId>> committed);
  // Writes what is pending as a layer that no other handle counts yet. Answers true when the base should be
  // rewritten once it is committed, because no layer can say it to other libraries.
  bool put_layer();
  bool has_own_layers() const;
  // What counts of ours, oldest first.
  std::vector<LayerId> member_ids() const;
  // Whether what the handle has put is still there.
  bool own_layers_stand() const;
  // Forgets that they are only this handle's.
  void own_layers_are_committed();
  bool has_orphans() const;
  // Replaces layers that belong to no commit by empty ones. Answers how many bytes that gives back.
  int64_t empty_orphans();
  // Rewrites the base with everything that is committed.
  void rewrite();
  void write_statistics();

  int64_t layer_count() const;
  LayerInfo layer(int64_t i) const;
  int footer_version() const;
  IoCounts io_counts() const;

  struct Impl;

 private:
  friend class ArrayBatch;
  explicit ArrayFile(std::unique_ptr<Impl> impl);
  // Many readers or one changer. All public calls take it; nothing inside does.
  mutable FairSharedMutex mutex_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace af
