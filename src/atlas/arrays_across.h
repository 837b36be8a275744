// The arrays that a read across datasets takes: together in one file, or each in a file of its own.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "atlas/atlas_impl.h"
#include "file/array_batch.h"

namespace af {

// Numbered from 0. For the length of a call.
class ArraysAcross {
 public:
  virtual ~ArraysAcross() = default;
  virtual const DType& dtype(size_t i) const = 0;
  virtual Extents shape(size_t i) const = 0;
  virtual std::optional<FillValue> fill(size_t i) const = 0;
  virtual std::optional<ArrayStats> stats(size_t i) const = 0;

  // As those of ArrayBatch.
  virtual void add(const ArrayBatch::Part& part) = 0;
  virtual void read() = 0;
  virtual void add_texts(size_t array, const Region& region, std::string_view* texts) = 0;
  virtual void read_texts() = 0;
  virtual std::vector<std::string_view> room_for_texts(int64_t count) const = 0;
  virtual VariableData join_texts(const std::vector<std::string_view>& texts, bool repair) const = 0;
};

// A variable of these rows, all of which declare it. Throws kCorrupt when one does not have it.
std::unique_ptr<ArraysAcross> arrays_across(const Atlas::Impl& atlas, std::string_view variable,
                                            std::vector<size_t> rows);

}  // namespace af
