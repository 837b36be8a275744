#include "cli/fill.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "cli/values.h"

namespace af::cli {
namespace {

template <typename Target, typename Source>
Target converted(Source value) {
  if constexpr (std::is_floating_point_v<Target> || std::is_integral_v<Source>) {
    return static_cast<Target>(value);
  } else {
    using Limits = std::numeric_limits<Target>;
    if (std::isnan(value)) return 0;
    // The first value past the greatest: a power of two, which a double holds exactly.
    const double end = std::ldexp(1.0, Limits::digits);
    if (value >= end) return Limits::max();
    if (value <= static_cast<double>(Limits::min())) return Limits::min();
    return static_cast<Target>(value);
  }
}

template <typename Target>
std::vector<std::byte> element_from(const af_value* fill) {
  const auto* at = static_cast<const std::byte*>(af_value_data(fill));
  Target target{};
  switch (af_value_data_type(fill)) {
    case AF_BOOL:
      if (!std::is_unsigned_v<Target>) return {};
      target = static_cast<Target>(load<uint8_t>(at) != 0);
      break;
    case AF_INT64: target = converted<Target>(load<int64_t>(at)); break;
    case AF_UINT64: target = converted<Target>(load<uint64_t>(at)); break;
    case AF_FLOAT64: target = converted<Target>(load<double>(at)); break;
    default: return {};
  }
  std::vector<std::byte> element(sizeof target);
  std::memcpy(element.data(), &target, sizeof target);
  return element;
}

std::vector<std::byte> timestamp_from(const af_value* fill) {
  const af_data_type kind = af_value_data_type(fill);
  if (kind != AF_TIMESTAMP_NS && kind != AF_INT64) return {};
  const auto* at = static_cast<const std::byte*>(af_value_data(fill));
  return {at, at + 8};
}

std::vector<std::byte> bool_from(const af_value* fill) {
  if (af_value_data_type(fill) != AF_BOOL) return {};
  return {*static_cast<const std::byte*>(af_value_data(fill))};
}

}  // namespace

std::vector<std::byte> fill_element(const af_value* fill, af_data_type dtype) {
  if (fill == nullptr) return {};
  switch (dtype) {
    case AF_BOOL: return bool_from(fill);
    case AF_INT8: return element_from<int8_t>(fill);
    case AF_INT16: return element_from<int16_t>(fill);
    case AF_INT32: return element_from<int32_t>(fill);
    case AF_INT64: return element_from<int64_t>(fill);
    case AF_UINT8: return element_from<uint8_t>(fill);
    case AF_UINT16: return element_from<uint16_t>(fill);
    case AF_UINT32: return element_from<uint32_t>(fill);
    case AF_UINT64: return element_from<uint64_t>(fill);
    case AF_FLOAT32: return element_from<float>(fill);
    case AF_FLOAT64: return element_from<double>(fill);
    case AF_TIMESTAMP_NS: return timestamp_from(fill);
    default: return {};
  }
}

}  // namespace af::cli
