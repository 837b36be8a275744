// af copy of a store: as a new one of any generation.
#include <array>
#include <optional>

#include "cli/json.h"
#include "cli/progress.h"
#include "cli/store.h"
#include "cli/store_progress.h"
#include "cli/text.h"

namespace af::cli {
namespace {

struct Generation {
  std::string_view name;
  int32_t number;
};
constexpr std::array<Generation, 4> kGenerations = {{{"schema-1", AF_ATLAS_SCHEMA_1},
                                                     {"schema-2", AF_ATLAS_SCHEMA_2},
                                                     {"schema-3", AF_ATLAS_SCHEMA_3},
                                                     {"container", AF_ATLAS_CONTAINER_8}}};

int32_t generation_of(const std::string& name, int32_t otherwise) {
  if (name.empty()) return otherwise == AF_ATLAS_CONTAINER_1 ? AF_ATLAS_CONTAINER_8 : otherwise;
  for (const Generation& generation : kGenerations)
    if (generation.name == name) return generation.number;
  fail(kUsage, "--to ", in_quotes(name), ": expected schema-1, schema-2, schema-3 or container");
}

struct Form {
  std::string_view name;
  int32_t format;
  int32_t codec;
};
constexpr std::array<Form, 6> kForms = {{{"json", AF_METADATA_JSON, AF_CODEC_NONE},
                                         {"json.zst", AF_METADATA_JSON, AF_CODEC_ZSTD},
                                         {"json.lz4", AF_METADATA_JSON, AF_CODEC_LZ4},
                                         {"msgpack", AF_METADATA_MSGPACK, AF_CODEC_NONE},
                                         {"msgpack.zst", AF_METADATA_MSGPACK, AF_CODEC_ZSTD},
                                         {"msgpack.lz4", AF_METADATA_MSGPACK, AF_CODEC_LZ4}}};

Form form_of(const std::string& name) {
  if (name.empty()) return kForms[0];
  for (const Form& form : kForms)
    if (form.name == name) return form;
  fail(kUsage, "--metadata ", in_quotes(name), ": expected json or msgpack, with .zst or .lz4 if compressed");
}

}  // namespace

ExitCode copy_store(const CopyCommand& command) {
  if (command.replace || command.append || command.name)
    fail(kUsage, "--replace, --append and --name are not for stores");
  af_atlas_options options = store_options_of(command.encoding);
  const Form form = form_of(command.metadata);
  options.metadata_format = form.format;
  options.metadata_codec = form.codec;
  {
    std::optional<StoreProgress> progress;
    const Atlas atlas = open_store(command.source);
    options.generation = generation_of(command.to, info_of(atlas.get()).generation);
    if (options.generation == AF_ATLAS_CONTAINER_8 && !command.metadata.empty())
      fail(kUsage, "--metadata is for schemas: a container has none");
    progress.emplace("copying", atlas.get());
    call(af_atlas_copy, atlas.get(), command.target.data(), length(command.target), &options);
  }
  const int64_t before = store_size(command.source.path);
  const int64_t after = store_size(command.target);
  Output out;
  if (command.json) {
    JsonWriter json(out);
    json.begin_object();
    json.member("source", command.source.path);
    json.member("target", command.target);
    json.member("generation", generation_text(options.generation));
    json.member("source_size", before);
    json.member("target_size", after);
    json.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(command.target), ": ", generation_text(options.generation), ", ",
                      size_text(after), " from ", size_text(before), "\n"));
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
