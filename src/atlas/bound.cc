#include "atlas/bound.h"

#include <bit>
#include <cmath>
#include <utility>

namespace af {
namespace {

using Kind = StatValue::Kind;

template <typename T>
int sign(const T& a, const T& b) {
  return (a > b) - (a < b);
}

int64_t as_int(const StatValue& value) { return static_cast<int64_t>(value.bits); }
double as_float(const StatValue& value) { return std::bit_cast<double>(value.bits); }

// Rises with the float: NaNs outermost, by their signs.
int64_t order_of(double number) {
  if (number == 0) return 0;
  auto bits = std::bit_cast<int64_t>(number);
  return bits < 0 ? INT64_MIN - bits : bits;
}

// A float that is no integer lies beside its truncation.
int compare_fraction(double number) { return sign(number, std::trunc(number)); }

int compare_to_int(double number, int64_t other) {
  if (std::isnan(number)) return std::signbit(number) ? -1 : 1;
  if (number < -0x1p63) return -1;
  if (number >= 0x1p63) return 1;
  int by_integer = sign(static_cast<int64_t>(number), other);
  return by_integer != 0 ? by_integer : compare_fraction(number);
}

int compare_to_uint(double number, uint64_t other) {
  if (std::isnan(number)) return std::signbit(number) ? -1 : 1;
  if (number < 0) return -1;
  if (number >= 0x1p64) return 1;
  int by_integer = sign(static_cast<uint64_t>(number), other);
  return by_integer != 0 ? by_integer : compare_fraction(number);
}

int compare_to_float(const StatValue& a, double b) {
  if (a.kind == Kind::kFloat) return sign(order_of(as_float(a)), order_of(b));
  return a.kind == Kind::kInt ? -compare_to_int(b, as_int(a)) : -compare_to_uint(b, a.bits);
}

int compare_numbers(const StatValue& a, const StatValue& b) {
  if (b.kind == Kind::kFloat) return compare_to_float(a, as_float(b));
  if (a.kind == Kind::kFloat) return -compare_to_float(b, as_float(a));
  if (a.kind == b.kind) return a.kind == Kind::kInt ? sign(as_int(a), as_int(b)) : sign(a.bits, b.bits);
  if (a.kind == Kind::kInt)
    return std::cmp_less(as_int(a), b.bits) ? -1 : std::cmp_greater(as_int(a), b.bits);
  return std::cmp_less(a.bits, as_int(b)) ? -1 : std::cmp_greater(a.bits, as_int(b));
}

}  // namespace

BoundClass class_of(const StatValue& value) {
  if (value.kind == Kind::kBytes) return BoundClass::kBytes;
  return value.kind == Kind::kTimestampNs ? BoundClass::kTimestamp : BoundClass::kNumber;
}

int compare_bounds(const StatValue& a, const StatValue& b) {
  BoundClass of_a = class_of(a), of_b = class_of(b);
  if (of_a != of_b) return sign(of_a, of_b);
  if (of_a == BoundClass::kBytes) return a.bytes.compare(b.bytes);
  return of_a == BoundClass::kTimestamp ? sign(as_int(a), as_int(b)) : compare_numbers(a, b);
}

}  // namespace af
