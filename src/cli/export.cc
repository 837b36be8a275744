// af export: a stack into a NetCDF file.
#include <unistd.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/netcdf_export.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void print_json(Output& out, const std::string& target, int64_t arrays, int64_t size,
                const LeftOut& left_out) {
  JsonWriter json(out);
  json.begin_object();
  json.member("target", target);
  json.member("arrays", arrays);
  json.member("size", size);
  write_left_out(json, left_out);
  json.end_object();
  out.write("\n");
}

}  // namespace

ExitCode ExportCommand::run() const {
  if (is_store(source.path)) return export_from_store(*this);
  if (dataset) fail(kUsage, "--dataset is for stores");
  std::error_code unknown;
  if (!replace && std::filesystem::exists(target, unknown))
    fail(kExists, escaped(target), " is there already: --replace replaces it");
  const File file = open_stack(source);
  const StackSource from(file.get());
  LeftOut left_out;
  int64_t arrays = 0;
  TemporaryFile temporary(target);
  close(temporary.descriptor());
  {
    NetcdfWriter writer(temporary.path());
    Progress progress("exporting");
    NetcdfExport one(from, writer, left_out,
                     [&](int64_t done, int64_t total) { progress.show(done, total); });
    one.run();
    writer.close();
    arrays = one.array_count();
  }
  temporary.put_in_place();
  const auto size = static_cast<int64_t>(std::filesystem::file_size(target, unknown));
  Output out;
  if (json) {
    print_json(out, target, arrays, size, left_out);
  } else {
    out.write(text_of(escaped(target), ": ", counted(arrays, "array"), " exported, ", size_text(size), "\n"));
  }
  out.finish();
  return left_out.items().empty() || skip_unsupported ? kOk : kProblems;
}

}  // namespace af::cli
