#include "cli/json.h"

#include <cmath>

#include "cli/text.h"

namespace af::cli {

void append_json_string(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out += '"';
  for (const char c : text) {
    const size_t at = kShort.find(c);
    if (at != std::string_view::npos) {
      out += '\\';
      out += kLetters[at];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void JsonWriter::separate() {
  if (needs_comma_) output_.write(",");
  needs_comma_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  output_.write({&bracket, 1});
  needs_comma_ = false;
}

void JsonWriter::close(char bracket) {
  output_.write({&bracket, 1});
  needs_comma_ = true;
}

void JsonWriter::word(std::string_view text) {
  separate();
  output_.write(text);
}

void JsonWriter::key(std::string_view name) {
  string(name);
  output_.write(":");
  needs_comma_ = false;
}

void JsonWriter::string(std::string_view text) {
  std::string encoded;
  append_json_string(encoded, text);
  word(encoded);
}

void JsonWriter::integer(int64_t number) { word(number_text(number)); }
void JsonWriter::integer(uint64_t number) { word(number_text(number)); }

void JsonWriter::number(double number) { write_float(number); }
void JsonWriter::number(float number) { write_float(number); }

template <typename Float>
void JsonWriter::write_float(Float number) {
  if (!std::isfinite(number)) return string(number_text(number));
  // Many readers take "-0" for an integer, which has no sign then.
  word(number == 0 && std::signbit(number) ? "-0.0" : number_text(number));
}

void JsonWriter::member(std::string_view name, std::string_view text) {
  key(name);
  string(text);
}

void JsonWriter::member(std::string_view name, int64_t number) {
  key(name);
  integer(number);
}

void JsonWriter::strings(const std::vector<std::string>& texts) {
  begin_array();
  for (const std::string& text : texts) string(text);
  end_array();
}

void JsonWriter::integers(const int64_t* numbers, size_t count) {
  begin_array();
  for (size_t i = 0; i < count; i++) integer(numbers[i]);
  end_array();
}

}  // namespace af::cli
