#include "atlas/predicate.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "atlas/bound.h"

namespace af {
namespace {

bool bound_less(const StatValue& a, const StatValue& b) { return compare_bounds(a, b) < 0; }

// The value of the same class, of which there is at most one.
const StatValue* comparable(const std::vector<StatValue>& values, const StatValue& with) {
  auto found =
      std::ranges::find_if(values, [&](const StatValue& value) { return class_of(value) == class_of(with); });
  return found == values.end() ? nullptr : &*found;
}

bool any_between(const std::vector<StatValue>& values, const StatValue& min, const StatValue& max) {
  auto found = std::lower_bound(values.begin(), values.end(), min, bound_less);
  return found != values.end() && compare_bounds(*found, max) <= 0;
}

// The one number of a comparison, if it is the same as a double.
std::optional<double> as_double(const std::vector<StatValue>& values) {
  constexpr int64_t kMostExact = int64_t{1} << 53;
  std::optional<double> number;
  for (const StatValue& value : values) {
    if (class_of(value) != BoundClass::kNumber) continue;
    auto integer = static_cast<int64_t>(value.bits);
    bool is_small =
        integer <= kMostExact && integer >= (value.kind == StatValue::Kind::kInt ? -kMostExact : 0);
    if (value.kind == StatValue::Kind::kFloat)
      number = std::bit_cast<double>(value.bits);
    else if (is_small)
      number = static_cast<double>(integer);
  }
  return number && !std::isnan(*number) ? number : std::nullopt;
}

}  // namespace

void Predicate::prepare(Node& node) {
  for (Node& part : node.parts) prepare(part);
  if (node.op != Op::kIn && node.op != Op::kNotIn) node.number = as_double(node.values);
}

bool Predicate::may_match(const Node& node, std::span<const ColumnCell> row) {
  auto matches = [&](const Node& part) { return may_match(part, row); };
  switch (node.op) {
    case Op::kAll: return std::ranges::all_of(node.parts, matches);
    case Op::kAny: return std::ranges::any_of(node.parts, matches);
    case Op::kPresent: return row[node.column].present;
    case Op::kAbsent: return !row[node.column].present;
    default: return may_compare(node, row[node.column]);
  }
}

bool Predicate::may_compare(const Node& node, const ColumnCell& cell) {
  if (!cell.present || !cell.min || !cell.max || class_of(*cell.min) != class_of(*cell.max)) return false;
  using Kind = StatValue::Kind;
  if (node.number && cell.min->kind == Kind::kFloat && cell.max->kind == Kind::kFloat) {
    double min = std::bit_cast<double>(cell.min->bits), max = std::bit_cast<double>(cell.max->bits);
    // NaNs have an order of their own.
    if (!std::isnan(min) && !std::isnan(max)) {
      switch (node.op) {
        case Op::kLess: return min < *node.number;
        case Op::kLessEqual: return min <= *node.number;
        case Op::kGreater: return max > *node.number;
        default: return max >= *node.number;
      }
    }
  }
  if (node.op == Op::kIn) return any_between(node.values, *cell.min, *cell.max);
  const StatValue* value = comparable(node.values, *cell.min);
  if (!value) return false;
  switch (node.op) {
    case Op::kNotIn:
      return compare_bounds(*cell.min, *cell.max) != 0 || !any_between(node.values, *cell.min, *cell.max);
    case Op::kLess: return compare_bounds(*cell.min, *value) < 0;
    case Op::kLessEqual: return compare_bounds(*cell.min, *value) <= 0;
    case Op::kGreater: return compare_bounds(*cell.max, *value) > 0;
    default: return compare_bounds(*cell.max, *value) >= 0;
  }
}

}  // namespace af
