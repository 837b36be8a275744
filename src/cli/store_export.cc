// af export of a store: a NetCDF file for each dataset, or for one.
#include <unistd.h>

#include <filesystem>

#include "cli/array_place.h"
#include "cli/json.h"
#include "cli/netcdf_export.h"
#include "cli/progress.h"
#include "cli/store.h"
#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int64_t files = 0;
  int64_t arrays = 0;
  LeftOut left_out;
};

void check_target(const std::string& target, bool replace) {
  std::error_code unknown;
  if (!replace && fs::exists(target, unknown))
    fail(kExists, escaped(target), " is there already: --replace replaces it");
}

void export_dataset(const af_atlas* atlas, const std::string& name, const std::string& target,
                    Outcome* outcome) {
  const Dataset dataset = dataset_of(atlas, name);
  const DatasetSource from(dataset.get());
  TemporaryFile temporary(target);
  close(temporary.descriptor());
  NetcdfWriter writer(temporary.path());
  NetcdfExport one(from, writer, outcome->left_out, [](int64_t, int64_t) {});
  one.run();
  writer.close();
  temporary.put_in_place();
  outcome->arrays += one.array_count();
  outcome->files++;
}

void export_all(const af_atlas* atlas, const std::string& folder, bool replace, Outcome* outcome) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) fail_os(error.value(), escaped(folder));
  const std::vector<std::string> names = dataset_names(atlas);
  Progress progress("exporting");
  for (const std::string& name : names) {
    check_interrupted();
    const std::string target = text_of(folder, "/", name, name.ends_with(".nc") ? "" : ".nc");
    check_target(target, replace);
    export_dataset(atlas, name, target, outcome);
    progress.show(outcome->files, static_cast<int64_t>(names.size()));
  }
}

}  // namespace

ExitCode export_from_store(const ExportCommand& command) {
  const Atlas atlas = open_store(command.source);
  Outcome outcome;
  if (command.dataset) {
    check_target(command.target, command.replace);
    export_dataset(atlas.get(), *command.dataset, command.target, &outcome);
  } else {
    export_all(atlas.get(), command.target, command.replace, &outcome);
  }
  Output out;
  if (command.json) {
    JsonWriter json(out);
    json.begin_object();
    json.member("target", command.target);
    json.member("files", outcome.files);
    json.member("arrays", outcome.arrays);
    write_left_out(json, outcome.left_out);
    json.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(command.target), ": ", counted(outcome.files, "dataset"), " of ",
                      counted(outcome.arrays, "array"), " exported\n"));
  }
  out.finish();
  return outcome.left_out.items().empty() || command.skip_unsupported ? kOk : kProblems;
}

}  // namespace af::cli
