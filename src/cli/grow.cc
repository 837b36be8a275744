// af append, rename and merge: stacks that grow by what others hold.
#include <algorithm>
#include <optional>

#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/mapped.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

File open_to_change(const std::string& path, int64_t compact_at) {
  expect_stack(path);
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.writable = 1;
  options.compact_at = compact_at;
  return make<File>(af_file_open, path.data(), length(path), &options);
}

void flush(const std::string& label, const File& file) {
  const Progress progress(label, file.get());
  call(af_file_flush, file.get());
}

std::vector<std::string> all_names(const af_file* file) {
  const Listing listing = make<Listing>(af_file_list, file);
  std::vector<std::string> names;
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) names.emplace_back(name_at(listing.get(), i));
  return names;
}

void print(const std::string& path, bool as_json, std::string_view what, std::span<const std::string> names) {
  Output out;
  if (as_json) {
    JsonWriter json(out);
    json.begin_object();
    json.member("path", path);
    json.key(what);
    json.strings({names.begin(), names.end()});
    json.end_object();
    out.write("\n");
  } else {
    out.write(
        text_of(escaped(path), ": ", counted(static_cast<int64_t>(names.size()), "array"), " ", what, "\n"));
  }
  out.finish();
}

// The axis along which the array grows; nothing if it does not.
std::optional<int32_t> axis_of(const af_schema* schema, const AppendCommand& command) {
  if (command.dimension.empty())
    return af_schema_rank(schema) == 0 && command.names.empty() ? std::nullopt : std::optional(command.axis);
  for (int32_t axis = 0; axis < af_schema_rank(schema); axis++)
    if (dimension_of(schema, axis) == command.dimension) return axis;
  return std::nullopt;
}

// All of an array of one file to the end of that of the other.
void append_array(const File& to, const File& from, std::string_view name, const af_schema* schema,
                  int32_t axis) {
  const Extents shape = shape_of(schema);
  const int32_t rank = af_schema_rank(schema);
  const af_data_type dtype = af_schema_data_type(schema);
  const Schema present = schema_of(to.get(), name);
  if (af_schema_data_type(present.get()) != dtype)
    fail(kMismatch, in_quotes(name), " is ", af_data_type_name(af_schema_data_type(present.get())),
         ", what is to be appended ", af_data_type_name(dtype));
  if (is_variable(dtype)) {
    const Values texts =
        make<Values>(af_file_read_variable, from.get(), name.data(), length(name), nullptr, nullptr, 0);
    call(af_file_append_variable, to.get(), name.data(), length(name), axis, shape.data(), rank,
         af_values_data(texts.get()), af_values_offsets(texts.get()), af_values_count(texts.get()), nullptr);
    return;
  }
  const int64_t bytes = af_schema_element_count(schema) * af_data_type_size(dtype);
  std::vector<std::byte> elements(static_cast<size_t>(bytes));
  call(af_file_read, from.get(), name.data(), length(name), nullptr, nullptr, 0, nullptr, elements.data(),
       bytes);
  call(af_file_append, to.get(), name.data(), length(name), axis, shape.data(), rank, nullptr,
       elements.data(), bytes, nullptr);
}

}  // namespace

ExitCode AppendCommand::run() const {
  const File to = open_to_change(path, compact_at);
  const File from = open_stack(source);
  std::vector<std::string> appended;
  for (const std::string& name : names.empty() ? all_names(from.get()) : names) {
    if (name == "__file__") continue;
    const Schema schema = schema_of(from.get(), name);
    const std::optional<int32_t> axis = axis_of(schema.get(), *this);
    if (!axis && !names.empty()) fail(kMismatch, in_quotes(name), " has no dimension ", in_quotes(dimension));
    if (!axis) continue;
    append_array(to, from, name, schema.get(), *axis);
    appended.push_back(name);
  }
  flush("appending", to);
  print(path, json, "appended", appended);
  return kOk;
}

ExitCode RenameCommand::run() const {
  const File file = open_to_change(path, 0);
  call(af_file_rename, file.get(), name.data(), length(name), new_name.data(), length(new_name));
  flush("renaming", file);
  print(path, json, "renamed", {&new_name, 1});
  return kOk;
}

namespace {

int32_t present_of(const MergeCommand& command) {
  return command.replace ? AF_PRESENT_REPLACE : command.skip ? AF_PRESENT_SKIP : AF_PRESENT_REFUSE;
}

// The arrays that are chosen, or all of them.
std::vector<std::string> merge_one(const File& to, const File& from, const MergeCommand& command) {
  std::vector<std::string> taken;
  if (command.names.empty()) {
    for (const std::string& name : all_names(from.get())) {
      uint8_t is_there = 0;
      call(af_file_contains, to.get(), name.data(), length(name), &is_there);
      if (!is_there || command.replace) taken.push_back(name);
    }
    call(af_file_merge, to.get(), from.get(), present_of(command));
    return taken;
  }
  for (const std::string& name : command.names) {
    const std::string& new_name = command.new_name.value_or(name);
    uint8_t is_there = 0;
    call(af_file_contains, to.get(), new_name.data(), length(new_name), &is_there);
    if (is_there && command.skip) continue;
    const int32_t present = command.replace ? AF_PRESENT_REPLACE : AF_PRESENT_REFUSE;
    if (command.move)
      call(af_file_move_array, to.get(), from.get(), name.data(), length(name), new_name.data(),
           length(new_name), present);
    else
      call(af_file_copy_array, to.get(), from.get(), name.data(), length(name), new_name.data(),
           length(new_name), present);
    taken.push_back(new_name);
  }
  return taken;
}

}  // namespace

ExitCode MergeCommand::run() const {
  if (skip && replace) fail(kUsage, "--skip and --replace exclude each other");
  if (move && names.empty()) fail(kUsage, "--move needs --array");
  if (new_name && names.size() != 1) fail(kUsage, "--as needs one --array");
  if (paths.size() < 2) fail(kUsage, "merge needs a stack and at least one other");
  const File to = open_to_change(paths[0], compact_at);
  std::vector<std::string> taken;
  std::vector<File> sources;
  for (size_t i = 1; i < paths.size(); i++) {
    sources.push_back(move ? open_to_change(paths[i], 0) : open_stack({paths[i]}));
    const std::vector<std::string> more = merge_one(to, sources.back(), *this);
    taken.insert(taken.end(), more.begin(), more.end());
  }
  flush("merging", to);
  if (move)
    for (const File& from : sources) call(af_file_flush, from.get());
  print(paths[0], json, move ? "moved" : "copied", taken);
  return kOk;
}

}  // namespace af::cli
