// One variable of many datasets of a store, stacked along a new first axis.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/handles.h"

namespace af::cli {

enum class Padding {
  kNone,   // all arrays must be of one shape
  kFill,   // where an array does not reach, its fill value is read
  kUnseen  // the same, but NaN where there is one
};

class StackedVariable {
 public:
  // Of the datasets that have the variable and for which a predicate may hold ("": any). Throws
  // Failure(kNotFound) when there is none.
  StackedVariable(const af_atlas* atlas, std::string variable, std::string_view where, Padding padding);

  // Datasets first, then the axes of the arrays.
  const af_schema* schema() const { return schema_.get(); }
  void read_fixed(const Region& region, std::span<std::byte> into) const;
  Values read_variable(const Region& region) const;

 private:
  const int64_t* rows_from(const Region& region) const { return rows_.data() + region.start[0]; }
  uint8_t pads() const { return padding_ != Padding::kNone; }

  const af_atlas* atlas_;
  std::string variable_;
  std::vector<int64_t> rows_;
  Padding padding_;
  Schema schema_;
  Value filler_;  // null for that of each array
};

}  // namespace af::cli
