// Holds what a handle answers against the model.
#pragma once

#include <stdexcept>

#include "file/array_file.h"
#include "format/stats_file.h"
#include "model.h"

namespace af::model {

// What a handle answers is not what the model says.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename... Pieces>
void require(bool holds, const Pieces&... pieces) {
  if (!holds) throw Mismatch(text_of(pieces...));
}

// A name in a message; not called `quoted`, which for a std::string would also be std::quoted.
inline std::string named(std::string_view name) { return quoted(name); }

inline std::string hex(std::string_view bytes) {
  std::string digits;
  for (unsigned char byte : bytes) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

inline std::string in_hex(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += (text.empty() ? "" : " ") + hex(cell);
  return "[" + text + "]";
}

inline std::string text_of_bound(const std::optional<StatValue>& bound) {
  if (!bound) return "none";
  return bound->kind == StatValue::Kind::kBytes ? hex(bound->bytes) : hex(cell_of(bound->bits));
}

inline std::string text_of_stats(const ArrayStats& stats) {
  return text_of(stats.null_count, " of ", stats.row_count, ", from ", text_of_bound(stats.min), " to ",
                 text_of_bound(stats.max));
}

inline std::vector<Cell> split(const VariableData& data) {
  std::vector<Cell> cells;
  for (size_t i = 0; i + 1 < data.offsets.size(); i++)
    cells.push_back(data.bytes.substr(static_cast<size_t>(data.offsets[i]),
                                      static_cast<size_t>(data.offsets[i + 1] - data.offsets[i])));
  return cells;
}

inline std::vector<Cell> split(const std::string& bytes, size_t size) {
  std::vector<Cell> cells;
  for (size_t at = 0; at < bytes.size(); at += size) cells.push_back(bytes.substr(at, size));
  return cells;
}

inline std::string join(const std::vector<Cell>& cells) {
  std::string bytes;
  for (const Cell& cell : cells) bytes += cell;
  return bytes;
}

// A region of an array as the handle reads it.
inline std::vector<Cell> read_cells(const ArrayFile& file, const std::string& name, TypeId type,
                                    const Index& start, const Index& shape) {
  if (is_variable(type)) return split(file.read_variable(name, start, shape));
  std::string bytes(count_of(shape) * element_size(type), '?');
  file.read(name, start, shape, {std::as_writable_bytes(std::span(bytes)), {}});
  return split(bytes, element_size(type));
}

// A chunk's payload, as docs/format.md describes it.
inline std::string payload_of(const Array& array, const Index& coord) {
  if (is_list(array.type())) return array.payloads.at(coord);
  std::vector<Cell> cells;
  array.for_each_cell_of(coord, [&](const Index& at) { cells.push_back(array.value(at)); });
  std::string offsets;
  if (is_variable(array.type())) {
    uint32_t end = 0;
    offsets = cell_of(end);
    for (const Cell& cell : cells) offsets += cell_of(end += static_cast<uint32_t>(cell.size()));
  }
  return offsets + join(cells);
}

inline void require_chunks(const ArrayFile& file, const std::string& name, const Array& array) {
  std::set<Index> written = array.written_chunks(), listed;
  for (const Extents& coord : file.chunks(name)) {
    listed.insert(index_of(coord));
    require(!is_list(array.type()) || written.contains(index_of(coord)), named(name),
            ": a chunk that nobody wrote");
    std::string found = file.read_chunk(name, coord.span()), expected = payload_of(array, index_of(coord));
    require(found == expected, named(name), ": a chunk holds ", hex(found), ", expected ", hex(expected));
  }
  // Chunks of nothing but fill values need not be kept, and those that hide older ones may show.
  for (const Index& coord : written) {
    auto held = array.chunk(coord);
    bool matters = is_list(array.type()) || std::ranges::any_of(held, [&](const auto& cell) {
                     return cell.second != fill_cell(array.schema);
                   });
    require(!matters || listed.contains(coord), named(name), ": a written chunk is not listed");
  }
}

inline void require_stats(const NamedStats& found, const std::string& name, const Array& array) {
  ArrayStats expected = array.stats();
  require(found.name == name && found.stats.has_value(), named(name), ": statistics of ", named(found.name),
          " or none");
  require(*found.stats == expected, named(name), ": the statistics say ", text_of_stats(*found.stats),
          ", expected ", text_of_stats(expected));
}

inline void require_attributes(const ArrayFile& file, const std::string& name, const Array& array) {
  std::map<std::string, Value> found;
  for (auto& [key, value] : file.attributes(name)) found.emplace(key, value.value());
  require(found == array.attributes, named(name), ": has ", found.size(), " attributes, expected ",
          array.attributes.size(), ", or their values differ");
  for (const auto& [key, value] : array.attributes)
    require(file.attribute(name, key) == value, named(name), ": attribute ", named(key),
            " asked for alone differs");
}

inline void require_array(const ArrayFile& file, const std::string& name, const Array& array) {
  require(file.schema(name) == array.schema, named(name), ": another schema");
  if (!is_list(array.type())) {
    std::vector<Cell> found =
        read_cells(file, name, array.type(), Index(array.shape().size(), 0), array.shape());
    require(found == array.values(), named(name), ": holds ", in_hex(found), ", expected ",
            in_hex(array.values()));
  }
  require_chunks(file, name, array);
  require_attributes(file, name, array);
  require_stats(file.stats(name), name, array);
}

inline void require_listing(const ArrayFile& file, const Contents& contents) {
  std::vector<std::string> names = contents.names();
  Listing listing = file.list();
  std::string found, expected;
  for (int64_t i = 0; i < listing.count(); i++) found += named(listing.name(i));
  for (const std::string& name : names) expected += named(name);
  require(found == expected, "the listing is ", found, ", expected ", expected);
  for (size_t i = 0; i < names.size(); i++) {
    const Array& array = *contents.find(names[i]);
    Index shape(listing.shapes.begin() + listing.shape_offsets[i],
                listing.shapes.begin() + listing.shape_offsets[i + 1]);
    require(listing.dtypes[i] == static_cast<int32_t>(array.type()) && shape == array.shape(),
            named(names[i]), ": listed with another dtype or shape");
  }
}

// The calls that answer for all arrays at once.
inline void require_columns(const ArrayFile& file, const Contents& contents) {
  std::vector<std::string> names = contents.names();
  std::vector<NamedStats> stats = file.stats_all();
  require(stats.size() == names.size(), "statistics of ", stats.size(), " arrays, expected ", names.size());
  std::set<std::string> keys{"no such key"};
  std::vector<std::string_view> fixed;
  std::string elements;
  for (size_t i = 0; i < names.size(); i++) {
    const Array& array = *contents.find(names[i]);
    require_stats(stats[i], names[i], array);
    for (const auto& [key, value] : array.attributes) keys.insert(key);
    if (!is_fixed_width(array.type())) continue;
    fixed.push_back(names[i]);
    elements += join(array.values());
  }
  for (const std::string& key : keys) {
    ValueMap column = file.attribute_column(key), expected;
    for (const std::string& name : names) {
      const auto& attributes = contents.find(name)->attributes;
      auto set = attributes.find(key);
      expected.emplace_back(name, set == attributes.end() ? std::nullopt : std::optional(set->second));
    }
    require(column == expected, "the column of attribute ", named(key), " differs");
  }
  std::string read(elements.size(), '?');
  std::vector<int64_t> offsets(fixed.size() + 1);
  file.read_many(fixed, std::as_writable_bytes(std::span(read)), offsets);
  require(read == elements, "all arrays in one read: ", hex(read), ", expected ", hex(elements));
}

// The handle shows exactly this.
inline void require_shows(const ArrayFile& file, const Contents& contents) {
  require_listing(file, contents);
  for (const std::string& name : contents.names()) require_array(file, name, *contents.find(name));
  require_columns(file, contents);
}

inline void require_sound(const ArrayFile& file) {
  for (const Finding& finding : file.verify()) require(!finding.problem, "verify finds: ", finding.text);
}

// The statistics for the reference's readers say exactly this.
inline void require_stats_file(const ObjectStore& store, std::string_view key, const Contents& contents) {
  std::unique_ptr<Object> object = store.open(key);
  Buffer bytes(static_cast<size_t>(object->info().size));
  object->read(0, bytes.span());
  std::map<std::string, ArrayStats> entries;
  for (StatsEntry& entry : read_stats(bytes.view()).entries)
    entries.emplace(std::move(entry.name), std::move(entry.stats));
  require(entries.size() == contents.names().size(), key, " has ", entries.size(), " entries, expected ",
          contents.names().size());
  for (const std::string& name : contents.names()) {
    auto found = entries.find(name);
    require(found != entries.end(), key, " has no entry for ", named(name));
    require_stats({name, found->second}, name, *contents.find(name));
  }
}

}  // namespace af::model
