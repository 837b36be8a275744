// The datasets of a store, by ordinal and by name: a few bytes beside the name for each, as there may be
// millions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value.h"

namespace af {

// Rows keep their ordinals until keep_live. A copy is independent.
class DatasetTable {
 public:
  // Deleted ones included.
  size_t size() const { return schemas_.size(); }
  size_t live_count() const { return size() - deleted_count_; }
  std::string_view name(size_t row) const;
  uint32_t schema(size_t row) const { return schemas_[row]; }
  bool deleted(size_t row) const { return deleted_[row]; }
  // Whether it is deleted or not.
  std::optional<size_t> find(std::string_view name) const;

  void reserve(size_t rows, size_t name_bytes);
  // The row of this name, and whether it is new; one that was there, even deleted, stays as it is.
  std::pair<size_t, bool> insert(std::string_view name, uint32_t schema);
  // The name must not be there. Answers the ordinal.
  size_t append(std::string_view name, uint32_t schema) { return insert(name, schema).first; }
  void set_schema(size_t row, uint32_t schema) { schemas_[row] = schema; }
  void set_deleted(size_t row, bool deleted);
  // Removes deleted rows; the others move up.
  void keep_live();

  // Schema 1 keeps the attributes' values here: Bool, Int64, Float64, String or TimestampNs, one for each
  // attribute of the row's schema, in its order.
  std::vector<Value> values(size_t row) const;
  void set_values(size_t row, std::span<const Value> values);

 private:
  // Of the index: half of the name's hash, so that other names are hardly ever looked at, and the row plus
  // one, 0 for free.
  struct Slot {
    uint32_t hash = 0;
    uint32_t row = 0;
  };
  // The slot of this name, or the free one where it would be.
  size_t slot_of(std::string_view name, uint32_t hash) const;
  void resize_index(size_t rows);

  std::string names_;
  std::vector<uint64_t> name_ends_;
  std::vector<uint32_t> schemas_;
  std::vector<bool> deleted_;
  size_t deleted_count_ = 0;
  std::vector<std::string> values_;  // packed; empty beyond the last row that has some
  std::vector<Slot> slots_;          // open addressing
};

}  // namespace af
