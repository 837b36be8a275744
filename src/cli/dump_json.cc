// af dump --json: every array with a digest of its content, for comparing two stacks or two readers of one.
// The document is the one that the dumps beside the golden files of the tests have.
#include <algorithm>
#include <optional>
#include <vector>

#include "cli/commands.h"
#include "cli/content.h"
#include "cli/elements.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/sha256.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// The chunks of an array of lists.
struct Chunks {
  Values coordinates;
  std::vector<std::string> digests;  // one of each
};

// Dumps the arrays of one file. What can fail for an array is done before the first byte about it is written.
class Dump {
 public:
  Dump(const af_file* file, JsonWriter& json, int64_t content_budget)
      : file_(file), json_(json), budget_(content_budget) {}

  // Throws, with nothing written yet, when the description of any array cannot be read.
  void check_metadata();
  void run();

 private:
  void write_listing_digest(const af_listing* listing);
  void write_array(std::string_view name);
  void write_attributes(std::string_view name);
  void write_elements(std::string_view name, const af_schema* schema);
  Chunks read_chunks(std::string_view name, const af_schema* schema);
  void write_chunks(const Chunks& chunks, int32_t rank);

  const af_file* file_;
  JsonWriter& json_;
  ContentBudget budget_;
};

void Dump::check_metadata() {
  const Listing listing = make<Listing>(af_file_list, file_);
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    check_interrupted();
    const std::string_view name = name_at(listing.get(), i);
    schema_of(file_, name);
    attributes_of(file_, name);
    stats_of(file_, name);
  }
}

void Dump::run() {
  const Listing listing = make<Listing>(af_file_list, file_);
  std::vector<std::string_view> names;
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) names.push_back(name_at(listing.get(), i));
  std::sort(names.begin(), names.end());
  json_.begin_object();
  json_.member("num_layers", static_cast<int64_t>(layers_of(file_).size()));
  write_listing_digest(listing.get());
  json_.key("arrays");
  json_.begin_array();
  for (const std::string_view name : names) {
    check_interrupted();
    write_array(name);
  }
  json_.end_array();
  json_.end_object();
}

void Dump::write_listing_digest(const af_listing* listing) {
  Sha256 sha;
  sha.add("[");
  for (int64_t i = 0; i < af_listing_count(listing); i++) {
    std::string text = i == 0 ? "" : ",";
    append_json_string(text, name_at(listing, i));
    sha.add(text);
  }
  sha.add("]");
  json_.member("list_order_sha256", sha.digest());
}

void Dump::write_array(std::string_view name) {
  const Schema schema = schema_of(file_, name);
  const Extents shape = shape_of(schema.get());
  const Extents chunks = chunk_shape_of(schema.get());
  json_.begin_object();
  json_.member("name", name);
  json_.key("dtype");
  write_dtype(json_, schema.get());
  json_.key("shape");
  json_.integers(shape.data(), shape.size());
  json_.key("chunk_shape");
  json_.integers(chunks.data(), chunks.size());
  json_.key("dimension_names");
  json_.begin_array();
  for (int32_t axis = 0; axis < af_schema_rank(schema.get()); axis++)
    json_.string(dimension_of(schema.get(), axis));
  json_.end_array();
  json_.key("fill_value");
  write_bound(json_, af_schema_fill(schema.get()), JsonStyle::kExact);
  write_attributes(name);
  json_.key("stats");
  write_statistics(json_, stats_of(file_, name).get());
  json_.key("content");
  write_elements(name, schema.get());
  json_.end_object();
}

void Dump::write_attributes(std::string_view name) {
  const ValueMap attributes = attributes_of(file_, name);
  json_.key("attributes");
  json_.begin_object();
  for (int64_t i = 0; i < af_value_map_count(attributes.get()); i++) {
    json_.key(key_at(attributes.get(), i));
    write_attribute(json_, af_value_map_value(attributes.get(), i), JsonStyle::kExact);
  }
  json_.end_object();
}

void Dump::write_elements(std::string_view name, const af_schema* schema) {
  const bool holds_lists = is_list(af_schema_data_type(schema));
  const ElementSource source = elements_of(file_, std::string(name), schema);
  Chunks chunks;
  Content content;
  try {
    if (holds_lists) {
      chunks = read_chunks(name, schema);
    } else {
      content = read_content(source, budget_);
    }
  } catch (const Failure& failure) {
    if (failure.code() == kCancelled) throw;
    complain(text_of(in_quotes(name), ": ", failure.what()));
    return write_unreadable(json_);
  }
  if (holds_lists) {
    write_chunks(chunks, af_schema_rank(schema));
  } else {
    write_content(json_, source, std::move(content));
  }
}

Chunks Dump::read_chunks(std::string_view name, const af_schema* schema) {
  const int32_t rank = af_schema_rank(schema);
  af_values* coordinates = nullptr;
  int64_t count = 0;
  call(af_file_chunks, file_, name.data(), length(name), &coordinates, &count);
  Chunks chunks{Values(coordinates), {}};
  const auto* at = static_cast<const int64_t*>(af_values_data(coordinates));
  for (int64_t i = 0; i < count; i++) {
    check_interrupted();
    const Values payload =
        make<Values>(af_file_read_chunk, file_, name.data(), length(name), at + i * rank, rank);
    budget_.spend(af_values_data_len(payload.get()), 1);
    Sha256 sha;
    sha.add(element_at(payload.get(), 0));
    chunks.digests.push_back(sha.digest());
  }
  return chunks;
}

void Dump::write_chunks(const Chunks& chunks, int32_t rank) {
  const auto* at = static_cast<const int64_t*>(af_values_data(chunks.coordinates.get()));
  json_.begin_object();
  json_.key("chunks");
  json_.begin_array();
  for (const std::string& digest : chunks.digests) {
    json_.begin_array();
    json_.integers(at, static_cast<size_t>(rank));
    json_.string(digest);
    json_.end_array();
    at += rank;
  }
  json_.end_array();
  json_.end_object();
}

}  // namespace

ExitCode DumpCommand::run_json() const {
  Output out;
  JsonWriter json(out);
  File file;
  std::optional<Dump> dump;
  try {
    const int64_t size = size_of(layers_of(open_stack(source).get()));
    const bool is_free = max_content.empty();
    const int64_t budget = is_free ? usual_budget(size) : parse_size(max_content, "--max-content");
    file = open_stack(source, is_free ? usual_allocation(size) : 0);
    dump.emplace(file.get(), json, budget);
    dump->check_metadata();
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

}  // namespace af::cli
