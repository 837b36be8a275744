// A container: a whole store in one file, data.atlas, with what of it is deleted beside it, in deleted.mask.
// Values are only read; what is written is the mask, or a new container as a whole.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "atlas/copy_source.h"
#include "file/array_file.h"
#include "file/in_store.h"
#include "file/layer.h"
#include "format/container.h"

namespace af {

// Rows are ordinals: positions in `datasets()`. Calls that are const may run side by side; `refresh` and
// `erase` need the container for themselves.
class Container {
 public:
  // Whether there is one. `prefix`: "" or a folder with its '/'.
  static bool exists(const ObjectStore& store, std::string_view prefix);
  // Throws kNotFound, kCorrupt, kUnsupported, kLimitExceeded and what reading throws. Of `options` the caps,
  // threads and cache size count. All segments share one pool of threads, one cache and one count of what is
  // read: those of options.in_store, if there is one.
  static std::shared_ptr<Container> open(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                                         const FileOptions& options);

  int format() const { return contents_.footer.format; }  // 1 or 8
  // Of the segments: 5 or 6.
  int footer_version() const { return format() == 1 ? 5 : 6; }
  StoreCodec codec() const { return contents_.footer.codec; }
  uint64_t created_unix_ms() const { return contents_.footer.created_unix_ms; }
  int64_t size() const { return object_->info().size; }
  const Limits& limits() const { return limits_; }

  // In format 8 variables have no shapes, chunk shapes and dimension names there: see `array_schema`.
  const SchemaPool& schemas() const { return contents_.footer.schemas; }
  // Those of the mask are deleted.
  const DatasetTable& datasets() const { return contents_.footer.datasets; }
  const DatasetSchema& schema(size_t row) const { return schemas()[datasets().schema(row)]; }

  // The array file that holds a dataset's variable, and the name it has there.
  struct Place {
    std::shared_ptr<ArrayFile> file;
    std::string_view array;
  };
  // Throws kArrayNotFound for what the dataset does not declare, kCorrupt where the segment has no such
  // array, or another than the footer says.
  Place place(size_t row, std::string_view variable) const;
  // Format 8: the file of a variable, all of its datasets in it, also such as do not exist; nullptr when no
  // dataset ever had it. Throws kUnsupported in format 1.
  std::shared_ptr<ArrayFile> variable_file(std::string_view variable) const;

  ArraySchema array_schema(size_t row, std::string_view variable) const;
  std::optional<ArrayStats> stats(size_t row, std::string_view variable) const;

  // Declared ones that have a value, as they were set; of format 8 in the order of declaration.
  Attributes attributes(size_t row) const;
  Attributes attributes(size_t row, std::string_view variable) const;
  std::optional<Value> attribute(size_t row, std::string_view key) const;
  std::optional<Value> attribute(size_t row, std::string_view variable, std::string_view key) const;

  // Deletes datasets by their rows, durably and at once; those that are deleted already stay so. Throws
  // kStale when the container was replaced since it was opened.
  void erase(std::span<const size_t> rows);
  // Looks at the file and the mask again; answers whether anything changed.
  bool refresh();

  void set_cache(std::shared_ptr<BlockCache> cache);
  IoCounts io_counts() const { return counters_->counts(); }

 private:
  Container(std::shared_ptr<ObjectStore> store, std::string_view prefix, const FileOptions& options);
  void load();
  // The stored footer: from the file's last bytes, or read anew.
  Buffer read_footer(const ContainerTrailer& trailer, ByteView tail) const;
  void load_mask();
  struct StoredMask {
    std::vector<uint32_t> ordinals;
    std::string version;  // "": there is none
  };
  StoredMask read_stored_mask() const;

  size_t variable_position(size_t row, std::string_view variable) const;
  std::shared_ptr<ArrayFile> open_segment(SegmentRange range, std::string_view name) const;
  Attributes declared(const std::vector<AttributeDeclaration>& declarations, std::string_view variable,
                      std::string_view dataset) const;

  std::shared_ptr<ObjectStore> store_;
  std::string prefix_;
  FileOptions options_;
  Limits limits_;
  std::shared_ptr<const Object> object_;
  ReadContainer contents_;
  std::unordered_map<std::string_view, SegmentRange> segments_;  // of format 8, by variable
  std::string mask_version_;

  mutable std::mutex mutex_;
  // Guarded by the mutex. Segments in use, the one used last first; in format 1 there may be as many as
  // datasets, and few are kept open.
  struct OpenSegment {
    uint64_t offset;
    std::shared_ptr<ArrayFile> file;
  };
  mutable std::list<OpenSegment> open_;
  mutable std::unordered_map<uint64_t, std::list<OpenSegment>::iterator> open_by_offset_;
  std::shared_ptr<BlockCache> cache_;
  std::shared_ptr<IoCounters> counters_;  // also in options_.in_store
};

}  // namespace af
