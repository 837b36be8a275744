// af info and af ls of a store.
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/store.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

std::string metadata_text(const af_atlas_info& info) {
  if (info.metadata_format == 0) return "";
  const std::string format = info.metadata_format == AF_METADATA_JSON ? "JSON" : "MessagePack";
  return text_of(", metadata as ", format,
                 info.metadata_codec == AF_CODEC_NONE  ? ""
                 : info.metadata_codec == AF_CODEC_LZ4 ? " in lz4"
                                                       : " in zstd");
}

void write_commits(JsonWriter& json, const af_value_map* commits) {
  json.key("commits");
  json.begin_array();
  for (int64_t i = 0; i < af_value_map_count(commits); i++) {
    json.begin_object();
    json.member("commit", parse_integer(key_at(commits, i), "a commit"));
    json.key("made");
    write_bound(json, af_value_map_value(commits, i), JsonStyle::kPlain);
    json.end_object();
  }
  json.end_array();
}

void write_info(JsonWriter& json, const std::string& path, const af_atlas_info& info, int64_t size) {
  json.member("path", path);
  json.member("generation", generation_text(info.generation));
  json.member("footer_version", info.footer_version);
  json.member("codec", codec_text(info.codec));
  json.member("datasets", info.dataset_count);
  json.member("rows", info.row_count);
  json.member("variables", info.variable_count);
  json.member("epoch", info.epoch);
  json.member("commit", info.commit);
  json.member("size", size);
}

// What a dataset's line says beside its name.
struct Line {
  int64_t arrays;
  int64_t attributes;
};

Line line_of(const af_atlas* atlas, const std::string& name) {
  const AtlasSchema schema = make<AtlasSchema>(af_dataset_get_schema, dataset_of(atlas, name).get());
  return {af_atlas_schema_array_count(schema.get()), af_atlas_schema_attribute_count(schema.get(), -1)};
}

std::string arrays_text(const af_atlas* atlas, const std::string& name) {
  const Listing listing = make<Listing>(af_dataset_list, dataset_of(atlas, name).get());
  std::string out;
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    const auto shape = shape_at(listing.get(), i);
    out += text_of("    ", af_data_type_name(af_listing_data_types(listing.get())[i]), " ",
                   shape_text(shape.data(), shape.size()), " ", escaped(name_at(listing.get(), i)), "\n");
  }
  return out;
}

void write_arrays(JsonWriter& json, const af_atlas* atlas, const std::string& name) {
  const Listing listing = make<Listing>(af_dataset_list, dataset_of(atlas, name).get());
  json.key("arrays");
  json.begin_array();
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    const auto shape = shape_at(listing.get(), i);
    json.begin_object();
    json.member("name", name_at(listing.get(), i));
    json.member("dtype", af_data_type_name(af_listing_data_types(listing.get())[i]));
    json.key("shape");
    json.integers(shape.data(), shape.size());
    json.end_object();
  }
  json.end_array();
}

}  // namespace

ExitCode info_store(const InfoCommand& command) {
  const Atlas atlas = open_store(command.source);
  const af_atlas_info info = info_of(atlas.get());
  const std::string& path = command.source.path;
  const int64_t size = store_size(path);
  const ValueMap commits = make<ValueMap>(af_atlas_commits, atlas.get());
  Output out;
  if (command.json) {
    JsonWriter json(out);
    json.begin_object();
    write_info(json, path, info, size);
    write_commits(json, commits.get());
    json.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(path), ": ", generation_text(info.generation), metadata_text(info),
                      ", footer version ", info.footer_version, "\n  ",
                      counted(info.dataset_count, "dataset"), ", ", counted(info.variable_count, "variable"),
                      ", ", size_text(size), "\n"));
    if (info.row_count > info.dataset_count)
      out.write(text_of("  ", counted(info.row_count - info.dataset_count, "deleted dataset"),
                        " until it is compacted\n"));
    for (int64_t i = 0; i < af_value_map_count(commits.get()); i++)
      out.write(text_of("  commit ", key_at(commits.get(), i), ", made ",
                        bound_text(af_value_map_value(commits.get(), i), AF_TIMESTAMP_NS), "\n"));
  }
  out.finish();
  return kOk;
}

ExitCode ls_store(const LsCommand& command) {
  const Atlas atlas = open_store(command.source);
  Output out;
  JsonWriter json(out);
  if (command.json) {
    json.begin_object();
    json.key("datasets");
    json.begin_array();
  }
  for (const std::string& name : dataset_names(atlas.get())) {
    check_interrupted();
    const Line line = line_of(atlas.get(), name);
    if (!command.json) {
      out.write(text_of(escaped(name), "  ", counted(line.arrays, "array"), ", ",
                        counted(line.attributes, "attribute"), "\n"));
      if (command.is_long) out.write(arrays_text(atlas.get(), name));
      continue;
    }
    json.begin_object();
    json.member("name", name);
    command.is_long ? write_arrays(json, atlas.get(), name) : json.member("arrays", line.arrays);
    json.member("attributes", line.attributes);
    json.end_object();
  }
  if (command.json) {
    json.end_array();
    json.end_object();
    out.write("\n");
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
