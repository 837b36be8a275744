// The text of a predicate, by recursive descent. `not` is carried down to the comparisons, so that what
// remains are `all` and `any` of them.
#include <algorithm>
#include <bit>
#include <charconv>

#include "atlas/bound.h"
#include "atlas/predicate.h"
#include "core/error.h"
#include "format/timestamp.h"

namespace af {

StatValue bound_of(const Value& value) {
  if (value.type() == TypeId::kBinary && !value.is_list())
    return {StatValue::Kind::kBytes, 0, std::string(value.data())};
  FillValue widened = fill_of(value);
  switch (widened.kind) {
    case FillValue::Kind::kInt: return {StatValue::Kind::kInt, widened.bits, {}};
    case FillValue::Kind::kFloat: return {StatValue::Kind::kFloat, widened.bits, {}};
    case FillValue::Kind::kString: return {StatValue::Kind::kBytes, 0, std::move(widened.text)};
    case FillValue::Kind::kTimestampNs: return {StatValue::Kind::kTimestampNs, widened.bits, {}};
    default: return {StatValue::Kind::kUInt, widened.bits, {}};
  }
}

class PredicateParser {
 public:
  PredicateParser(std::string_view text, std::span<const Value* const> parameters)
      : text_(text), parameters_(parameters) {}

  Predicate parse() {
    predicate_.root_ = parse_any(false);
    Predicate::prepare(predicate_.root_);
    if (skip_space(); at_ < text_.size()) fail_here("'and', 'or' or the end");
    if (next_parameter_ != parameters_.size())
      fail(Status::kInvalidArgument, "the predicate has ", next_parameter_,
           " places for parameters, given are ", parameters_.size());
    return std::move(predicate_);
  }

 private:
  using Op = Predicate::Op;
  using Node = Predicate::Node;
  // Parentheses and `not`s inside one another.
  static constexpr int kMaxDepth = 100;

  class Deeper {
   public:
    explicit Deeper(PredicateParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth) parser_.fail_here("at most 100 levels of parentheses and 'not's");
    }
    ~Deeper() { parser_.depth_--; }

   private:
    PredicateParser& parser_;
  };

  Node parse_any(bool negated) {
    Node any{negated ? Op::kAll : Op::kAny, {}, 0, {}};
    do any.parts.push_back(parse_all(negated));
    while (take_word("or"));
    return any;
  }
  Node parse_all(bool negated) {
    Node all{negated ? Op::kAny : Op::kAll, {}, 0, {}};
    do all.parts.push_back(parse_one(negated));
    while (take_word("and"));
    return all;
  }
  Node parse_one(bool negated) {
    Deeper deeper(*this);
    if (take_word("not")) return parse_one(!negated);
    if (take("(")) {
      Node inner = parse_any(negated);
      expect(")");
      return inner;
    }
    if (take_word("has")) return {negated ? Op::kAbsent : Op::kPresent, {}, parse_column(), {}};
    return parse_comparison(parse_column(), negated);
  }

  Node parse_comparison(size_t column, bool negated) {
    if (take_word("not")) negated = !negated;
    if (take_word("between")) return parse_between(column, negated);
    if (take_word("in")) return {negated ? Op::kNotIn : Op::kIn, {}, column, parse_list()};
    return {parse_operator(negated), {}, column, sorted(parse_value())};
  }
  Node parse_between(size_t column, bool negated) {
    Node low{negated ? Op::kLess : Op::kGreaterEqual, {}, column, sorted(parse_value())};
    if (!take_word("and")) fail_here("'and'");
    Node high{negated ? Op::kGreater : Op::kLessEqual, {}, column, sorted(parse_value())};
    return {negated ? Op::kAny : Op::kAll, {std::move(low), std::move(high)}, 0, {}};
  }
  Op parse_operator(bool negated) {
    struct Sign {
      std::string_view text;
      Op op, opposite;
    };
    static constexpr Sign kSigns[] = {
        {"<=", Op::kLessEqual, Op::kGreater}, {">=", Op::kGreaterEqual, Op::kLess},
        {"!=", Op::kNotIn, Op::kIn},          {"<", Op::kLess, Op::kGreaterEqual},
        {">", Op::kGreater, Op::kLessEqual},  {"=", Op::kIn, Op::kNotIn}};
    for (const Sign& sign : kSigns)
      if (take(sign.text)) return negated ? sign.opposite : sign.op;
    fail_here("=, !=, <, <=, >, >=, 'between' or 'in'");
  }
  std::vector<StatValue> parse_list() {
    std::vector<StatValue> values;
    expect("(");
    do {
      std::vector<StatValue> more = parse_value();
      std::ranges::move(more, std::back_inserter(values));
    } while (take(","));
    expect(")");
    return sorted(std::move(values));
  }
  static std::vector<StatValue> sorted(std::vector<StatValue> values) {
    std::ranges::sort(values, [](const auto& a, const auto& b) { return compare_bounds(a, b) < 0; });
    return values;
  }

  // -- columns

  size_t parse_column() {
    ColumnName column;
    if (!peek("@")) column.variable = parse_name();
    if (at_ < text_.size() && text_[at_] == '@') {
      at_++;
      column.kind = ColumnName::Kind::kAttribute;
      column.key = parse_name();
    }
    auto& columns = predicate_.columns_;
    auto found = std::ranges::find(columns, column);
    if (found == columns.end()) found = columns.insert(columns.end(), std::move(column));
    return static_cast<size_t>(found - columns.begin());
  }
  std::string parse_name() {
    if (peek("\"")) return parse_quoted('"');
    size_t begin = at_;
    while (at_ < text_.size() && in_name(text_[at_])) at_++;
    if (at_ == begin) fail_here("a name");
    std::string_view name = text_.substr(begin, at_ - begin);
    for (std::string_view word : {"and", "or", "not", "has", "in", "between"})
      if (name == word) {
        at_ = begin;
        fail_here("a name (one that is a word of this language stands in double quotes)");
      }
    return std::string(name);
  }
  static bool in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
  }
  std::string parse_quoted(char quote) {
    size_t begin = at_++;
    std::string text;
    while (at_ < text_.size()) {
      if (text_[at_] == quote && (++at_ == text_.size() || text_[at_] != quote)) return text;
      text += text_[at_++];
    }
    at_ = begin;
    fail_here("a quote that is closed");
  }

  // -- values

  // One value; of text that reads as a timestamp also that.
  std::vector<StatValue> parse_value() {
    if (take("?")) return with_timestamp(bound_of(parameter()));
    if (peek("'")) return with_timestamp({StatValue::Kind::kBytes, 0, parse_quoted('\'')});
    if (take_word("true")) return {{StatValue::Kind::kUInt, 1, {}}};
    if (take_word("false")) return {{StatValue::Kind::kUInt, 0, {}}};
    return {parse_number()};
  }
  const Value& parameter() {
    if (next_parameter_ == parameters_.size()) fail_here("a parameter for each ?");
    return *parameters_[next_parameter_++];
  }
  static std::vector<StatValue> with_timestamp(StatValue value) {
    std::vector<StatValue> values{std::move(value)};
    if (values[0].kind != StatValue::Kind::kBytes) return values;
    if (std::optional<int64_t> timestamp = parse_timestamp(values[0].bytes))
      values.push_back({StatValue::Kind::kTimestampNs, static_cast<uint64_t>(*timestamp), {}});
    return values;
  }
  // Not "inf" and "nan".
  static bool is_decimal(std::string_view text) {
    size_t first = text.starts_with('-') ? 1 : 0;
    return first < text.size() && ((text[first] >= '0' && text[first] <= '9') || text[first] == '.');
  }
  StatValue parse_number() {
    skip_space();
    const char *begin = text_.data() + at_, *end = text_.data() + text_.size();
    int64_t integer = 0;
    uint64_t natural = 0;
    double real = 0;
    auto [real_end, real_error] = std::from_chars(begin, end, real);
    auto [integer_end, integer_error] = std::from_chars(begin, end, integer);
    auto [natural_end, natural_error] = std::from_chars(begin, end, natural);
    if (!is_decimal(text_.substr(at_)) || real_error != std::errc())
      fail_here("a number, a text in single quotes, true, false or ?");
    at_ += static_cast<size_t>(real_end - begin);
    if (integer_error == std::errc() && integer_end == real_end)
      return {StatValue::Kind::kInt, static_cast<uint64_t>(integer), {}};
    if (natural_error == std::errc() && natural_end == real_end) return {StatValue::Kind::kUInt, natural, {}};
    return {StatValue::Kind::kFloat, std::bit_cast<uint64_t>(real), {}};
  }

  // -- text

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) at_++;
  }
  bool peek(std::string_view sign) {
    skip_space();
    return text_.substr(at_).starts_with(sign);
  }
  bool take(std::string_view sign) {
    if (!peek(sign)) return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view word) {
    size_t after = (skip_space(), at_ + word.size());
    if (!peek(word) || (after < text_.size() && (in_name(text_[after]) || text_[after] == '@'))) return false;
    at_ = after;
    return true;
  }
  void expect(std::string_view sign) {
    if (!take(sign)) fail_here(sign);
  }
  [[noreturn]] void fail_here(std::string_view expected) const {
    fail(Status::kInvalidArgument, "predicate, byte ", at_ + 1, ": expected ", expected, ", found ",
         at_ < text_.size() ? quoted(text_.substr(at_, 20)) : "its end");
  }

  std::string_view text_;
  std::span<const Value* const> parameters_;
  size_t at_ = 0, next_parameter_ = 0;
  int depth_ = 0;
  Predicate predicate_;
};

Predicate Predicate::parse(std::string_view text, std::span<const Value* const> parameters) {
  return PredicateParser(text, parameters).parse();
}

}  // namespace af
