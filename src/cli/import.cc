// af import: NetCDF files into a stack.
#include <filesystem>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/netcdf_import.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

struct Outcome {
  int64_t arrays = 0;
  LeftOut left_out;
};

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

// A stack made of one file has its names; else each array gets its file's stem before its own.
std::vector<std::string> prefixes_of(const std::vector<std::string>& inputs, bool is_appended) {
  if (inputs.size() == 1 && !is_appended) return {""};
  std::vector<std::string> prefixes;
  std::set<std::string> seen;
  for (const std::string& input : inputs) {
    prefixes.push_back(stem_of(input) + "/");
    if (!seen.insert(prefixes.back()).second)
      fail(kUsage, "two of the files are called ", in_quotes(stem_of(input)),
           ": their arrays would have the same names");
  }
  return prefixes;
}

void import_files(const std::vector<std::string>& inputs, const std::vector<std::string>& prefixes,
                  af_file* to, Outcome* outcome) {
  StackSink sink(to);
  for (size_t i = 0; i < inputs.size(); i++) {
    const NetcdfReader reader(inputs[i]);
    Progress progress(text_of("importing ", escaped(stem_of(inputs[i]))));
    const int64_t total = import_size(reader.root());
    int64_t moved = 0;
    NetcdfImport one(reader, sink, prefixes[i], outcome->left_out,
                     [&](int64_t bytes) { progress.show(moved += bytes, total); });
    one.run();
    outcome->arrays += one.array_count();
  }
  const Progress progress("writing", to);
  call(af_file_flush, to);
}

void append_to(const std::string& target, const std::vector<std::string>& inputs, af_file_options options,
               Outcome* outcome) {
  options.writable = 1;
  const File file = make<File>(af_file_open, target.data(), length(target), &options);
  import_files(inputs, prefixes_of(inputs, true), file.get(), outcome);
}

// Gathers a stack beside the target, which then appears whole, as one base file, or not at all.
void create(const std::string& target, const std::vector<std::string>& inputs, const af_file_options& options,
            Outcome* outcome) {
  const TemporaryFolder folder(target);
  const std::string gathered = folder.path() + "/gathered.af";
  af_file_options scratch = options;
  scratch.durability = AF_DURABILITY_NONE;
  const File file = make<File>(af_file_create, gathered.data(), length(gathered), &scratch);
  import_files(inputs, prefixes_of(inputs, false), file.get(), outcome);
  const Progress progress("writing", file.get());
  call(af_file_copy, file.get(), target.data(), length(target), &options);
}

// Said before hours of reading, not after.
void check_target(const ImportCommand& command, const std::string& target) {
  std::error_code unknown;
  if (!command.append && !command.replace && std::filesystem::exists(target, unknown))
    fail(kExists, escaped(target), " is there already: --replace replaces it, --append adds to it");
}

void print_json(Output& out, const std::string& target, const Outcome& outcome, int64_t size) {
  JsonWriter json(out);
  json.begin_object();
  json.member("target", target);
  json.member("arrays", outcome.arrays);
  json.member("size", size);
  write_left_out(json, outcome.left_out);
  json.end_object();
  out.write("\n");
}

}  // namespace

ExitCode ImportCommand::run() const {
  if (paths.size() < 2)
    fail(kUsage, "import takes NetCDF files or folders and then a stack, which ends in .af, or a store");
  if (append && replace) fail(kUsage, "--append goes without --replace");
  const std::string& target = paths.back();
  if (!target.ends_with(".af")) return import_to_store(*this);
  if (keep_going) fail(kUsage, "--keep-going is for stores: a stack is made of all files or of none");
  const std::vector<std::string> inputs(paths.begin(), paths.end() - 1);
  af_file_options options = options_of(encoding);
  options.replace = replace;
  check_target(*this, target);
  Outcome outcome;
  append ? append_to(target, inputs, options, &outcome) : create(target, inputs, options, &outcome);
  const int64_t size = size_of(layers_of(open_stack({target}).get()));
  Output out;
  if (json) {
    print_json(out, target, outcome, size);
  } else {
    out.write(text_of(escaped(target), ": ", counted(outcome.arrays, "array"), " imported, ", size_text(size),
                      "\n"));
  }
  out.finish();
  return outcome.left_out.items().empty() || skip_unsupported ? kOk : kProblems;
}

}  // namespace af::cli
