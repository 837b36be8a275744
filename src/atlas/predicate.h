// Predicates over the columns of an atlas: the text of af_atlas_select, and whether a row may satisfy it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "format/statistics.h"

namespace af {

// What a predicate looks at. An attribute without a variable is the dataset's own.
struct ColumnName {
  enum class Kind : uint8_t { kVariable, kAttribute };
  Kind kind = Kind::kVariable;
  std::string variable;
  std::string key;

  friend bool operator==(const ColumnName&, const ColumnName&) = default;
};

// What is known of a column in one row. The bounds are there both or not at all.
struct ColumnCell {
  bool present = false;
  const StatValue* min = nullptr;
  const StatValue* max = nullptr;
};

// What a predicate compares with. Throws kInvalidArgument for lists.
StatValue bound_of(const Value& value);

class Predicate {
 public:
  // Throws kInvalidArgument, saying at which character.
  static Predicate parse(std::string_view text, std::span<const Value* const> parameters);

  // In the order in which they are mentioned first.
  const std::vector<ColumnName>& columns() const { return columns_; }
  // `row` has a cell for each column.
  bool may_match(std::span<const ColumnCell> row) const { return may_match(root_, row); }

 private:
  friend class PredicateParser;
  enum class Op : uint8_t {
    kAll,
    kAny,
    kPresent,
    kAbsent,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kIn,
    kNotIn
  };
  struct Node {
    Op op;
    std::vector<Node> parts;  // of kAll and kAny
    size_t column = 0;
    std::vector<StatValue> values;  // sorted; for all but kIn and kNotIn one of a class
    // Of the other comparisons with a number that is a double: most bounds are doubles, too.
    std::optional<double> number;
  };

  static bool may_match(const Node& node, std::span<const ColumnCell> row);
  static bool may_compare(const Node& node, const ColumnCell& cell);
  static void prepare(Node& node);

  std::vector<ColumnName> columns_;
  Node root_;
};

}  // namespace af
