// A container as what another one is written from: to change its format, or to leave deleted datasets out.
#pragma once

#include <memory>
#include <vector>

#include "atlas/container.h"
#include "atlas/copy_source.h"

namespace af {

class ContainerAsSource : public CopySource {
 public:
  // Datasets that are not deleted now. The container must not be changed while this is in use.
  explicit ContainerAsSource(std::shared_ptr<const Container> container);

  size_t dataset_count() const override { return rows_.size(); }
  std::string_view name(size_t dataset) const override { return container_->datasets().name(rows_[dataset]); }
  const DatasetSchema& schema(size_t dataset) const override { return container_->schema(rows_[dataset]); }
  // Containers are written without.
  DatasetSchema full_schema(size_t dataset) const override { return schema(dataset); }
  Array array(size_t dataset, std::string_view variable) const override {
    Container::Place place = container_->place(rows_[dataset], variable);
    return {std::move(place.file), place.array};
  }
  Attributes attributes(size_t dataset) const override { return container_->attributes(rows_[dataset]); }
  Attributes attributes(size_t dataset, std::string_view variable) const override {
    return container_->attributes(rows_[dataset], variable);
  }

 private:
  std::shared_ptr<const Container> container_;
  std::vector<size_t> rows_;
};

}  // namespace af
