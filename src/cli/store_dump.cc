// af dump of a store: its datasets with their arrays, attributes and statistics, and with --json digests of
// all content.
#include <optional>

#include "cli/content.h"
#include "cli/describe.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/store.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// [[key, value], ...] in the order of declaration.
void write_attributes(JsonWriter& json, const ValueMap& attributes) {
  json.begin_array();
  for (int64_t i = 0; i < af_value_map_count(attributes.get()); i++) {
    json.begin_array();
    json.string(key_at(attributes.get(), i));
    const af_value* value = af_value_map_value(attributes.get(), i);
    if (af_value_data_type(value) == AF_TIMESTAMP_NS && !af_value_is_list(value)) {
      json.begin_object();
      json.key("TimestampNanoseconds");
      json.integer(load<int64_t>(static_cast<const std::byte*>(af_value_data(value))));
      json.end_object();
    } else {
      write_attribute(json, value, JsonStyle::kExact);
    }
    json.end_array();
  }
  json.end_array();
}

// What the read over all datasets that have a variable gives, digest by digest.
class StackedDigest {
 public:
  void add(const ElementSource& source, ContentBudget& budget);
  void spoil() { spoiled_ = true; }
  void write(JsonWriter& json) const;

 private:
  int64_t count_ = 0;
  bool spoiled_ = false;
  af_data_type dtype_ = 0;
  Extents shape_;  // of the first
  mutable Sha256 sha_;
};

int64_t elements_in(const Extents& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return count;
}

void StackedDigest::add(const ElementSource& source, ContentBudget& budget) {
  const af_data_type dtype = af_schema_data_type(source.schema);
  const Extents shape = shape_of(source.schema);
  if (count_++ == 0) {
    dtype_ = dtype;
    shape_ = shape;
  }
  if (dtype != dtype_ || elements_in(shape) != elements_in(shape_)) spoiled_ = true;
  if (!spoiled_ && !is_variable(dtype_)) digest_elements(source, budget, sha_);
}

void StackedDigest::write(JsonWriter& json) const {
  if (is_variable(dtype_) && count_ > 0) return json.string("SKIPPED");
  if (spoiled_) return write_unreadable(json);
  Extents shape = {count_};
  shape.insert(shape.end(), shape_.begin(), shape_.end());
  json.begin_object();
  json.key("shape");
  json.integers(shape.data(), shape.size());
  json.key("content");
  json.begin_object();
  json.member("sha256", sha_.digest());
  json.end_object();
  json.end_object();
}

class StoreDump {
 public:
  StoreDump(const af_atlas* atlas, JsonWriter& json, int64_t budget)
      : atlas_(atlas), json_(json), budget_(budget), info_(info_of(atlas)) {}

  void run() {
    json_.begin_object();
    json_.key("datasets");
    json_.begin_array();
    for (const std::string& name : dataset_names(atlas_)) write_dataset(name);
    json_.end_array();
    json_.key("variables");
    json_.begin_array();
    const std::vector<std::string> variables = variable_names(atlas_);
    for (const std::string& name : variables) json_.string(name);
    json_.end_array();
    json_.key("stacked");
    json_.begin_object();
    for (const std::string& name : variables) write_stacked(name);
    json_.end_object();
    json_.end_object();
  }

 private:
  void write_dataset(const std::string& name);
  void write_array(const af_dataset* dataset, const af_atlas_schema* declared, int64_t array,
                   const af_listing* listing);
  void write_stored(const af_dataset* dataset, const std::string& name);
  void write_stacked(const std::string& variable);
  // Calls `write` with what `read` answers, or says that it cannot be read.
  template <typename Read, typename Write>
  void try_reading(std::string_view what, const Read& read, const Write& write);

  const af_atlas* atlas_;
  JsonWriter& json_;
  ContentBudget budget_;
  af_atlas_info info_;
};

template <typename Read, typename Write>
void StoreDump::try_reading(std::string_view what, const Read& read, const Write& write) {
  std::optional<decltype(read())> answer;
  try {
    answer.emplace(read());
  } catch (const Failure& failure) {
    if (failure.code() == kCancelled) throw;
    complain(text_of(in_quotes(what), ": ", failure.what()));
    return write_unreadable(json_);
  }
  write(std::move(*answer));
}

void StoreDump::write_dataset(const std::string& name) {
  check_interrupted();
  const Dataset dataset = dataset_of(atlas_, name);
  const AtlasSchema declared = make<AtlasSchema>(af_dataset_get_schema, dataset.get());
  const Listing listing = make<Listing>(af_dataset_list, dataset.get());
  json_.begin_object();
  json_.member("name", name);
  json_.key("arrays");
  json_.begin_array();
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++)
    write_array(dataset.get(), declared.get(), i, listing.get());
  json_.end_array();
  json_.key("attributes");
  try_reading(
      name, [&] { return make<ValueMap>(af_dataset_attributes, dataset.get()); },
      [&](const ValueMap& attributes) { write_attributes(json_, attributes); });
  json_.end_object();
}

void StoreDump::write_array(const af_dataset* dataset, const af_atlas_schema* declared, int64_t array,
                            const af_listing* listing) {
  const std::string name(name_at(listing, array));
  const auto shape = shape_at(listing, array);
  json_.begin_object();
  json_.member("name", name);
  json_.member("dtype", af_data_type_name(af_listing_data_types(listing)[array]));
  json_.key("shape");
  json_.integers(shape.data(), shape.size());
  json_.key("dimension_names");
  json_.strings(given_dimensions(declared, array));
  json_.key("codec");
  info_.generation < 100 ? json_.string(codec_text(af_atlas_schema_array_codec(declared, array)))
                         : json_.null();
  write_stored(dataset, name);
  if (info_.generation != AF_ATLAS_SCHEMA_1) {
    json_.key("attributes");
    try_reading(
        name, [&] { return attributes_of(dataset, name); },
        [&](const ValueMap& attributes) { write_attributes(json_, attributes); });
  }
  json_.end_object();
}

// What lies in the variable's own file.
void StoreDump::write_stored(const af_dataset* dataset, const std::string& name) {
  Schema schema;
  std::string failure;
  json_.key("chunk_shape");
  try_reading(
      name, [&] { return schema_of(dataset, name); },
      [&](Schema found) {
        schema = std::move(found);
        const Extents chunks = chunk_shape_of(schema.get());
        json_.integers(chunks.data(), chunks.size());
      });
  json_.key("fill_value");
  schema ? write_bound(json_, af_schema_fill(schema.get()), JsonStyle::kExact) : write_unreadable(json_);
  json_.key("stats");
  schema ? write_statistics(json_, stats_of(dataset, name).get()) : json_.null();
  json_.key("content");
  if (!schema) return write_unreadable(json_);
  const ElementSource source = elements_of(dataset, name, schema.get());
  try_reading(
      name, [&] { return read_content(source, budget_); },
      [&](Content content) { write_content(json_, source, std::move(content)); });
}

void StoreDump::write_stacked(const std::string& variable) {
  StackedDigest digest;
  for (const std::string& name : dataset_names(atlas_)) {
    check_interrupted();
    const Dataset dataset = dataset_of(atlas_, name);
    uint8_t has_it = 0;
    call(af_dataset_contains, dataset.get(), variable.data(), length(variable), &has_it);
    if (!has_it) continue;
    try {
      const Schema schema = schema_of(dataset.get(), variable);
      digest.add(elements_of(dataset.get(), variable, schema.get()), budget_);
    } catch (const Failure& failure) {
      if (failure.code() == kCancelled) throw;
      digest.spoil();
    }
  }
  json_.key(variable);
  digest.write(json_);
}

void print_dataset(Output& out, const af_atlas* atlas, const std::string& name, bool has_array_attributes) {
  const Dataset dataset = dataset_of(atlas, name);
  const Listing listing = make<Listing>(af_dataset_list, dataset.get());
  out.write(text_of("dataset ", escaped(name), " {\n"));
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    const std::string_view variable = name_at(listing.get(), i);
    const Schema schema = schema_of(dataset.get(), variable);
    out.write(description_of(variable, schema.get(), stats_of(dataset.get(), variable).get()));
    if (has_array_attributes)
      out.write(attribute_lines(variable, attributes_of(dataset.get(), variable).get()));
  }
  const ValueMap attributes = make<ValueMap>(af_dataset_attributes, dataset.get());
  if (af_value_map_count(attributes.get()) > 0) out.write("\n");
  out.write(attribute_lines("", attributes.get()));
  out.write("}\n");
}

ExitCode dump_text(const DumpCommand& command) {
  const Atlas atlas = open_store(command.source);
  const af_atlas_info info = info_of(atlas.get());
  Output out;
  out.write(text_of("store ", escaped(command.source.path), " {\n// ", generation_text(info.generation),
                    ", footer version ", info.footer_version, ", ", counted(info.dataset_count, "dataset"),
                    ", ", counted(info.variable_count, "variable"), "\n"));
  for (const std::string& name : dataset_names(atlas.get())) {
    check_interrupted();
    print_dataset(out, atlas.get(), name, info.generation != AF_ATLAS_SCHEMA_1);
  }
  out.write("}\n");
  out.finish();
  return kOk;
}

ExitCode dump_json(const DumpCommand& command) {
  Output out;
  JsonWriter json(out);
  Atlas atlas;
  std::optional<StoreDump> dump;
  try {
    const bool is_free = command.max_content.empty();
    const int64_t size = is_free ? std::max<int64_t>(store_size(command.source.path), 0) : 0;
    atlas = open_store(command.source, is_free ? usual_allocation(size) : 0);
    dump.emplace(atlas.get(), json,
                 is_free ? usual_budget(size) : parse_size(command.max_content, "--max-content"));
  } catch (const Failure&) {
    out.write("{\"open_error\": true}\n");
    out.finish();
    throw;
  }
  dump->run();
  out.write("\n");
  out.finish();
  return kOk;
}

}  // namespace

ExitCode dump_store(const DumpCommand& command) {
  return command.json ? dump_json(command) : dump_text(command);
}

}  // namespace af::cli
