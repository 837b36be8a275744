// Copying a store into a new one of any generation.
#include "atlas/atlas_impl.h"
#include "atlas/container_writer.h"
#include "atlas/copy_source.h"
#include "atlas/folder_writer.h"

namespace af {
namespace {

// What is pending is part of it, deleted datasets are not.
class AtlasAsSource : public CopySource {
 public:
  explicit AtlasAsSource(const Atlas::Impl& atlas) : atlas_(atlas) {
    for (size_t row = 0; row < atlas.metadata.datasets.size(); row++)
      if (!atlas.metadata.datasets.deleted(row)) rows_.push_back(row);
  }

  size_t dataset_count() const override { return rows_.size(); }
  std::string_view name(size_t dataset) const override {
    return atlas_.metadata.datasets.name(rows_[dataset]);
  }
  const DatasetSchema& schema(size_t dataset) const override { return atlas_.schema_of(rows_[dataset]); }
  DatasetSchema full_schema(size_t dataset) const override { return atlas_.full_schema(rows_[dataset]); }
  Array array(size_t dataset, std::string_view variable) const override {
    if (atlas_.container) {
      Container::Place place = atlas_.container->place(rows_[dataset], variable);
      return {std::move(place.file), place.array};
    }
    Array found = {atlas_.stack(variable), name(dataset)};
    if (!found.file->contains(found.name))
      fail(Status::kCorrupt, "array ", quoted(variable), " of dataset ", quoted(found.name),
           " is declared but not there");
    return found;
  }
  Attributes attributes(size_t dataset) const override { return attributes_of(dataset, {}); }
  Attributes attributes(size_t dataset, std::string_view variable) const override {
    return attributes_of(dataset, variable);
  }

 private:
  Attributes attributes_of(size_t dataset, std::string_view variable) const {
    Attributes attributes;
    for (auto& [key, value] : atlas_.attributes(rows_[dataset], variable))
      attributes.emplace_back(key, std::move(*value));
    return attributes;
  }

  const Atlas::Impl& atlas_;
  std::vector<size_t> rows_;
};

}  // namespace

void Atlas::copy_to(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                    const AtlasOptions& options) const {
  bool to_folder = options.generation >= 1 && options.generation <= 3;
  if (!to_folder && options.generation != kContainerGeneration)
    fail(Status::kUnsupported, "no stores of generation ", options.generation, " are written");
  std::shared_lock lock(mutex_);
  AtlasAsSource source(*impl_);
  if (to_folder) return write_folder(std::move(store), prefix, source, options, impl_->progress);
  std::string folder = prefix.empty() ? std::string() : text_of(prefix, "/");
  FileOptions file = options.stacks;
  file.codec = options.codec;
  write_container(*store, folder, source, file, impl_->progress);
}

}  // namespace af
