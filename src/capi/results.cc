// What comes back in columns: values, maps of values, listings, statistics, reports.
#include "capi/results.h"

namespace {

template <typename T>
const T* at(const std::vector<T>& items, int64_t i) {
  return i < 0 || static_cast<size_t>(i) >= items.size() ? nullptr : &items[static_cast<size_t>(i)];
}

// Borrowed text: NULL and length 0 where there is none.
const char* borrow(const std::string* text, int64_t* length) {
  if (length != nullptr) *length = text == nullptr ? 0 : static_cast<int64_t>(text->size());
  return text == nullptr ? nullptr : text->c_str();
}

const af_value* borrow(const std::optional<af_value>& value) { return value ? &*value : nullptr; }

const af_stats::Row* row(const af_stats* stats, int64_t i) {
  return stats == nullptr ? nullptr : at(stats->rows, i);
}

const af_value_map::Entry* entry(const af_value_map* map, int64_t i) {
  return map == nullptr ? nullptr : at(map->entries, i);
}

std::optional<af_value> bound(const std::optional<af::StatValue>& stat) {
  using Kind = af::StatValue::Kind;
  if (!stat) return std::nullopt;
  switch (stat->kind) {
    case Kind::kInt: return af_value{af::Value::scalar(af::TypeId::kInt64, stat->bits)};
    case Kind::kUInt: return af_value{af::Value::scalar(af::TypeId::kUInt64, stat->bits)};
    case Kind::kFloat: return af_value{af::Value::scalar(af::TypeId::kFloat64, stat->bits)};
    case Kind::kTimestampNs: return af_value{af::Value::scalar(af::TypeId::kTimestampNs, stat->bits)};
    case Kind::kBytes: break;
  }
  return af_value{af::Value::of_bytes(af::TypeId::kBinary, stat->bytes)};
}

}  // namespace

namespace af {

af_io_stats io_stats_of(const IoCounts& counts) {
  af_io_stats stats = AF_IO_STATS_INIT;
  stats.read_requests = counts.read_requests;
  stats.bytes_read = counts.bytes_read;
  stats.write_requests = counts.write_requests;
  stats.bytes_written = counts.bytes_written;
  stats.blocks_decoded = counts.blocks_decoded;
  stats.bytes_decoded = counts.bytes_decoded;
  stats.cache_hits = counts.cache_hits;
  return stats;
}

af_values* new_values(VariableData data) { return new af_values{std::move(data)}; }

af_values* new_values(std::string bytes) {
  const auto length = static_cast<int64_t>(bytes.size());
  return new_values(VariableData{std::move(bytes), {0, length}});
}

af_listing* new_listing(Listing listing) { return new af_listing{std::move(listing)}; }

af_stats* new_stats(std::vector<NamedStats> stats) {
  auto result = std::make_unique<af_stats>();
  result->rows.reserve(stats.size());
  for (NamedStats& named : stats) {
    af_stats::Row& row = result->rows.emplace_back();
    row.name = std::move(named.name);
    if (!named.stats) continue;
    row.known = true;
    row.row_count = named.stats->row_count;
    row.null_count = named.stats->null_count;
    row.min = bound(named.stats->min);
    row.max = bound(named.stats->max);
  }
  return result.release();
}

af_rows* new_rows(std::vector<int64_t> rows) { return new af_rows{std::move(rows)}; }

af_report* new_report(std::vector<Finding> findings) { return new af_report{std::move(findings)}; }

}  // namespace af

void af_value_map_free(af_value_map* map) { delete map; }

int64_t af_value_map_count(const af_value_map* map) {
  return map == nullptr ? 0 : static_cast<int64_t>(map->entries.size());
}

const char* af_value_map_name(const af_value_map* map, int64_t i, int64_t* name_len) {
  const auto* found = entry(map, i);
  return borrow(found == nullptr ? nullptr : &found->name, name_len);
}

const af_value* af_value_map_value(const af_value_map* map, int64_t i) {
  const auto* found = entry(map, i);
  return found == nullptr ? nullptr : borrow(found->value);
}

void af_values_free(af_values* values) { delete values; }

int64_t af_values_count(const af_values* values) {
  return values == nullptr ? 0 : static_cast<int64_t>(values->data.offsets.size()) - 1;
}

const void* af_values_data(const af_values* values) {
  return values == nullptr ? nullptr : values->data.bytes.data();
}

int64_t af_values_data_len(const af_values* values) {
  return values == nullptr ? 0 : static_cast<int64_t>(values->data.bytes.size());
}

const int64_t* af_values_offsets(const af_values* values) {
  return values == nullptr ? nullptr : values->data.offsets.data();
}

void af_listing_free(af_listing* listing) { delete listing; }

int64_t af_listing_count(const af_listing* listing) {
  return listing == nullptr ? 0 : listing->listing.count();
}

const char* af_listing_names(const af_listing* listing) {
  return listing == nullptr ? nullptr : listing->listing.names.c_str();
}

const int64_t* af_listing_name_offsets(const af_listing* listing) {
  return listing == nullptr ? nullptr : listing->listing.name_offsets.data();
}

const int32_t* af_listing_data_types(const af_listing* listing) {
  return listing == nullptr ? nullptr : listing->listing.dtypes.data();
}

const int64_t* af_listing_shapes(const af_listing* listing) {
  return listing == nullptr ? nullptr : listing->listing.shapes.data();
}

const int64_t* af_listing_shape_offsets(const af_listing* listing) {
  return listing == nullptr ? nullptr : listing->listing.shape_offsets.data();
}

void af_stats_free(af_stats* stats) { delete stats; }

int64_t af_stats_count(const af_stats* stats) {
  return stats == nullptr ? 0 : static_cast<int64_t>(stats->rows.size());
}

const char* af_stats_name(const af_stats* stats, int64_t i, int64_t* name_len) {
  const auto* found = row(stats, i);
  return borrow(found == nullptr ? nullptr : &found->name, name_len);
}

uint8_t af_stats_known(const af_stats* stats, int64_t i) {
  const auto* found = row(stats, i);
  return found != nullptr && found->known;
}

uint64_t af_stats_row_count(const af_stats* stats, int64_t i) {
  const auto* found = row(stats, i);
  return found == nullptr ? 0 : found->row_count;
}

uint64_t af_stats_null_count(const af_stats* stats, int64_t i) {
  const auto* found = row(stats, i);
  return found == nullptr ? 0 : found->null_count;
}

const af_value* af_stats_min(const af_stats* stats, int64_t i) {
  const auto* found = row(stats, i);
  return found == nullptr ? nullptr : borrow(found->min);
}

const af_value* af_stats_max(const af_stats* stats, int64_t i) {
  const auto* found = row(stats, i);
  return found == nullptr ? nullptr : borrow(found->max);
}

void af_rows_free(af_rows* rows) { delete rows; }

int64_t af_rows_count(const af_rows* rows) {
  return rows == nullptr ? 0 : static_cast<int64_t>(rows->rows.size());
}

const int64_t* af_rows_data(const af_rows* rows) { return rows == nullptr ? nullptr : rows->rows.data(); }

void af_report_free(af_report* report) { delete report; }

int64_t af_report_count(const af_report* report) {
  return report == nullptr ? 0 : static_cast<int64_t>(report->findings.size());
}

uint8_t af_report_is_problem(const af_report* report, int64_t i) {
  const auto* found = report == nullptr ? nullptr : at(report->findings, i);
  return found != nullptr && found->problem;
}

const char* af_report_text(const af_report* report, int64_t i) {
  const auto* found = report == nullptr ? nullptr : at(report->findings, i);
  return found == nullptr ? nullptr : found->text.c_str();
}
