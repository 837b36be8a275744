// Small random things, each a function of one seed: schemas, values, regions. Seed 0 gives the plainest of
// each, so that failing cases shrink towards them.
#pragma once

#include <span>

#include "model.h"

namespace af::model {

class Choices {
 public:
  explicit Choices(uint64_t seed) : state_(seed) {}

  // From 0 to n - 1.
  uint64_t below(uint64_t n) { return next() % n; }
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  bool one_in(uint64_t n) { return below(n) == n - 1; }
  template <typename T, size_t n>
  const T& of(const T (&items)[n]) {
    return items[below(n)];
  }
  uint64_t bits() { return next(); }

 private:
  // SplitMix64.
  uint64_t next() {
    if (state_ == 0) return 0;
    uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  uint64_t state_;
};

inline const std::string kNames[] = {
    "a", "b", "", "a name of more than sixteen bytes", std::string("n\0l/ü[%]", 9), "__file__"};
inline const std::string kTexts[] = {
    "", "a", "missing", "ü☃", std::string("\0z", 2), "a text that is longer than the others", "b"};

inline Cell random_float(Choices& choices, TypeId type) {
  if (choices.one_in(4)) {
    // Quiet NaNs, of both signs and with a payload.
    constexpr uint64_t kNan[] = {0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000100000};
    constexpr uint32_t kNan32[] = {0x7fc00000, 0xffc00000, 0x7fc00100};
    return type == TypeId::kFloat32 ? cell_of(choices.of(kNan32)) : cell_of(choices.of(kNan));
  }
  constexpr double kReal[] = {1.5, 0.0, -0.0, -7.25, 1.1, 5e-324, 1e300, -HUGE_VAL, HUGE_VAL, 3.0};
  return float_cell(type, choices.of(kReal));
}

inline Cell random_cell(Choices& choices, const ArraySchema& schema) {
  TypeId type = schema.dtype.id;
  if (choices.one_in(4)) return fill_cell(schema);
  if (is_variable(type)) {
    if (type == TypeId::kBinary && choices.one_in(3)) return "\xff\xfe";
    return choices.of(kTexts);
  }
  if (type == TypeId::kBool) return cell_of(static_cast<uint8_t>(choices.below(2)));
  if (is_float(type)) return random_float(choices, type);
  constexpr int64_t kInteger[] = {1, 0, -1, 42, INT64_MAX, INT64_MIN, 127, -128, 300};
  return cell_of(choices.of(kInteger)).substr(0, element_size(type));
}

inline std::vector<Cell> random_cells(Choices& choices, const ArraySchema& schema, const Index& extent) {
  std::vector<Cell> cells(count_of(extent));
  for (Cell& cell : cells) cell = random_cell(choices, schema);
  return cells;
}

inline FillValue::Kind natural_fill(TypeId type) {
  if (type == TypeId::kBool) return FillValue::Kind::kBool;
  if (is_variable(type)) return FillValue::Kind::kString;
  if (is_float(type)) return FillValue::Kind::kFloat;
  if (type == TypeId::kTimestampNs) return FillValue::Kind::kTimestampNs;
  return is_signed(type) ? FillValue::Kind::kInt : FillValue::Kind::kUInt;
}

inline std::optional<FillValue> random_fill(Choices& choices, TypeId type) {
  if (choices.below(3) == 0) return {};
  FillValue fill;
  fill.kind = choices.one_in(4) ? static_cast<FillValue::Kind>(choices.below(6)) : natural_fill(type);
  constexpr uint64_t kBits[] = {0, 1, 255, 300, UINT64_MAX, uint64_t{1} << 63};
  constexpr double kReal[] = {0.0, -0.0, 1.1, -5.0, 300.7, 1e30, NAN};
  if (fill.kind == FillValue::Kind::kBool)
    fill.bits = choices.below(2);
  else if (fill.kind == FillValue::Kind::kFloat)
    fill.bits = std::bit_cast<uint64_t>(choices.of(kReal));
  else if (fill.kind == FillValue::Kind::kString)
    fill.text = choices.of(kTexts);
  else
    fill.bits = choices.of(kBits);
  return fill;
}

inline int64_t random_extent(Choices& choices) { return choices.one_in(8) ? 0 : choices.between(1, 6); }

inline ArraySchema random_schema(Choices& choices) {
  ArraySchema schema;
  schema.dtype =
      static_cast<TypeId>(choices.of<int>({5, 9, 11, 0, 1, 2, 3, 4, 6, 7, 8, 10, 12, 15, 14, 9, 10, 11}));
  if (schema.dtype.id == TypeId::kList) schema.dtype.child = std::make_shared<const DType>(TypeId::kInt32);
  int rank = static_cast<int>(choices.of<int>({1, 2, 1, 0, 3}));
  for (int axis = 0; axis < rank; axis++) {
    schema.shape.push_back(random_extent(choices));
    schema.chunk_shape.push_back(choices.between(1, 4));
    schema.dimension_names.push_back(choices.one_in(3) ? "x" : text_of("dim", axis));
  }
  schema.fill = random_fill(choices, schema.dtype.id);
  return schema;
}

// A part of an array; now and then an empty one.
inline std::pair<Index, Index> random_region(Choices& choices, const Array& array) {
  Index start, extent;
  for (int64_t length : array.shape()) {
    start.push_back(choices.between(0, std::max<int64_t>(length - 1, 0)));
    int64_t rest = length - start.back();
    extent.push_back(rest == 0 || choices.one_in(16) ? 0 : choices.between(1, rest));
  }
  return {start, extent};
}

template <typename T>
Value fixed_value(TypeId type, bool list, const std::vector<T>& elements) {
  return Value::fixed(type, list, std::as_bytes(std::span(elements)), static_cast<int64_t>(elements.size()));
}

inline Value random_texts(Choices& choices, TypeId type) {
  std::string bytes;
  std::vector<int64_t> offsets{0};
  for (uint64_t count = choices.below(3); count > 0; count--) {
    bytes += choices.of(kTexts);
    offsets.push_back(static_cast<int64_t>(bytes.size()));
  }
  return Value::variable(type, true, bytes, offsets);
}

inline Value random_attribute(Choices& choices) {
  TypeId type = static_cast<TypeId>(choices.below(13));
  bool list = choices.one_in(4);
  if (is_variable(type))
    return list ? random_texts(choices, type) : Value::of_bytes(type, choices.of(kTexts));
  ArraySchema schema = make_schema(type, Extents());
  std::string elements;
  int64_t count = list ? choices.between(0, 3) : 1;
  for (int64_t i = 0; i < count; i++) elements += random_cell(choices, schema);
  return Value::fixed(type, list, std::as_bytes(std::span(elements)), count);
}

}  // namespace af::model
