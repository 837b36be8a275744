// What a whole new store is written from.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "file/array_file.h"
#include "format/dataset_schema.h"

namespace af {

using Attributes = std::vector<std::pair<std::string, Value>>;

// Datasets in order. Its answers are the same for as long as it is used.
class CopySource {
 public:
  // Where a dataset's variable is.
  struct Array {
    std::shared_ptr<ArrayFile> file;
    std::string_view name;
  };

  virtual ~CopySource() = default;
  virtual size_t dataset_count() const = 0;
  virtual std::string_view name(size_t dataset) const = 0;
  // What it declares. Of variables only names and dtypes count.
  virtual const DatasetSchema& schema(size_t dataset) const = 0;
  // The same with all that is said of variables.
  virtual DatasetSchema full_schema(size_t dataset) const = 0;
  virtual Array array(size_t dataset, std::string_view variable) const = 0;
  // Values of declared keys, of the declared types; keys without values may be left out.
  virtual Attributes attributes(size_t dataset) const = 0;
  virtual Attributes attributes(size_t dataset, std::string_view variable) const = 0;
};

}  // namespace af
