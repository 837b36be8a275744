#include "cli/store.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFileNames = {"data.atlas",    "atlas.json",        "atlas.json.zst",   "atlas.json.lz4",
                                   "atlas.msgpack", "atlas.msgpack.zst", "atlas.msgpack.lz4"};

bool is_store_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::find(kFileNames.begin(), kFileNames.end(), name) != kFileNames.end();
}

std::vector<std::string> strings_of(const Values& values) {
  std::vector<std::string> strings;
  for (int64_t i = 0; i < af_values_count(values.get()); i++)
    strings.emplace_back(element_at(values.get(), i));
  return strings;
}

Atlas open(const std::string& path, const af_atlas_options& options) {
  return make<Atlas>(af_atlas_open, path.data(), length(path), &options);
}

}  // namespace

bool is_store(const std::string& path) {
  if (is_url(path)) return !path.ends_with(".af");
  std::error_code unknown;
  return fs::is_directory(path, unknown) || is_store_file(path);
}

std::string store_folder(const std::string& path) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) return path;
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

Atlas open_store(const Source& source, int64_t max_allocation) {
  if (source.layers != 0) fail(kUsage, "--layers is for stacks: a store has one for each variable");
  af_atlas_options options = AF_ATLAS_OPTIONS_INIT;
  options.max_allocation = max_allocation;
  options.at_commit = source.commit;
  return open(source.path, options);
}

af_atlas_options store_options_of(const Encoding& encoding) {
  if (!encoding.format.empty()) fail(kUsage, "--format is for stacks");
  const af_file_options stack = options_of(encoding);
  af_atlas_options options = AF_ATLAS_OPTIONS_INIT;
  options.codec = stack.codec;
  options.codec_level = stack.codec_level;
  options.block_size = stack.block_size;
  return options;
}

Atlas open_store_for_change(const std::string& path, const Encoding& encoding) {
  af_atlas_options options = store_options_of(encoding);
  options.writable = 1;
  return open(path, options);
}

Dataset dataset_of(const af_atlas* atlas, std::string_view name) {
  return make<Dataset>(af_atlas_open_dataset, atlas, name.data(), length(name));
}

std::vector<std::string> dataset_names(const af_atlas* atlas) {
  return strings_of(make<Values>(af_atlas_list_datasets, atlas));
}

std::vector<std::string> variable_names(const af_atlas* atlas) {
  return strings_of(make<Values>(af_atlas_list_variables, atlas));
}

af_atlas_info info_of(const af_atlas* atlas) {
  af_atlas_info info = AF_ATLAS_INFO_INIT;
  call(af_atlas_get_info, atlas, &info);
  return info;
}

int64_t store_size(const std::string& path) {
  if (is_url(path)) return -1;
  std::error_code error;
  int64_t size = 0;
  for (fs::recursive_directory_iterator it(store_folder(path), error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;
    if (it->is_regular_file(gone)) size += static_cast<int64_t>(it->file_size(gone));
  }
  if (error) fail_os(error.value(), escaped(path));
  return size;
}

std::string generation_text(int32_t generation) {
  return generation < 100 ? text_of("schema ", generation)
                          : text_of("container of format ", generation - 100);
}

const char* codec_text(int32_t codec) {
  return codec == AF_CODEC_NONE ? "Uncompressed" : codec == AF_CODEC_LZ4 ? "Lz4" : "Zstd";
}

std::string_view array_name_at(const af_atlas_schema* schema, int64_t array) {
  int64_t size = 0;
  const char* name = af_atlas_schema_array_name(schema, array, &size);
  return {name, static_cast<size_t>(size)};
}

std::vector<std::string> given_dimensions(const af_atlas_schema* schema, int64_t array) {
  std::vector<std::string> names;
  for (int32_t axis = 0; axis < af_atlas_schema_dimension_count(schema, array); axis++) {
    int64_t size = 0;
    const char* name = af_atlas_schema_dimension_name(schema, array, axis, &size);
    names.emplace_back(name, static_cast<size_t>(size));
  }
  return names;
}

}  // namespace af::cli
