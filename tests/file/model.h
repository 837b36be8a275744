// A plain model of a stack: what every reader must find after some operations. It knows nothing of files,
// layers or bytes on disk, and shares no code with the library but the types that name things.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/value.h"
#include "format/schema.h"
#include "format/statistics.h"

namespace af::model {

using Index = std::vector<int64_t>;
// The bytes of one element.
using Cell = std::string;

inline Index index_of(const Extents& extents) { return {extents.span().begin(), extents.span().end()}; }

// Calls `visit` with each index from 0 to `shape`, in C order.
template <typename Visit>
void for_each_index(const Index& shape, Visit visit) {
  Index at(shape.size(), 0);
  if (std::ranges::find(shape, 0) != shape.end()) return;
  while (true) {
    visit(at);
    size_t axis = shape.size();
    while (axis > 0 && ++at[axis - 1] == shape[axis - 1]) at[--axis] = 0;
    if (axis == 0) return;
  }
}

inline uint64_t count_of(const Index& shape) {
  uint64_t count = 1;
  for (int64_t extent : shape) count *= static_cast<uint64_t>(extent);
  return count;
}

inline Index plus(Index a, const Index& b) {
  for (size_t axis = 0; axis < a.size(); axis++) a[axis] += b[axis];
  return a;
}

// ---------------------------------------------------------------- elements

template <typename T>
T number_in(const Cell& cell) {
  T value;
  std::memcpy(&value, cell.data(), sizeof value);
  return value;
}
template <typename T>
Cell cell_of(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

inline bool is_signed(TypeId type) { return type >= TypeId::kInt8 && type <= TypeId::kInt64; }
inline bool is_float(TypeId type) { return type == TypeId::kFloat32 || type == TypeId::kFloat64; }

inline double as_double(TypeId type, const Cell& cell) {
  return type == TypeId::kFloat32 ? static_cast<double>(number_in<float>(cell)) : number_in<double>(cell);
}
inline Cell float_cell(TypeId type, double value) {
  return type == TypeId::kFloat32 ? cell_of(static_cast<float>(value)) : cell_of(value);
}

// A real number as an integer of this type: cut off, NaN being 0. An 80-bit float holds every integer that
// may result.
inline Cell saturated(TypeId type, double value) {
  static_assert(std::numeric_limits<long double>::digits >= 64);
  int bits = static_cast<int>(element_size(type)) * 8;
  long double low = is_signed(type) ? -std::ldexp(1.0L, bits - 1) : 0.0L;
  long double high = std::ldexp(1.0L, is_signed(type) ? bits - 1 : bits) - 1;
  long double whole = std::isnan(value) ? 0.0L : std::trunc(std::clamp<long double>(value, low, high));
  uint64_t integer = whole < 0 ? uint64_t{0} - static_cast<uint64_t>(-whole) : static_cast<uint64_t>(whole);
  return cell_of(integer).substr(0, element_size(type));
}

// What a cell reads as that nobody wrote.
inline Cell fill_cell(const ArraySchema& schema) {
  using Kind = FillValue::Kind;
  TypeId type = schema.dtype.id;
  size_t size = element_size(type);
  Cell zero(size, '\0');
  if (!schema.fill) return zero;
  const FillValue& fill = *schema.fill;
  bool whole = fill.kind == Kind::kInt || fill.kind == Kind::kUInt;
  double real = fill.kind == Kind::kInt ? static_cast<double>(static_cast<int64_t>(fill.bits))
                                        : static_cast<double>(fill.bits);
  switch (type) {
    case TypeId::kString: return fill.kind == Kind::kString ? fill.text : zero;
    case TypeId::kBool: return fill.kind == Kind::kBool ? cell_of(fill.bits).substr(0, 1) : zero;
    case TypeId::kFloat32:
    case TypeId::kFloat64:
      if (fill.kind == Kind::kFloat) return float_cell(type, std::bit_cast<double>(fill.bits));
      return whole ? float_cell(type, real) : zero;
    case TypeId::kTimestampNs:
      return fill.kind == Kind::kTimestampNs || fill.kind == Kind::kInt ? cell_of(fill.bits) : zero;
    case TypeId::kBinary:
    case TypeId::kList:
    case TypeId::kFixedSizeList: return zero;
    default: break;
  }
  if (whole) return cell_of(fill.bits).substr(0, size);
  if (fill.kind == Kind::kFloat) return saturated(type, std::bit_cast<double>(fill.bits));
  return fill.kind == Kind::kBool && !is_signed(type) ? cell_of(fill.bits).substr(0, size) : zero;
}

// Whether the statistics count a written element as missing: a stricter rule than that of fill_cell.
inline bool is_fill(const ArraySchema& schema, const Cell& cell) {
  using Kind = FillValue::Kind;
  if (!schema.fill) return false;
  TypeId type = schema.dtype.id;
  Kind kind = schema.fill->kind;
  if (is_variable(type)) return kind == Kind::kString && cell == schema.fill->text;
  if (is_float(type)) {
    if (kind != Kind::kFloat) return false;
    double value = as_double(type, cell), missing = as_double(type, fill_cell(schema));
    return value == missing || (std::isnan(value) && std::isnan(missing));
  }
  bool counts = type == TypeId::kBool          ? kind == Kind::kBool
                : type == TypeId::kTimestampNs ? kind == Kind::kTimestampNs || kind == Kind::kInt
                                               : kind == Kind::kInt || kind == Kind::kUInt;
  return counts && cell == fill_cell(schema);
}

// An element as a minimum or maximum.
inline StatValue bound_of(TypeId type, const Cell& cell) {
  if (is_variable(type)) return {StatValue::Kind::kBytes, 0, cell};
  if (is_float(type)) return {StatValue::Kind::kFloat, std::bit_cast<uint64_t>(as_double(type, cell)), {}};
  bool negative = (is_signed(type) || type == TypeId::kTimestampNs) && (cell.back() & 0x80);
  Cell wide = cell + std::string(8 - cell.size(), negative ? '\xff' : '\0');
  StatValue::Kind kind = type == TypeId::kTimestampNs ? StatValue::Kind::kTimestampNs
                         : is_signed(type)            ? StatValue::Kind::kInt
                                                      : StatValue::Kind::kUInt;
  return {kind, number_in<uint64_t>(wide), {}};
}

// The order of bounds of one kind.
inline bool bound_less(const StatValue& a, const StatValue& b) {
  auto key = [](const StatValue& value) -> __int128 {
    switch (value.kind) {
      case StatValue::Kind::kUInt: return value.bits;
      case StatValue::Kind::kFloat: {
        // IEEE total order: by magnitude, the negative ones backwards and below the positive ones.
        __int128 magnitude = value.bits & ~(uint64_t{1} << 63);
        return value.bits >> 63 ? -magnitude - 1 : magnitude;
      }
      default: return static_cast<int64_t>(value.bits);
    }
  };
  return a.kind == StatValue::Kind::kBytes ? a.bytes < b.bytes : key(a) < key(b);
}

// ---------------------------------------------------------------- arrays

struct Array {
  ArraySchema schema;
  // The written ones. Whatever writes one cell of a chunk writes the others of it, too: as they read before.
  std::map<Index, Cell> cells;
  // Of lists: the payloads of written chunks.
  std::map<Index, std::string> payloads;
  std::map<std::string, Value> attributes;

  friend bool operator==(const Array&, const Array&) = default;

  TypeId type() const { return schema.dtype.id; }
  Index shape() const { return index_of(schema.shape); }
  Index chunk_shape() const { return index_of(schema.chunk_shape); }
  Index chunk_of(const Index& at) const {
    Index coord = at;
    for (size_t axis = 0; axis < at.size(); axis++) coord[axis] /= schema.chunk_shape[static_cast<int>(axis)];
    return coord;
  }
  // How many chunks there are along each axis.
  Index grid() const {
    Index chunks = shape();
    for (size_t axis = 0; axis < chunks.size(); axis++)
      chunks[axis] = (chunks[axis] + chunk_shape()[axis] - 1) / chunk_shape()[axis];
    return chunks;
  }
  // The first index of a chunk and its extents, which the array's end clips.
  Index chunk_start(const Index& coord) const {
    Index start = coord;
    for (size_t axis = 0; axis < start.size(); axis++) start[axis] *= chunk_shape()[axis];
    return start;
  }
  Index chunk_extent(const Index& coord) const {
    Index start = chunk_start(coord), extent = chunk_shape();
    for (size_t axis = 0; axis < extent.size(); axis++)
      extent[axis] = std::min(extent[axis], shape()[axis] - start[axis]);
    return extent;
  }
  template <typename Visit>
  void for_each_cell_of(const Index& coord, Visit visit) const {
    Index start = chunk_start(coord);
    for_each_index(chunk_extent(coord), [&](const Index& at) { visit(plus(start, at)); });
  }

  Cell value(const Index& at) const {
    auto found = cells.find(at);
    return found == cells.end() ? fill_cell(schema) : found->second;
  }
  // All cells in C order.
  std::vector<Cell> values() const {
    std::vector<Cell> all;
    for_each_index(shape(), [&](const Index& at) { all.push_back(value(at)); });
    return all;
  }
  std::set<Index> written_chunks() const {
    std::set<Index> coords;
    for (const auto& [at, cell] : cells) coords.insert(chunk_of(at));
    for (const auto& [coord, payload] : payloads) coords.insert(coord);
    return coords;
  }
  // What a chunk holds, nothing where nobody wrote it.
  std::map<Index, Cell> chunk(const Index& coord) const {
    std::map<Index, Cell> held;
    if (auto found = payloads.find(coord); found != payloads.end()) held.insert({coord, found->second});
    for (const auto& [at, cell] : cells)
      if (chunk_of(at) == coord) held.insert({at, cell});
    return held;
  }
  void replace_chunk(const Index& coord, const Array& by) {
    std::erase_if(cells, [&](const auto& cell) { return chunk_of(cell.first) == coord; });
    payloads.erase(coord);
    for (const auto& [at, cell] : by.chunk(coord)) (is_list(type()) ? payloads : cells).insert({at, cell});
  }

  // Answers the chunks that were written.
  std::set<Index> write(const Index& start, const Index& extent, const std::vector<Cell>& values) {
    std::set<Index> coords;
    size_t next = 0;
    for_each_index(extent, [&](const Index& offset) {
      Index at = plus(start, offset);
      if (coords.insert(chunk_of(at)).second)
        for_each_cell_of(chunk_of(at),
                         [&](const Index& other) { cells.try_emplace(other, fill_cell(schema)); });
      cells[at] = values[next++];
    });
    return coords;
  }
  void resize(const Index& extents) {
    std::set<Index> coords = written_chunks();
    schema.shape = Extents(extents);
    std::map<Index, Cell> kept;
    for (const Index& coord : coords) {
      Index extent = chunk_extent(coord);
      if (std::ranges::any_of(extent, [](int64_t length) { return length <= 0; })) continue;
      for_each_cell_of(coord, [&](const Index& at) { kept[at] = value(at); });
    }
    cells = std::move(kept);
  }

  ArrayStats stats() const {
    ArrayStats stats;
    stats.row_count = count_of(shape());
    stats.null_count = stats.row_count;
    for (const auto& [at, cell] : cells) {
      if (is_fill(schema, cell)) continue;
      StatValue bound = bound_of(type(), cell);
      if (!stats.min || bound_less(bound, *stats.min)) stats.min = bound;
      if (!stats.max || bound_less(*stats.max, bound)) stats.max = bound;
      stats.null_count--;
    }
    return stats;
  }
};

// ---------------------------------------------------------------- contents

// What is in a stack.
class Contents {
 public:
  friend bool operator==(const Contents&, const Contents&) = default;

  const Array* find(const std::string& name) const {
    auto found = arrays_.find(name);
    return found == arrays_.end() ? nullptr : &found->second;
  }
  Array* find(const std::string& name) {
    auto found = arrays_.find(name);
    return found == arrays_.end() ? nullptr : &found->second;
  }
  // In listing order.
  std::vector<std::string> names() const {
    std::vector<std::string> visible;
    for (const std::string& name : places_)
      if (arrays_.contains(name)) visible.push_back(name);
    return visible;
  }

  // An array that was deleted since the last commit comes back to its old place.
  void put(const std::string& name, Array array) {
    arrays_.insert_or_assign(name, std::move(array));
    if (std::ranges::find(places_, name) == places_.end()) places_.push_back(name);
  }
  void erase(const std::string& name) { arrays_.erase(name); }
  // From now on what was deleted has no place any more.
  void commit() { places_ = names(); }

 private:
  std::vector<std::string> places_;
  std::map<std::string, Array> arrays_;
};

}  // namespace af::model
