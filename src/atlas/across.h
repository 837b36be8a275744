// One variable of many datasets: which of them have it, and reading it from all of them at once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "atlas/arrays_across.h"
#include "atlas/atlas_impl.h"

namespace af {

// The rows that a caller chose, or all that are not deleted. Throws kOutOfBounds, kDatasetNotFound.
std::vector<size_t> chosen_rows(const StoreMetadata& metadata, const RowChoice& rows);

// For the length of a call, during which the store is not changed.
class Across {
 public:
  // Throws kArrayNotFound when no dataset of the store has the variable, kCorrupt when one declares it and
  // the stack does not have it.
  Across(const Atlas::Impl& atlas, std::string_view variable, const RowChoice& rows);

  size_t size() const { return rows_.size(); }
  bool has(size_t i) const { return positions_[i] != kMissing; }
  std::string_view dataset(size_t i) const { return atlas_.metadata.datasets.name(rows_[i]); }
  // The other calls only of those that have it.
  const DType& dtype(size_t i) const { return arrays_->dtype(positions_[i]); }
  Extents shape(size_t i) const { return arrays_->shape(positions_[i]); }
  std::optional<ArrayStats> stats(size_t i) const { return arrays_->stats(positions_[i]); }

  // The dtype of all of them; nothing when none has it. Throws kDtypeMismatch.
  std::optional<DType> common_dtype() const;
  // The least shape that all fit into. Throws kInvalidArgument when ranks differ, kArrayNotFound when none
  // has it.
  Extents common_shape() const;

  // Fills `offsets` and, if given, `present`; reads only into a given `dst`.
  void read_ragged(const RegionChoice& region, std::optional<MutableBytes> dst, std::span<int64_t> offsets,
                   uint8_t* present);
  VariableData read_ragged_texts(const RegionChoice& region, std::span<int64_t> offsets, uint8_t* present);

  // `fill`, where `pad`, stands for what is missing.
  void read_stacked(const RegionChoice& region, bool pad, const Value* fill, MutableBytes dst);
  VariableData read_stacked_texts(const RegionChoice& region, bool pad, const Value* fill);

 private:
  static constexpr uint32_t kMissing = UINT32_MAX;

  void find_those_that_have_it(std::string_view variable);
  Region clipped(size_t i, const RegionChoice& region) const;
  // Of a stacked read: the region of each, and what of it the dataset has.
  Region stack_region(const RegionChoice& region) const;
  std::optional<Region> part_of(size_t i, const Region& region, bool pad) const;
  // Counts elements into `offsets`.
  void measure(const RegionChoice& region, std::span<int64_t> offsets, uint8_t* present) const;
  void require_fixed_width() const;
  void require_texts() const;

  const Atlas::Impl& atlas_;
  std::string variable_;
  std::vector<size_t> rows_;
  std::vector<uint32_t> positions_;  // among the arrays
  std::unique_ptr<ArraysAcross> arrays_;
};

}  // namespace af
