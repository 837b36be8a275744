// Writes containers of format 8.
#pragma once

#include <memory>
#include <string_view>

#include "atlas/container.h"
#include "file/array_file.h"

namespace af {

// What a container is written from: datasets in order. Its answers are the same for as long as it is used.
class ContainerSource {
 public:
  // Where a dataset's variable is.
  struct Array {
    std::shared_ptr<ArrayFile> file;
    std::string_view name;
  };

  virtual ~ContainerSource() = default;
  virtual size_t dataset_count() const = 0;
  virtual std::string_view name(size_t dataset) const = 0;
  // What it declares. Of variables only names and dtypes count.
  virtual const DatasetSchema& schema(size_t dataset) const = 0;
  virtual Array array(size_t dataset, std::string_view variable) const = 0;
  // Values of declared keys, of the declared types; keys without values may be left out.
  virtual ContainerAttributes attributes(size_t dataset) const = 0;
  virtual ContainerAttributes attributes(size_t dataset, std::string_view variable) const = 0;
};

// Writes `prefix`data.atlas, variable by variable, so that each array file of a store of variables is read
// through once. `options` gives codec, block size, threads, and whether a container that is there is
// replaced: its mask goes first. Throws kAlreadyExists when a store is there, kUnsupported, before anything
// is written, for attributes that are timestamps, kCancelled, and what reading and writing throw.
void write_container(ObjectStore& store, std::string_view prefix, const ContainerSource& source,
                     const FileOptions& options, const Progress& progress = {});

}  // namespace af
