// How many datasets of a store give each variable and attribute which type.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/dataset_schema.h"

namespace af {

class TypeCensus {
 public:
  // Counts a dataset of this schema, or with -1 counts it no more.
  void count(const DatasetSchema& schema, int64_t datasets);
  // Whether the type fits those that other datasets give the variable: there is one that holds all. `own`:
  // the type that the asking dataset gives it now.
  bool fits(std::string_view variable, const DType& type, const DType* own) const;
  // The same of an attribute, of the dataset itself where `variable` is empty.
  bool fits(std::string_view variable, std::string_view key, AttributeType type,
            const AttributeType* own) const;

 private:
  template <typename Type>
  struct Count {
    Type type;
    int64_t datasets = 0;
  };
  template <typename Type>
  using Counts = std::vector<Count<Type>>;

  void count_attribute(std::string_view variable, const AttributeDeclaration& declared, int64_t datasets);

  std::unordered_map<std::string, Counts<DType>> variables_;
  std::unordered_map<std::string, Counts<AttributeType>> attributes_;
};

}  // namespace af
