// Writes JSON as it is told, piece by piece: integers of the full 64 bits, any text, nothing held back.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace af::cli {

// The text as a JSON string in quotes: \" \\ \b \f \n \r \t, other bytes below 0x20 as \u00xx, all else as it
// is. The text must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

// The caller keeps the grammar: begin and end in pairs, a key before each member of an object. Commas come by
// themselves.
class JsonWriter {
 public:
  explicit JsonWriter(Output& output) : output_(output) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void string(std::string_view text);
  void integer(int64_t number);
  void integer(uint64_t number);
  void boolean(bool value) { word(value ? "true" : "false"); }
  void null() { word("null"); }
  // The shortest digits that read back the same; JSON has no NaN and infinities: they are the strings "NaN",
  // "Infinity", "-Infinity".
  void number(double number);
  void number(float number);

  // Members of the common kinds.
  void member(std::string_view name, std::string_view text);
  void member(std::string_view name, int64_t number);
  template <std::same_as<bool> Bool>
  void member(std::string_view name, Bool value) {
    key(name);
    boolean(value);
  }
  void strings(const std::vector<std::string>& texts);
  void integers(const int64_t* numbers, size_t count);

 private:
  void open(char bracket);
  void close(char bracket);
  void word(std::string_view text);
  void separate();
  template <typename Float>
  void write_float(Float number);

  Output& output_;
  bool needs_comma_ = false;
};

}  // namespace af::cli
