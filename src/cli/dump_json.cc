// af dump --json: every array with a digest of its content, for comparing two stacks or two readers of one.
// The document is the one that the dumps beside the golden files of the tests have.
#include <algorithm>
#include <optional>
#include <vector>

#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/sha256.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// A small file may declare shapes that would take hours to hash. What it may cost by default: so much, and so
// many times the bytes on disk.
constexpr int64_t kFreeContent = int64_t{256} << 20;
constexpr int64_t kContentPerByte = 64;
// What a string or binary element costs beside its bytes.
constexpr int64_t kVariableCost = 32;
// What looking for a chunk costs.
constexpr int64_t kChunkCost = 64;
// Pieces are smaller than elsewhere: a file of a few MB is not worth more memory.
constexpr int64_t kDumpPieceBytes = int64_t{16} << 20;
// The largest buffer that a file may ask for, in the same manner.
constexpr int64_t kFreeAllocation = int64_t{96} << 20;
constexpr int64_t kAllocationPerByte = 16;

int64_t scaled(int64_t size, int64_t factor, int64_t base) {
  int64_t product = 0;
  int64_t sum = 0;
  if (__builtin_mul_overflow(size, factor, &product) || __builtin_add_overflow(product, base, &sum))
    return INT64_MAX;
  return sum;
}

// The elements of an array could not be read; the others may well be.
struct Unreadable {
  std::string message;
};

// What is said of an array's elements.
struct Content {
  std::string digest;                // of fixed-width elements
  Values coordinates;                // of lists: the chunks
  std::vector<std::string> digests;  // and one of each chunk
  int64_t pieces = 0;                // of strings and binary
  Values values;                     // those of the last piece
};

// Dumps the arrays of one file. What can fail for an array is done before the first byte about it is written.
class Dump {
 public:
  Dump(const af_file* file, JsonWriter& json, int64_t content_budget)
      : file_(file), json_(json), content_left_(content_budget) {}

  // Throws, with nothing written yet, when the description of any array cannot be read.
  void check_metadata();
  void run();

 private:
  void write_listing_digest(const af_listing* listing);
  void write_array(std::string_view name);
  void write_attributes(std::string_view name);
  void write_stats(std::string_view name);
  Content read_content(std::string_view name, const af_schema* schema);
  std::string digest_elements(std::string_view name, const af_schema* schema);
  void digest_chunks(std::string_view name, const af_schema* schema, Content* content);
  void check_texts(std::string_view name, const af_schema* schema, Content* content);
  void write_content(std::string_view name, const af_schema* schema, Content content);
  void write_texts(std::string_view name, const af_schema* schema, Content content);
  void write_chunks(const Content& content, int32_t rank);
  void spend(int64_t count, int64_t each);

  const af_file* file_;
  JsonWriter& json_;
  int64_t content_left_;
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
  write_stats(name);
  json_.key("content");
  try {
    Content content = read_content(name, schema.get());
    write_content(name, schema.get(), std::move(content));
  } catch (const Unreadable& failure) {
    complain(text_of(in_quotes(name), ": ", failure.message));
    json_.begin_object();
    json_.member("error", "error");
    json_.end_object();
  }
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

void Dump::write_stats(std::string_view name) {
  const Stats stats = stats_of(file_, name);
  json_.key("stats");
  if (!af_stats_known(stats.get(), 0)) return json_.null();
  json_.begin_object();
  json_.key("min");
  write_bound(json_, af_stats_min(stats.get(), 0), JsonStyle::kExact);
  json_.key("max");
  write_bound(json_, af_stats_max(stats.get(), 0), JsonStyle::kExact);
  json_.key("null_count");
  json_.integer(af_stats_null_count(stats.get(), 0));
  json_.key("row_count");
  json_.integer(af_stats_row_count(stats.get(), 0));
  json_.end_object();
}

Content Dump::read_content(std::string_view name, const af_schema* schema) {
  const af_data_type dtype = af_schema_data_type(schema);
  Content content;
  try {
    if (is_list(dtype)) {
      digest_chunks(name, schema, &content);
    } else if (is_variable(dtype)) {
      check_texts(name, schema, &content);
    } else {
      content.digest = digest_elements(name, schema);
    }
  } catch (const Failure& failure) {
    if (failure.code() == kCancelled) throw;
    throw Unreadable{failure.what()};
  }
  return content;
}

void Dump::spend(int64_t count, int64_t each) {
  int64_t cost = 0;
  if (__builtin_mul_overflow(count, each, &cost) || cost > content_left_)
    fail(kLimit,
         "what it declares is out of proportion to the stack's size on disk: --max-content permits more");
  content_left_ -= cost;
}

std::string Dump::digest_elements(std::string_view name, const af_schema* schema) {
  const af_data_type dtype = af_schema_data_type(schema);
  const int64_t size = af_data_type_size(dtype);
  const Extents shape = shape_of(schema);
  const Extents chunks = chunk_shape_of(schema);
  spend(element_count(shape), size);
  spend(chunk_count(shape, chunks), kChunkCost);
  Sha256 sha;
  std::vector<std::byte> buffer;
  for (Pieces pieces({Extents(shape.size()), shape}, chunks, piece_limit(dtype, kDumpPieceBytes));
       !pieces.done(); pieces.next()) {
    check_interrupted();
    buffer.resize(static_cast<size_t>(element_count(pieces.at().shape) * size));
    read_fixed(file_, name, pieces.at(), buffer);
    sha.add(buffer);
  }
  return sha.digest();
}

void Dump::digest_chunks(std::string_view name, const af_schema* schema, Content* content) {
  const int32_t rank = af_schema_rank(schema);
  af_values* coordinates = nullptr;
  int64_t count = 0;
  call(af_file_chunks, file_, name.data(), length(name), &coordinates, &count);
  content->coordinates.reset(coordinates);
  const auto* at = static_cast<const int64_t*>(af_values_data(coordinates));
  for (int64_t i = 0; i < count; i++) {
    check_interrupted();
    const Values payload =
        make<Values>(af_file_read_chunk, file_, name.data(), length(name), at + i * rank, rank);
    spend(af_values_data_len(payload.get()), 1);
    Sha256 sha;
    sha.add(element_at(payload.get(), 0));
    content->digests.push_back(sha.digest());
  }
}

// All pieces are read before any is written, so that a failure is told instead of the content, not after half
// of it.
void Dump::check_texts(std::string_view name, const af_schema* schema, Content* content) {
  const Extents shape = shape_of(schema);
  spend(element_count(shape), kVariableCost);
  spend(chunk_count(shape, chunk_shape_of(schema)), kChunkCost);
  for (Pieces pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), kPieceElements); !pieces.done();
       pieces.next()) {
    check_interrupted();
    content->values = read_variable(file_, name, pieces.at());
    spend(af_values_data_len(content->values.get()), 1);
    content->pieces++;
  }
}

void Dump::write_content(std::string_view name, const af_schema* schema, Content content) {
  const af_data_type dtype = af_schema_data_type(schema);
  json_.begin_object();
  if (is_list(dtype)) {
    write_chunks(content, af_schema_rank(schema));
  } else if (is_variable(dtype)) {
    write_texts(name, schema, std::move(content));
  } else {
    json_.member("sha256", content.digest);
  }
  json_.end_object();
}

void Dump::write_texts(std::string_view name, const af_schema* schema, Content content) {
  const af_data_type dtype = af_schema_data_type(schema);
  const Extents shape = shape_of(schema);
  json_.key("values");
  json_.begin_array();
  for (Pieces pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), kPieceElements); !pieces.done();
       pieces.next()) {
    if (content.pieces > 1) content.values = read_variable(file_, name, pieces.at());
    const af_values* values = content.values.get();
    for (int64_t i = 0; i < af_values_count(values); i++) write_variable(json_, dtype, element_at(values, i));
  }
  json_.end_array();
}

void Dump::write_chunks(const Content& content, int32_t rank) {
  const auto* at = static_cast<const int64_t*>(af_values_data(content.coordinates.get()));
  json_.key("chunks");
  json_.begin_array();
  for (const std::string& digest : content.digests) {
    json_.begin_array();
    json_.integers(at, static_cast<size_t>(rank));
    json_.string(digest);
    json_.end_array();
    at += rank;
  }
  json_.end_array();
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
    const int64_t budget =
        is_free ? scaled(size, kContentPerByte, kFreeContent) : parse_size(max_content, "--max-content");
    file = open_stack(source, is_free ? scaled(size, kAllocationPerByte, kFreeAllocation) : 0);
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
