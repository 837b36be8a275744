// af stats of a store: its variables over all datasets, or dataset by dataset.
#include <cmath>

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/store.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// Whether bounds of one type are in this order.
bool less(const af_value* a, const af_value* b) {
  const auto* at = static_cast<const std::byte*>(af_value_data(a));
  const auto* other = static_cast<const std::byte*>(af_value_data(b));
  switch (af_value_data_type(a)) {
    case AF_INT64:
    case AF_TIMESTAMP_NS: return load<int64_t>(at) < load<int64_t>(other);
    case AF_UINT64: return load<uint64_t>(at) < load<uint64_t>(other);
    case AF_FLOAT64: return load<double>(at) < load<double>(other);
    default: return element_at(a, 0) < element_at(b, 0);
  }
}

// A variable over all datasets. Bounds of another type than the first's do not count.
struct Total {
  int64_t datasets = 0;
  int64_t unknown = 0;
  uint64_t row_count = 0;
  uint64_t null_count = 0;
  const af_value* min = nullptr;
  const af_value* max = nullptr;
};

bool takes_place(const af_value* bound, const af_value* best, bool smallest) {
  if (bound == nullptr || best == nullptr) return bound != nullptr;
  if (af_value_data_type(bound) != af_value_data_type(best)) return false;
  return smallest ? less(bound, best) : less(best, bound);
}

Total total_of(const af_stats* stats, const af_listing* listing) {
  Total total;
  for (int64_t i = 0; i < af_stats_count(stats); i++) {
    if (af_listing_data_types(listing)[i] == -1) continue;
    total.datasets++;
    if (!af_stats_known(stats, i)) {
      total.unknown++;
      continue;
    }
    total.row_count += af_stats_row_count(stats, i);
    total.null_count += af_stats_null_count(stats, i);
    const af_value* min = af_stats_min(stats, i);
    const af_value* max = af_stats_max(stats, i);
    if (takes_place(min, total.min, true)) total.min = min;
    if (takes_place(max, total.max, false)) total.max = max;
  }
  return total;
}

class StoreStats {
 public:
  StoreStats(const StatsCommand& command, const af_atlas* atlas, Output& out)
      : command_(command), atlas_(atlas), out_(out), json_(out) {}

  void run() {
    if (command_.json) {
      json_.begin_object();
      json_.key("variables");
      json_.begin_array();
    }
    const bool one_by_one = !command_.names.empty();
    for (const std::string& name : one_by_one ? command_.names : variable_names(atlas_))
      variable(name, one_by_one);
    if (!command_.json) return;
    json_.end_array();
    json_.end_object();
    out_.write("\n");
  }

 private:
  void variable(const std::string& name, bool one_by_one);
  void print_dataset(const af_stats* stats, int64_t i, af_data_type dtype);
  void write_dataset(const af_stats* stats, int64_t i);
  template <typename Counts>
  void write_numbers(Counts row_count, Counts null_count, const af_value* min, const af_value* max);

  const StatsCommand& command_;
  const af_atlas* atlas_;
  Output& out_;
  JsonWriter json_;
};

template <typename Counts>
void StoreStats::write_numbers(Counts row_count, Counts null_count, const af_value* min,
                               const af_value* max) {
  json_.key("row_count");
  json_.integer(row_count);
  json_.key("null_count");
  json_.integer(null_count);
  json_.key("min");
  write_bound(json_, min, JsonStyle::kPlain);
  json_.key("max");
  write_bound(json_, max, JsonStyle::kPlain);
}

std::string numbers_text(uint64_t row_count, uint64_t null_count, const af_value* min, const af_value* max,
                         af_data_type dtype) {
  return text_of(counted(row_count, "element"), ", ", null_count, " null, min ", bound_text(min, dtype),
                 ", max ", bound_text(max, dtype), "\n");
}

void StoreStats::print_dataset(const af_stats* stats, int64_t i, af_data_type dtype) {
  out_.write(text_of("  ", escaped(name_at(stats, i)), ": "));
  if (!af_stats_known(stats, i)) return out_.write("unknown\n");
  out_.write(numbers_text(af_stats_row_count(stats, i), af_stats_null_count(stats, i), af_stats_min(stats, i),
                          af_stats_max(stats, i), dtype));
}

void StoreStats::write_dataset(const af_stats* stats, int64_t i) {
  json_.begin_object();
  json_.member("name", name_at(stats, i));
  json_.member("known", af_stats_known(stats, i) != 0);
  if (af_stats_known(stats, i))
    write_numbers(af_stats_row_count(stats, i), af_stats_null_count(stats, i), af_stats_min(stats, i),
                  af_stats_max(stats, i));
  json_.end_object();
}

void StoreStats::variable(const std::string& name, bool one_by_one) {
  check_interrupted();
  const Listing listing = make<Listing>(af_atlas_list_across, atlas_, name.data(), length(name),
                                        static_cast<const int64_t*>(nullptr), int64_t{0});
  const Stats stats = make<Stats>(af_atlas_stats_across, atlas_, name.data(), length(name),
                                  static_cast<const int64_t*>(nullptr), int64_t{0});
  const int32_t* dtypes = af_listing_data_types(listing.get());
  const Total total = total_of(stats.get(), listing.get());
  int32_t dtype = -1;
  for (int64_t i = 0; dtype == -1 && i < af_listing_count(listing.get()); i++) dtype = dtypes[i];
  if (command_.json) {
    json_.begin_object();
    json_.member("name", name);
    json_.member("datasets", total.datasets);
    json_.member("unknown", total.unknown);
    write_numbers(total.row_count, total.null_count, total.min, total.max);
  } else {
    out_.write(text_of(escaped(name), ": ", counted(total.datasets, "dataset"),
                       total.unknown == 0 ? "" : text_of(", ", total.unknown, " unknown"), ", ",
                       numbers_text(total.row_count, total.null_count, total.min, total.max, dtype)));
  }
  if (one_by_one && command_.json) {
    json_.key("by_dataset");
    json_.begin_array();
  }
  for (int64_t i = 0; one_by_one && i < af_stats_count(stats.get()); i++)
    if (dtypes[i] != -1)
      command_.json ? write_dataset(stats.get(), i) : print_dataset(stats.get(), i, dtypes[i]);
  if (one_by_one && command_.json) json_.end_array();
  if (command_.json) json_.end_object();
}

}  // namespace

ExitCode stats_of_store(const StatsCommand& command) {
  const Atlas atlas = open_store(command.source);
  Output out;
  StoreStats(command, atlas.get(), out).run();
  out.finish();
  return kOk;
}

}  // namespace af::cli
