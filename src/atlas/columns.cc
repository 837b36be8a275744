#include "atlas/columns.h"

#include <algorithm>
#include <unordered_map>

#include "atlas/arrays_across.h"
#include "atlas/stored_value.h"
#include "format/store_names.h"

namespace af {
namespace {

// Up to so many datasets are asked one by one; for more the whole column is read.
constexpr size_t kFewRows = 64;

std::optional<Value> find_attribute(ValueMap attributes, std::string_view key) {
  auto found = std::ranges::find_if(attributes, [&](const auto& pair) { return pair.first == key; });
  return found == attributes.end() ? std::nullopt : std::move(found->second);
}

// The attribute as each schema declares it: none, its type, and its place in the list.
struct Declared {
  std::optional<AttributeType> type;
  size_t position = 0;
};

std::vector<Declared> declarations(const SchemaPool& schemas, std::string_view variable,
                                   std::string_view key) {
  std::vector<Declared> all(schemas.size());
  for (uint32_t id = 0; id < schemas.size(); id++) {
    const std::vector<AttributeDeclaration>* list =
        variable.empty() ? &schemas[id].attributes : schemas[id].attributes_of(variable);
    if (!list) continue;
    auto found = std::ranges::find(*list, key, &AttributeDeclaration::key);
    if (found != list->end()) all[id] = {found->type, static_cast<size_t>(found - list->begin())};
  }
  return all;
}

}  // namespace

std::vector<std::optional<Value>> attribute_column(const Atlas::Impl& atlas, std::string_view variable,
                                                   std::string_view key, const std::vector<size_t>& rows) {
  const DatasetTable& datasets = atlas.metadata.datasets;
  std::vector<std::optional<Value>> column(rows.size());
  std::vector<Declared> declared = declarations(atlas.metadata.schemas, variable, key);
  auto declared_in = [&](size_t row) -> const Declared& { return declared[datasets.schema(row)]; };
  if (atlas.metadata.version == 1) {
    for (size_t i = 0; i < rows.size(); i++) {
      if (!declared_in(rows[i]).type) continue;
      std::vector<Value> values = datasets.values(rows[i]);
      if (size_t at = declared_in(rows[i]).position; at < values.size()) column[i] = std::move(values[at]);
    }
    return column;
  }
  if (atlas.container && atlas.container->format() == 1) {
    for (size_t i = 0; i < rows.size(); i++)
      if (declared_in(rows[i]).type)
        column[i] = variable.empty() ? atlas.container->attribute(rows[i], key)
                                     : atlas.container->attribute(rows[i], variable, key);
    return column;
  }
  Atlas::Impl::Stack stack = atlas.find_stack(variable.empty() ? kGlobalFolder : variable);
  if (!stack) return column;
  if (rows.size() <= kFewRows) {
    for (size_t i = 0; i < rows.size(); i++)
      if (declared_in(rows[i]).type) column[i] = find_attribute(atlas.attributes(rows[i], variable), key);
    return column;
  }
  ValueMap stored = stack->attribute_column(key);
  std::unordered_map<std::string_view, const Value*> by_name;
  by_name.reserve(stored.size());
  for (const auto& [name, value] : stored)
    if (value) by_name.emplace(name, &*value);
  for (size_t i = 0; i < rows.size(); i++) {
    auto found = by_name.find(datasets.name(rows[i]));
    if (found != by_name.end() && declared_in(rows[i]).type)
      column[i] = from_stored(*declared_in(rows[i]).type, *found->second);
  }
  return column;
}

BoundColumn::BoundColumn(const Atlas::Impl& atlas, const ColumnName& name, const std::vector<size_t>& rows)
    : entries_(rows.size()) {
  if (name.kind == ColumnName::Kind::kVariable)
    take_statistics(atlas, name.variable, rows);
  else
    take_attributes(atlas, name, rows);
}

void BoundColumn::take_statistics(const Atlas::Impl& atlas, std::string_view variable,
                                  const std::vector<size_t>& rows) {
  std::vector<size_t> places, declaring;
  for (size_t i = 0; i < rows.size(); i++) {
    if (!atlas.schema_of(rows[i]).variable(variable)) continue;
    entries_[i].present = true;
    places.push_back(i);
    declaring.push_back(rows[i]);
  }
  if (declaring.empty()) return;
  if (!atlas.container && declaring.size() > kFewRows) return take_all_statistics(atlas, variable, rows);
  std::unique_ptr<ArraysAcross> arrays = arrays_across(atlas, variable, std::move(declaring));
  for (size_t i = 0; i < places.size(); i++) entries_[places[i]].take(arrays->stats(i));
}

void BoundColumn::take_all_statistics(const Atlas::Impl& atlas, std::string_view variable,
                                      const std::vector<size_t>& rows) {
  const DatasetTable& datasets = atlas.metadata.datasets;
  constexpr uint32_t kNowhere = UINT32_MAX;
  std::vector<uint32_t> places(datasets.size(), kNowhere);
  for (size_t i = 0; i < rows.size(); i++)
    if (entries_[i].present) places[rows[i]] = static_cast<uint32_t>(i);
  atlas.stack(variable)->for_each_stats([&](std::string_view name, const ArrayStats& stats) {
    std::optional<size_t> row = datasets.find(name);
    if (row && places[*row] != kNowhere) entries_[places[*row]].take(stats);
  });
}

void BoundColumn::take_attributes(const Atlas::Impl& atlas, const ColumnName& name,
                                  const std::vector<size_t>& rows) {
  std::vector<std::optional<Value>> values = attribute_column(atlas, name.variable, name.key, rows);
  for (size_t i = 0; i < rows.size(); i++) {
    if (!values[i]) continue;
    entries_[i].present = true;
    if (!values[i]->is_list()) entries_[i].min = entries_[i].max = bound_of(*values[i]);
  }
}

ColumnCell BoundColumn::cell(size_t i) const {
  const Entry& entry = entries_[i];
  return {entry.present, entry.min ? &*entry.min : nullptr, entry.max ? &*entry.max : nullptr};
}

}  // namespace af
