// af stats: counts, minima and maxima.
#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

void print_row(Output& out, const af_stats* stats, int64_t i, af_data_type dtype) {
  out.write(text_of(escaped(name_at(stats, i)), ": "));
  if (!af_stats_known(stats, i)) return out.write("unknown\n");
  out.write(text_of(counted(af_stats_row_count(stats, i), "element"), ", ", af_stats_null_count(stats, i),
                    " null, min ", bound_text(af_stats_min(stats, i), dtype), ", max ",
                    bound_text(af_stats_max(stats, i), dtype), "\n"));
}

void write_row(JsonWriter& json, const af_stats* stats, int64_t i) {
  json.begin_object();
  json.member("name", name_at(stats, i));
  json.member("known", af_stats_known(stats, i) != 0);
  if (af_stats_known(stats, i)) {
    json.key("row_count");
    json.integer(af_stats_row_count(stats, i));
    json.key("null_count");
    json.integer(af_stats_null_count(stats, i));
    json.key("min");
    write_bound(json, af_stats_min(stats, i), JsonStyle::kPlain);
    json.key("max");
    write_bound(json, af_stats_max(stats, i), JsonStyle::kPlain);
  }
  json.end_object();
}

void print_rows(Output& out, const af_file* file, const std::vector<Stats>& tables) {
  for (const Stats& table : tables) {
    for (int64_t i = 0; i < af_stats_count(table.get()); i++)
      print_row(out, table.get(), i, af_schema_data_type(schema_of(file, name_at(table.get(), i)).get()));
  }
}

void print_json(Output& out, const std::vector<Stats>& tables) {
  JsonWriter json(out);
  json.begin_object();
  json.key("arrays");
  json.begin_array();
  for (const Stats& table : tables) {
    for (int64_t i = 0; i < af_stats_count(table.get()); i++) write_row(json, table.get(), i);
  }
  json.end_array();
  json.end_object();
  out.write("\n");
}

}  // namespace

ExitCode StatsCommand::run() const {
  if (is_store(source.path)) return stats_of_store(*this);
  const File file = open_stack(source);
  std::vector<Stats> tables;
  for (const std::string& name : names) tables.push_back(stats_of(file.get(), name));
  if (names.empty()) tables.push_back(make<Stats>(af_file_stats_all, file.get()));
  Output out;
  json ? print_json(out, tables) : print_rows(out, file.get(), tables);
  out.finish();
  return kOk;
}

}  // namespace af::cli
