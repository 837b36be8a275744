// JSON documents. The only file that knows simdjson.
// Its errors are looked at one by one; nothing converts to a value or throws.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <charconv>
#include <new>

#include "format/document.h"
#include "format/document_writer.h"

namespace af {
namespace {

static_assert(kDocumentPadding >= simdjson::SIMDJSON_PADDING);

// Walks through a text once, front to back.
class JsonParser {
 public:
  JsonParser(simdjson::padded_string_view text, DocumentSink& sink) : text_(text), sink_(sink) {}

  void parse() {
    // A mark of the byte order is passed over by some versions of the library.
    if (std::string_view(text_).starts_with("\xef\xbb\xbf"))
      fail(Status::kCorrupt, "JSON: begins with a byte order mark");
    check(parser_.iterate(text_).get(document_));
    begun_ = true;
    simdjson::ondemand::value root;
    check(document_.get_value().get(root));
    value(root);
    // There is no place any more once all of the text is read.
    if (document_.current_location().error() != simdjson::OUT_OF_BOUNDS)
      fail_here("more text after the document");
  }

 private:
  using Type = simdjson::ondemand::json_type;

  void value(simdjson::ondemand::value& value) {
    Type type;
    check(value.type().get(type));
    switch (type) {
      case Type::array: return array(value);
      case Type::object: return object(value);
      case Type::number: return number(value);
      case Type::string: return sink_.text(taken(value.get_string()));
      case Type::boolean: return sink_.boolean(taken(value.get_bool()));
      case Type::null: break;
    }
    if (!taken(value.is_null())) fail_here("expected null");
    sink_.null();
  }

  void array(simdjson::ondemand::value& value) {
    enter();
    sink_.begin_array();
    for (auto result : taken(value.get_array())) {
      simdjson::ondemand::value element;
      check(std::move(result).get(element));
      this->value(element);
    }
    sink_.end_array();
    depth_--;
  }

  void object(simdjson::ondemand::value& value) {
    enter();
    sink_.begin_map();
    for (auto result : taken(value.get_object())) {
      simdjson::ondemand::field field;
      check(std::move(result).get(field));
      sink_.key(taken(field.unescaped_key()));
      this->value(field.value());
    }
    sink_.end_map();
    depth_--;
  }

  void number(simdjson::ondemand::value& value) {
    std::string_view token = value.raw_json_token();
    bool whole = token.find_first_of(".eE") == token.npos && !token.starts_with("-0");
    int64_t integer;
    if (whole && value.get_int64().get(integer) == simdjson::SUCCESS) return sink_.integer(integer);
    uint64_t natural;
    if (whole && value.get_uint64().get(natural) == simdjson::SUCCESS) return sink_.natural(natural);
    sink_.real(taken(value.get_double()));
  }

  void enter() {
    if (++depth_ > kDocumentDepth) fail(Status::kLimitExceeded, "JSON: nested deeper than ", kDocumentDepth);
  }

  template <typename T>
  T taken(simdjson::simdjson_result<T>&& result) {
    T value;
    check(std::move(result).get(value));
    return value;
  }

  void check(simdjson::error_code error) {
    if (error == simdjson::SUCCESS) return;
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();
    if (error == simdjson::CAPACITY) fail(Status::kLimitExceeded, "JSON: a text of ", text_.size(), " bytes");
    fail_here(simdjson::error_message(error));
  }

  [[noreturn]] void fail_here(std::string_view why) {
    const char* here;
    if (!begun_ || document_.current_location().get(here) != simdjson::SUCCESS)
      fail(Status::kCorrupt, "JSON: ", why);
    fail(Status::kCorrupt, "JSON at byte ", here - text_.data(), ": ", why);
  }

  simdjson::padded_string_view text_;
  DocumentSink& sink_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  bool begun_ = false;  // before, the document has no place
  int depth_ = 0;
};

class JsonWriter : public DocumentWriter {
 public:
  explicit JsonWriter(std::string* out) : out_(*out) {}

  void null() override { scalar("null"); }
  void boolean(bool value) override { scalar(value ? "true" : "false"); }
  void integer(int64_t value) override { number(value); }
  void natural(uint64_t value) override { number(value); }
  void real(double value) override;
  void text(std::string_view value) override {
    begin_value();
    quote(value);
  }
  void begin_array(uint32_t) override { begin('['); }
  void end_array() override { end(']'); }
  void begin_map(uint32_t) override { begin('{'); }
  void key(std::string_view name) override {
    next_line();
    quote(name);
    out_ += ": ";
    after_key_ = true;
  }
  void end_map() override { end('}'); }

 private:
  template <typename T>
  void number(T value) {
    char digits[24];
    scalar({digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
  }
  void scalar(std::string_view text) {
    begin_value();
    out_ += text;
  }
  void begin(char bracket) {
    begin_value();
    out_ += bracket;
    depth_++;
    empty_ = true;
  }
  void end(char bracket) {
    depth_--;
    if (!empty_) break_line();
    out_ += bracket;
    empty_ = false;
  }
  // A value stands behind its key or, in an array, on a line of its own.
  void begin_value() {
    if (!after_key_ && depth_ > 0) next_line();
    after_key_ = false;
    empty_ = false;
  }
  void next_line() {
    if (!empty_) out_ += ',';
    break_line();
    empty_ = false;
  }
  void break_line() {
    out_ += '\n';
    out_.append(static_cast<size_t>(depth_) * 2, ' ');
  }
  void quote(std::string_view text);
  void escape(char c);

  std::string& out_;
  int depth_ = 0;
  bool empty_ = true;       // nothing yet in the innermost array or map
  bool after_key_ = false;  // the next value belongs to the key before it
};

// The fewest digits that read back as the same number, as d.ddde+x.
struct Decimal {
  explicit Decimal(double value) {
    char text[32];
    char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    std::string_view all(text, end);
    negative = all.front() == '-';
    if (negative) all.remove_prefix(1);
    size_t e = all.find('e');
    for (char c : all.substr(0, e))
      if (c != '.') digits += c;
    std::string_view power = all.substr(e + (all[e + 1] == '+' ? 2 : 1));
    std::from_chars(power.data(), power.data() + power.size(), exponent);
  }

  bool negative;
  std::string digits;
  int exponent = 0;  // of the first digit
};

// As serde_json does: plain from 1e-5 to below 1e16, with an exponent elsewhere.
void JsonWriter::real(double value) {
  Decimal decimal(value);
  int exponent = decimal.exponent;
  std::string& digits = decimal.digits;
  std::string out = decimal.negative ? "-" : "";
  if (exponent < -5 || exponent > 15) {
    out += digits.front();
    if (digits.size() > 1) out += "." + digits.substr(1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (exponent < 0) {
    out += "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  } else {
    size_t whole = static_cast<size_t>(exponent) + 1;
    if (digits.size() <= whole) digits.append(whole + 1 - digits.size(), '0');
    out += digits.substr(0, whole) + "." + digits.substr(whole);
  }
  scalar(out);
}

void JsonWriter::quote(std::string_view text) {
  out_ += '"';
  size_t plain = 0;
  for (size_t i = 0; i < text.size(); i++) {
    if (static_cast<unsigned char>(text[i]) >= 0x20 && text[i] != '"' && text[i] != '\\') continue;
    out_ += text.substr(plain, i - plain);
    escape(text[i]);
    plain = i + 1;
  }
  out_ += text.substr(plain);
  out_ += '"';
}

void JsonWriter::escape(char c) {
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  constexpr char kHex[] = "0123456789abcdef";
  out_ += '\\';
  size_t named = kNamed.find(c);
  if (named != kNamed.npos) {
    out_ += kLetters[named];
  } else {
    out_ += "u00";
    out_ += kHex[c >> 4];
    out_ += kHex[c & 15];
  }
}

}  // namespace

void parse_json(std::string_view text, DocumentSink& sink, size_t capacity) {
  if (capacity >= text.size() + kDocumentPadding)
    return JsonParser(simdjson::padded_string_view(text.data(), text.size(), capacity), sink).parse();
  simdjson::padded_string copy(text);
  if (copy.size() != text.size()) throw std::bad_alloc();
  JsonParser(copy, sink).parse();
}

std::unique_ptr<DocumentWriter> json_writer(std::string* out) { return std::make_unique<JsonWriter>(out); }

}  // namespace af
