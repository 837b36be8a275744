// af compact and af gc of a store.
#include <optional>

#include "cli/json.h"
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
  if (!is_store(path)) fail(kUsage, "gc is for stores: ", in_quotes(path), " is none");
  const Atlas atlas = open_store_for_change(path, {});
  int64_t freed = 0;
  call(af_atlas_gc, atlas.get(), &freed);
  print(path, json, "freed", freed, text_of(size_text(freed), " given back"));
  return kOk;
}

}  // namespace af::cli
