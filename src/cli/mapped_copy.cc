// af copy between a mapped array and an array of a stack.
#include <filesystem>

#include "cli/json.h"
#include "cli/mapped.h"
#include "cli/mapped_file.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void put_into(const af_mmap* array, const std::string& name, af_file* file) {
  call(af_mmap_copy_to_file, array, file, name.data(), length(name));
  const Progress progress("writing", file);
  call(af_file_flush, file);
}

void append_to_stack(const af_mmap* array, const std::string& name, const CopyCommand& command) {
  af_file_options options = options_of(command.encoding);
  options.writable = 1;
  const File file = make<File>(af_file_open, command.target.data(), length(command.target), &options);
  uint8_t is_there = 0;
  call(af_file_contains, file.get(), name.data(), length(name), &is_there);
  if (is_there != 0)
    fail(kExists, escaped(command.target), " has an array ", in_quotes(name),
         " already: --name gives another name");
  put_into(array, name, file.get());
}

// Gathers a stack beside the target, which then appears whole, as one base file, or not at all.
void create_stack(const af_mmap* array, const std::string& name, const CopyCommand& command) {
  af_file_options options = options_of(command.encoding);
  options.replace = command.replace;
  std::error_code unknown;
  if (!command.replace && std::filesystem::exists(command.target, unknown))
    fail(kExists, escaped(command.target), " is there already: --replace replaces it, --append adds to it");
  const TemporaryFolder folder(command.target);
  const std::string gathered = folder.path() + "/gathered.af";
  af_file_options scratch = options;
  scratch.durability = AF_DURABILITY_NONE;
  const File file = make<File>(af_file_create, gathered.data(), length(gathered), &scratch);
  put_into(array, name, file.get());
  const Progress progress("writing", file.get());
  call(af_file_copy, file.get(), command.target.data(), length(command.target), &options);
}

void copy_to_stack(const CopyCommand& command) {
  if (command.append && command.replace) fail(kUsage, "--append goes without --replace");
  const MappedFile mapped = open_mapped(command.source);
  const std::string name = command.name.value_or(name_of_mapped(command.source.path));
  command.append ? append_to_stack(mapped.array.get(), name, command)
                 : create_stack(mapped.array.get(), name, command);
}

// The array that is meant where none is named: the only one.
std::string only_name_in(const af_file* file, const std::string& path) {
  const Listing listing = make<Listing>(af_file_list, file);
  if (const int64_t count = af_listing_count(listing.get()); count != 1)
    fail(kUsage, escaped(path), " has ", counted(count, "array"), ": --name says which one");
  return std::string(name_at(listing.get(), 0));
}

void copy_from_stack(const CopyCommand& command) {
  const Encoding& encoding = command.encoding;
  if (command.append) fail(kUsage, "--append: a mapped array is one array");
  if (!encoding.codec.empty() || !encoding.block_size.empty() || !encoding.format.empty())
    fail(kUsage, "--codec, --block-size and --format are for stacks: a mapped array is never compressed");
  const File file = open_stack(command.source);
  const std::string name = command.name ? *command.name : only_name_in(file.get(), command.source.path);
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.replace = command.replace;
  const Progress progress("reading", file.get());
  make<Mapped>(af_mmap_create_from_file, command.target.data(), length(command.target), file.get(),
               name.data(), length(name), &options);
}

}  // namespace

ExitCode copy_mapped(const CopyCommand& command) {
  const bool is_from = is_mapped_array(command.source.path);
  if (is_from && is_mapped_name(command.target))
    fail(kUsage, "source and target are mapped arrays: cp copies files as they are");
  is_from ? copy_to_stack(command) : copy_from_stack(command);
  const int64_t size = is_from ? size_of(layers_of(open_stack({command.target}).get()))
                               : static_cast<int64_t>(std::filesystem::file_size(command.target));
  Output out;
  if (command.json) {
    JsonWriter json(out);
    json.begin_object();
    json.member("source", command.source.path);
    json.member("target", command.target);
    json.member("target_size", size);
    json.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(command.target), ": ", size_text(size), "\n"));
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
