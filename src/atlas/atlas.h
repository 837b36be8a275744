// Atlas: many datasets in one store, one stack of layers for each variable. What each call promises stands in
// arrayformat.h.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atlas/document_file.h"
#include "core/fair_shared_mutex.h"
#include "file/array_file.h"
#include "format/dataset_schema.h"
#include "format/merged_schema.h"

namespace af {

// Of containers of format 8; smaller ones are schemas of folders.
inline constexpr int kContainerGeneration = 108;

struct AtlasOptions {
  bool writable = false;
  int generation = 3;     // creating: schema 1 or 3; copying: schema 1, 2, 3, or kContainerGeneration
  MetadataForm document;  // creating
  CodecChoice codec;      // creating: of the data; opening: the level of zstd
  bool types_must_agree = false;
  int64_t max_datasets = INT32_MAX;
  int64_t keep_commits = 0;
  int64_t at_commit = 0;  // opening to read; 0: the newest
  // Of each variable's stack; cache_size is that of all together. Its codec, version, layers and place in a
  // store are not looked at.
  FileOptions stacks;
};

struct AtlasInfo {
  int schema_version = 0;    // 0 of containers
  int container_format = 0;  // 1 or 8; 0 of folders
  int footer_version = 0;
  StoreCodec codec = StoreCodec::kZstd;
  MetadataForm document;
  int64_t dataset_count = 0;
  int64_t row_count = 0;
  int64_t variable_count = 0;
  uint64_t epoch = 0;
  uint64_t created_unix_ms = 0;  // of containers
  uint64_t commit = 0;           // 0: none of ours
};

// A commit that can be opened, and where its metadata lie.
struct KeptCommit {
  uint64_t sequence = 0;
  int64_t unix_ms = 0;
  std::string key;
};

class Dataset;

// Rows of datasets, in any order; nothing means all datasets.
using RowChoice = std::optional<std::span<const int64_t>>;

// A caller's region: both spans empty mean all of each array.
struct RegionChoice {
  std::span<const int64_t> start;
  std::span<const int64_t> shape;

  bool is_all() const { return start.empty() && shape.empty(); }
};

class Atlas : public std::enable_shared_from_this<Atlas> {
 public:
  // `prefix`: what the keys of the store begin with, without a '/' at its end; "" for all of it.
  static std::shared_ptr<Atlas> create(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                                       const AtlasOptions& options);
  // `prefix` may also be the key of the metadata document, or of a container. Containers are read; nothing in
  // them changes but that datasets are deleted, at once.
  static std::shared_ptr<Atlas> open(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                                     const AtlasOptions& options);
  ~Atlas();

  void set_cache(std::shared_ptr<BlockCache> cache);
  void set_progress(Progress progress);
  AtlasInfo info() const;
  IoCounts io_counts() const;

  std::shared_ptr<Dataset> create_dataset(std::string_view name);
  std::shared_ptr<Dataset> open_dataset(std::string_view name) const;
  void delete_dataset(std::string_view name);
  bool contains_dataset(std::string_view name) const;
  int64_t dataset_row(std::string_view name) const;
  VariableData list_datasets() const;
  VariableData list_variables() const;
  MergedSchema merged() const;

  // Across datasets: atlas_across.cc.
  Listing list_across(std::string_view variable, const RowChoice& rows) const;
  // Fills `offsets`, in bytes or elements, and, if given, `present`; elements only into a given `dst`.
  void read_ragged(std::string_view variable, const RowChoice& rows, const RegionChoice& region,
                   std::optional<MutableBytes> dst, std::span<int64_t> offsets, uint8_t* present) const;
  VariableData read_ragged_texts(std::string_view variable, const RowChoice& rows, const RegionChoice& region,
                                 std::span<int64_t> offsets, uint8_t* present) const;
  void read_stacked(std::string_view variable, const RowChoice& rows, const RegionChoice& region, bool pad,
                    const Value* fill, MutableBytes dst) const;
  VariableData read_stacked_texts(std::string_view variable, const RowChoice& rows,
                                  const RegionChoice& region, bool pad, const Value* fill) const;
  Extents stack_shape(std::string_view variable, const RowChoice& rows) const;
  std::vector<NamedStats> stats_across(std::string_view variable, const RowChoice& rows) const;
  // `variable` is empty for attributes of the datasets themselves.
  ValueMap attribute_across(std::string_view variable, std::string_view key, const RowChoice& rows) const;
  std::vector<int64_t> select(std::string_view predicate, std::span<const Value* const> parameters) const;

  void flush();
  bool is_dirty() const;
  void compact();
  bool refresh();
  std::vector<Finding> verify() const;
  int64_t gc();
  // Oldest first.
  std::vector<KeptCommit> commits() const;
  // As a new store of options.generation. What is pending is part of it.
  void copy_to(std::shared_ptr<ObjectStore> store, std::string_view prefix,
               const AtlasOptions& options) const;

  struct Impl;

 private:
  friend class Dataset;
  explicit Atlas(std::unique_ptr<Impl> impl);
  // Many readers or one changer. All public calls of Atlas and Dataset take it; nothing inside does.
  mutable FairSharedMutex mutex_;
  std::unique_ptr<Impl> impl_;
};

// A dataset of an atlas, known by its name: once it is deleted, all calls throw kDatasetNotFound, also when
// another one has got its name.
class Dataset {
 public:
  Dataset(std::shared_ptr<Atlas> atlas, std::string name, uint64_t incarnation)
      : atlas_(std::move(atlas)), name_(std::move(name)), incarnation_(incarnation) {}

  const std::string& name() const { return name_; }
  DatasetSchema declared() const;

  void define(std::string_view variable, const ArraySchema& schema);
  void erase(std::string_view variable);
  bool contains(std::string_view variable) const;
  ArraySchema schema(std::string_view variable) const;
  Listing list() const;
  NamedStats stats(std::string_view variable) const;

  void write(std::string_view variable, std::span<const int64_t> start, std::span<const int64_t> shape,
             Strided<ByteView> src);
  void write_variable(std::string_view variable, std::span<const int64_t> start,
                      std::span<const int64_t> shape, const std::byte* bytes,
                      std::span<const int64_t> offsets);
  void read(std::string_view variable, std::span<const int64_t> start, std::span<const int64_t> shape,
            Strided<MutableBytes> dst) const;
  VariableData read_variable(std::string_view variable, std::span<const int64_t> start,
                             std::span<const int64_t> shape) const;

  void set_attribute(std::string_view key, const Value& value);
  void remove_attribute(std::string_view key);
  Value attribute(std::string_view key) const;
  ValueMap attributes() const;
  void set_array_attribute(std::string_view variable, std::string_view key, const Value& value);
  void remove_array_attribute(std::string_view variable, std::string_view key);
  Value array_attribute(std::string_view variable, std::string_view key) const;
  ValueMap array_attributes(std::string_view variable) const;

 private:
  // Throws kDatasetNotFound.
  size_t row() const;

  std::shared_ptr<Atlas> atlas_;
  std::string name_;
  uint64_t incarnation_;
};

}  // namespace af
