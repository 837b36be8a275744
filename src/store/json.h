// JSON as services speak it, taken apart into a tree. Only json.cc knows the library that reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace af {

class Json {
 public:
  // Throws kCorrupt, naming `what` and showing nothing of the text, which may hold secrets.
  static Json parse(std::string_view text, std::string_view what);

  // What an object has under a name; null for what it does not have, and for all that is no object.
  const Json& operator[](std::string_view name) const;
  // The elements of an array; none of anything else.
  const std::vector<Json>& elements() const { return elements_; }
  // Of a string or an integer, as services write numbers either way; "" of anything else.
  const std::string& text() const { return text_; }
  // Of an integer, or of a string that is one.
  std::optional<int64_t> integer() const;

 private:
  friend class JsonReader;
  std::string text_;
  std::vector<Json> elements_;
  std::vector<std::pair<std::string, Json>> members_;
};

// A text as a JSON string, with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace af
