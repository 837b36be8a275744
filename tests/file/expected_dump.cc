#include "expected_dump.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace af::model {
namespace {

// JSON as text. Maps and lists come from the pieces given.
std::string quote(std::string_view text) {
  std::string json = "\"";
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      json += "\\u00" + hex(std::string(1, c));
    else if (c == '"' || c == '\\')
      json += std::string("\\") + c;
    else
      json += c;
  }
  return json + '"';
}

template <typename Items, typename Write>
std::string list(const Items& items, Write write) {
  std::string json;
  for (const auto& item : items) json += (json.empty() ? "" : ", ") + write(item);
  return "[" + json + "]";
}

using Members = std::vector<std::pair<std::string, std::string>>;
std::string object(const Members& members) {
  std::string json;
  for (const auto& [key, value] : members) json += (json.empty() ? "" : ", ") + quote(key) + ": " + value;
  return "{" + json + "}";
}

std::string numbers(const Index& index) {
  return list(index, [](int64_t number) { return std::to_string(number); });
}

// An element the way the dumps have it: floats by their bits, bytes as hex.
std::string element(TypeId type, const Cell& cell) {
  if (type == TypeId::kString) return quote(cell);
  if (type == TypeId::kBinary) return quote(hex(cell));
  if (type == TypeId::kBool) return cell[0] ? "true" : "false";
  if (is_float(type)) return quote("0x" + hex(std::string(cell.rbegin(), cell.rend())));
  StatValue wide = bound_of(type, cell);
  return wide.kind == StatValue::Kind::kUInt ? std::to_string(wide.bits)
                                             : std::to_string(static_cast<int64_t>(wide.bits));
}

std::string dtype_json(const DType& dtype) {
  if (dtype.id == TypeId::kList) return object({{"List", object({{"child", dtype_json(*dtype.child)}})}});
  return quote(type_name(dtype.id));
}

std::string fill_json(const std::optional<FillValue>& fill) {
  if (!fill) return "null";
  using Kind = FillValue::Kind;
  switch (fill->kind) {
    case Kind::kBool: return object({{"Bool", element(TypeId::kBool, cell_of(fill->bits))}});
    case Kind::kInt: return object({{"Int", element(TypeId::kInt64, cell_of(fill->bits))}});
    case Kind::kUInt: return object({{"UInt", element(TypeId::kUInt64, cell_of(fill->bits))}});
    case Kind::kFloat: return object({{"Float", element(TypeId::kFloat64, cell_of(fill->bits))}});
    case Kind::kString: return object({{"String", quote(fill->text)}});
    case Kind::kTimestampNs: return object({{"TimestampNs", element(TypeId::kInt64, cell_of(fill->bits))}});
  }
  return "null";
}

std::string bound_json(const std::optional<StatValue>& bound) {
  if (!bound) return "null";
  using Kind = StatValue::Kind;
  switch (bound->kind) {
    case Kind::kInt: return object({{"Int", element(TypeId::kInt64, cell_of(bound->bits))}});
    case Kind::kUInt: return object({{"UInt", element(TypeId::kUInt64, cell_of(bound->bits))}});
    case Kind::kFloat: return object({{"Float", element(TypeId::kFloat64, cell_of(bound->bits))}});
    case Kind::kBytes: return object({{"Bytes", quote(hex(bound->bytes))}});
    case Kind::kTimestampNs: return object({{"TimestampNs", element(TypeId::kInt64, cell_of(bound->bits))}});
  }
  return "null";
}

std::string stats_json(const ArrayStats& stats) {
  return object({{"min", bound_json(stats.min)},
                 {"max", bound_json(stats.max)},
                 {"null_count", std::to_string(stats.null_count)},
                 {"row_count", std::to_string(stats.row_count)}});
}

std::string attribute_json(const Value& value) {
  std::vector<Cell> cells;
  if (is_variable(value.type()))
    for (int64_t i = 0; i < value.count(); i++) cells.emplace_back(value.element(i));
  else
    cells = split(std::string(value.data()), element_size(value.type()));
  auto write = [&](const Cell& cell) { return element(value.type(), cell); };
  std::string kind = type_name(value.type());
  return value.is_list() ? object({{kind + "List", list(cells, write)}}) : object({{kind, write(cells[0])}});
}

std::string content_json(const Array& array) {
  if (is_list(array.type()))
    return object({{"payloads", list(array.payloads, [](const auto& chunk) {
                      return "[" + numbers(chunk.first) + ", " + quote(hex(chunk.second)) + "]";
                    })}});
  if (!is_variable(array.type())) return object({{"elements", quote(hex(join(array.values())))}});
  return object(
      {{"values", list(array.values(), [&](const Cell& cell) { return element(array.type(), cell); })}});
}

std::string array_json(const std::string& name, const Array& array) {
  Members attributes;
  for (const auto& [key, value] : array.attributes) attributes.emplace_back(key, attribute_json(value));
  return object({{"name", quote(name)},
                 {"dtype", dtype_json(array.schema.dtype)},
                 {"shape", numbers(array.shape())},
                 {"chunk_shape", numbers(array.chunk_shape())},
                 {"dimension_names", list(array.schema.dimension_names, quote)},
                 {"fill_value", fill_json(array.schema.fill)},
                 {"attributes", object(attributes)},
                 {"stats", stats_json(array.stats())},
                 {"content", content_json(array)}});
}

std::string expected_json(const Contents& contents, int footer_version, bool clean) {
  std::vector<std::string> names = contents.names();
  return object({{"footer", std::to_string(footer_version)},
                 {"clean", clean ? "true" : "false"},
                 {"listing", list(names, quote)},
                 {"arrays", list(names, [&](const std::string& name) {
                    return array_json(name, *contents.find(name));
                  })}});
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  require(file.flush().good(), "cannot write ", path.string());
}

}  // namespace

void keep_contents(const std::string& test, const ObjectStore& store, const Contents& contents,
                   int footer_version, bool clean) {
  const char* kept = std::getenv("AF_PROPERTY_KEEP");
  if (!kept) return;
  static int count = 0;
  std::filesystem::path folder = std::filesystem::path(kept) / text_of(test, "-", ++count);
  std::filesystem::create_directories(folder);
  for (const ObjectInfo& info : store.list("s.", INT64_MAX)) {
    std::string bytes(static_cast<size_t>(info.size), '?');
    store.open(info.key)->read(0, std::as_writable_bytes(std::span(bytes)));
    write_file(folder / info.key, bytes);
  }
  write_file(folder / "expected.json", expected_json(contents, footer_version, clean));
}

void keep_stack(const World& world) {
  keep_contents(testing::UnitTest::GetInstance()->current_test_info()->name(), *world.place().store(),
                world.committed(), world.start().footer_version, world.clean());
}

}  // namespace af::model
