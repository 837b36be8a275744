// The calls of an atlas that look at many datasets.
#include "atlas/across.h"
#include "atlas/columns.h"

namespace af {

Listing Atlas::list_across(std::string_view variable, const RowChoice& rows) const {
  std::shared_lock lock(mutex_);
  Across across(*impl_, variable, rows);
  Listing listing;
  for (size_t i = 0; i < across.size(); i++) {
    listing.names += across.dataset(i);
    listing.name_offsets.push_back(static_cast<int64_t>(listing.names.size()));
    listing.dtypes.push_back(across.has(i) ? static_cast<int32_t>(across.dtype(i).id) : -1);
    if (across.has(i)) {
      Extents shape = across.shape(i);
      listing.shapes.insert(listing.shapes.end(), shape.span().begin(), shape.span().end());
    }
    listing.shape_offsets.push_back(static_cast<int64_t>(listing.shapes.size()));
  }
  return listing;
}

void Atlas::read_ragged(std::string_view variable, const RowChoice& rows, const RegionChoice& region,
                        std::optional<MutableBytes> dst, std::span<int64_t> offsets, uint8_t* present) const {
  std::shared_lock lock(mutex_);
  Across(*impl_, variable, rows).read_ragged(region, dst, offsets, present);
}

VariableData Atlas::read_ragged_texts(std::string_view variable, const RowChoice& rows,
                                      const RegionChoice& region, std::span<int64_t> offsets,
                                      uint8_t* present) const {
  std::shared_lock lock(mutex_);
  return Across(*impl_, variable, rows).read_ragged_texts(region, offsets, present);
}

void Atlas::read_stacked(std::string_view variable, const RowChoice& rows, const RegionChoice& region,
                         bool pad, const Value* fill, MutableBytes dst) const {
  std::shared_lock lock(mutex_);
  Across(*impl_, variable, rows).read_stacked(region, pad, fill, dst);
}

VariableData Atlas::read_stacked_texts(std::string_view variable, const RowChoice& rows,
                                       const RegionChoice& region, bool pad, const Value* fill) const {
  std::shared_lock lock(mutex_);
  return Across(*impl_, variable, rows).read_stacked_texts(region, pad, fill);
}

Extents Atlas::stack_shape(std::string_view variable, const RowChoice& rows) const {
  std::shared_lock lock(mutex_);
  return Across(*impl_, variable, rows).common_shape();
}

std::vector<NamedStats> Atlas::stats_across(std::string_view variable, const RowChoice& rows) const {
  std::shared_lock lock(mutex_);
  Across across(*impl_, variable, rows);
  std::vector<NamedStats> stats;
  stats.reserve(across.size());
  for (size_t i = 0; i < across.size(); i++)
    stats.push_back(
        {std::string(across.dataset(i)), across.has(i) ? across.stats(i) : std::optional<ArrayStats>()});
  return stats;
}

ValueMap Atlas::attribute_across(std::string_view variable, std::string_view key,
                                 const RowChoice& rows) const {
  std::shared_lock lock(mutex_);
  std::vector<size_t> chosen = chosen_rows(impl_->metadata, rows);
  std::vector<std::optional<Value>> values = attribute_column(*impl_, variable, key, chosen);
  ValueMap column;
  column.reserve(chosen.size());
  for (size_t i = 0; i < chosen.size(); i++)
    column.emplace_back(impl_->metadata.datasets.name(chosen[i]), std::move(values[i]));
  return column;
}

std::vector<int64_t> Atlas::select(std::string_view predicate,
                                   std::span<const Value* const> parameters) const {
  Predicate parsed = Predicate::parse(predicate, parameters);
  std::shared_lock lock(mutex_);
  std::vector<size_t> rows = chosen_rows(impl_->metadata, {});
  std::vector<BoundColumn> columns;
  for (const ColumnName& name : parsed.columns()) columns.emplace_back(*impl_, name, rows);
  std::vector<int64_t> selected;
  std::vector<ColumnCell> cells(columns.size());
  for (size_t i = 0; i < rows.size(); i++) {
    for (size_t c = 0; c < columns.size(); c++) cells[c] = columns[c].cell(i);
    if (parsed.may_match(cells)) selected.push_back(static_cast<int64_t>(rows[i]));
  }
  return selected;
}

}  // namespace af
