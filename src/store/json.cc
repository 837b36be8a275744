#include "store/json.h"

// Its errors are looked at one by one; nothing converts to a value or throws.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <charconv>

#include "core/error.h"

namespace af {

class JsonReader {
 public:
  static Json read(simdjson::dom::element element) {
    using Type = simdjson::dom::element_type;
    Json json;
    switch (element.type()) {
      case Type::STRING: json.text_ = element.get_string().value_unsafe(); break;
      case Type::INT64: json.text_ = text_of(element.get_int64().value_unsafe()); break;
      case Type::UINT64: json.text_ = text_of(element.get_uint64().value_unsafe()); break;
      case Type::ARRAY: {
        simdjson::dom::array array = element.get_array().value_unsafe();
        for (simdjson::dom::element each : array) json.elements_.push_back(read(each));
        break;
      }
      case Type::OBJECT: {
        simdjson::dom::object object = element.get_object().value_unsafe();
        for (simdjson::dom::key_value_pair each : object)
          json.members_.emplace_back(each.key, read(each.value));
        break;
      }
      default: break;
    }
    return json;
  }
};

Json Json::parse(std::string_view text, std::string_view what) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (auto error = parser.parse(text.data(), text.size()).get(root))
    fail(Status::kCorrupt, what, ": not JSON: ", simdjson::error_message(error));
  return JsonReader::read(root);
}

const Json& Json::operator[](std::string_view name) const {
  static const Json kNull;
  for (const auto& [found, value] : members_)
    if (found == name) return value;
  return kNull;
}

std::optional<int64_t> Json::integer() const {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
  if (text_.empty() || error != std::errc() || end != text_.data() + text_.size()) return {};
  return number;
}

std::string json_quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00").append({kHex[c >> 4], kHex[c & 15]});
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace af
