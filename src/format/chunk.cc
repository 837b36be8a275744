#include "format/chunk.h"

#include <bit>
#include <cmath>
#include <limits>

namespace af {
namespace {

// As Rust's `as`: saturating, NaN to 0.
template <typename T>
T saturate(double value) {
  if (std::isnan(value)) return 0;
  if (value <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

template <typename T>
T integer_fill(const FillValue& fill) {
  switch (fill.kind) {
    case FillValue::Kind::kInt:
    case FillValue::Kind::kUInt: return static_cast<T>(fill.bits);
    case FillValue::Kind::kFloat: return saturate<T>(std::bit_cast<double>(fill.bits));
    case FillValue::Kind::kBool: return std::is_unsigned_v<T> ? static_cast<T>(fill.bits) : T{0};
    default: return 0;
  }
}

double real_fill(const FillValue& fill) {
  switch (fill.kind) {
    case FillValue::Kind::kFloat: return std::bit_cast<double>(fill.bits);
    case FillValue::Kind::kInt: return static_cast<double>(static_cast<int64_t>(fill.bits));
    case FillValue::Kind::kUInt: return static_cast<double>(fill.bits);
    default: return 0;
  }
}

int64_t timestamp_fill(const FillValue& fill) {
  bool known = fill.kind == FillValue::Kind::kTimestampNs || fill.kind == FillValue::Kind::kInt;
  return known ? static_cast<int64_t>(fill.bits) : 0;
}

template <typename T>
std::array<std::byte, 8> element_of(T value) {
  std::array<std::byte, 8> element{};
  store(element.data(), value);
  return element;
}

}  // namespace

std::array<std::byte, 8> fill_element(TypeId type, const std::optional<FillValue>& fill) {
  if (!fill) return {};
  switch (type) {
    case TypeId::kBool:
      return element_of<uint8_t>(fill->kind == FillValue::Kind::kBool ? fill->bits != 0 : 0);
    case TypeId::kInt8: return element_of(integer_fill<int8_t>(*fill));
    case TypeId::kInt16: return element_of(integer_fill<int16_t>(*fill));
    case TypeId::kInt32: return element_of(integer_fill<int32_t>(*fill));
    case TypeId::kInt64: return element_of(integer_fill<int64_t>(*fill));
    case TypeId::kUInt8: return element_of(integer_fill<uint8_t>(*fill));
    case TypeId::kUInt16: return element_of(integer_fill<uint16_t>(*fill));
    case TypeId::kUInt32: return element_of(integer_fill<uint32_t>(*fill));
    case TypeId::kUInt64: return element_of(integer_fill<uint64_t>(*fill));
    case TypeId::kFloat32: return element_of(static_cast<float>(real_fill(*fill)));
    case TypeId::kFloat64: return element_of(real_fill(*fill));
    case TypeId::kTimestampNs: return element_of(timestamp_fill(*fill));
    default: return {};
  }
}

std::string_view fill_text(TypeId type, const std::optional<FillValue>& fill) {
  return type == TypeId::kString && fill && fill->kind == FillValue::Kind::kString
             ? std::string_view(fill->text)
             : std::string_view();
}

VariablePayload::VariablePayload(ByteView payload, int64_t elements) : count_(elements) {
  uint64_t table;
  if (!multiply_fits<uint64_t>(static_cast<uint64_t>(elements) + 1, 4, &table) || table > payload.size())
    fail(Status::kCorrupt, "a chunk of ", elements, " texts needs more than its ", payload.size(), " bytes");
  offsets_ = payload.data();
  values_ = payload.subspan(table);
  uint32_t before = 0;
  for (int64_t i = 0; i <= elements; i++) {
    uint32_t at = offset(i);
    if (at < before || at > values_.size())
      fail(Status::kCorrupt, "text ", i, " of a chunk begins at ", at, ", after ", before, " of ",
           values_.size(), " bytes");
    before = at;
  }
}

std::vector<std::byte> variable_payload(const std::vector<std::string_view>& elements) {
  uint64_t table = (elements.size() + 1) * 4, total = 0;
  for (std::string_view element : elements) total += element.size();
  if (total > UINT32_MAX || table + total > UINT32_MAX)
    fail(Status::kLimitExceeded, "a chunk of ", elements.size(), " texts and ", total,
         " bytes is over 4 GiB: use smaller chunks");
  std::vector<std::byte> payload(table + total);
  uint32_t at = 0;
  for (size_t i = 0; i < elements.size(); i++) {
    if (!elements[i].empty())
      std::memcpy(payload.data() + table + at, elements[i].data(), elements[i].size());
    at += static_cast<uint32_t>(elements[i].size());
    store(payload.data() + (i + 1) * 4, at);
  }
  return payload;
}

void check_payload(const DType& dtype, ByteView payload, int64_t elements) {
  if (is_variable(dtype.id)) {
    VariablePayload checked(payload, elements);
  } else if (uint64_t size = element_size(dtype.id); size != 0) {
    // A remainder of less than an element is ignored, as the reference does.
    if (payload.size() / size != static_cast<uint64_t>(elements))
      fail(Status::kCorrupt, "a chunk of ", elements, " ", type_name(dtype.id), " has ", payload.size(),
           " bytes");
  }
}

std::vector<std::byte> fill_payload(const DType& dtype, const std::optional<FillValue>& fill,
                                    int64_t elements) {
  if (is_variable(dtype.id)) {
    std::vector<std::string_view> texts(static_cast<size_t>(elements), fill_text(dtype.id, fill));
    return variable_payload(texts);
  }
  uint64_t size = element_size(dtype.id);
  std::vector<std::byte> payload(static_cast<size_t>(elements) * size);
  std::array<std::byte, 8> element = fill_element(dtype.id, fill);
  if (element != std::array<std::byte, 8>{})
    for (size_t at = 0; at < payload.size(); at += size)
      std::memcpy(payload.data() + at, element.data(), size);
  return payload;
}

}  // namespace af
