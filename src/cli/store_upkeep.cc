// af compact and af gc of a store.
#include <optional>

#include "cli/json.h"
#include "cli/mapped.h"
#include "cli/store.h"
#include "cli/store_progress.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void print(const std::string& path, bool as_json, std::string_view key, int64_t number,
           const std::string& text) {
  Output out;
  if (as_json) {
    JsonWriter json(out);
    json.begin_object();
    json.member("path", path);
    json.member(key, number);
    json.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(path), ": ", text, "\n"));
  }
  out.finish();
}

}  // namespace

ExitCode compact_store(const CompactCommand& command) {
  const int64_t before = store_size(command.path);
  {
    std::optional<StoreProgress> progress;
    const Atlas atlas = open_store_for_change(command.path, command.encoding);
    progress.emplace("compacting", atlas.get());
    call(af_atlas_compact, atlas.get());
  }
  const int64_t size = store_size(command.path);
  print(command.path, command.json, "size", size, text_of(size_text(before), ", now ", size_text(size)));
  return kOk;
}

ExitCode GcCommand::run() const {
  int64_t freed = 0;
  if (is_store(path)) {
    const Atlas atlas = open_store_for_change(path, {});
    call(af_atlas_gc, atlas.get(), &freed);
  } else {
    expect_stack(path);
    af_file_options options = AF_FILE_OPTIONS_INIT;
    options.writable = 1;
    call(af_file_gc, make<File>(af_file_open, path.data(), length(path), &options).get(), &freed);
  }
  print(path, json, "freed", freed, text_of(size_text(freed), " given back"));
  return kOk;
}

}  // namespace af::cli
