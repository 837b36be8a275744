#include "atlas/predicate.h"

#include <algorithm>

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

}  // namespace

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
