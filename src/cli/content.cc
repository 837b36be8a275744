#include "cli/content.h"

#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/values.h"

namespace af::cli {
namespace {

constexpr int64_t kFreeContent = int64_t{256} << 20;
constexpr int64_t kContentPerByte = 64;
// What a string or binary element costs beside its bytes.
constexpr int64_t kVariableCost = 32;
// What looking for a chunk costs.
constexpr int64_t kChunkCost = 64;
// Pieces are smaller than elsewhere: a file of a few MB is not worth more memory.
constexpr int64_t kDumpPieceBytes = int64_t{16} << 20;
constexpr int64_t kFreeAllocation = int64_t{96} << 20;
constexpr int64_t kAllocationPerByte = 16;

int64_t scaled(int64_t size, int64_t factor, int64_t base) {
  int64_t product = 0;
  int64_t sum = 0;
  if (__builtin_mul_overflow(size, factor, &product) || __builtin_add_overflow(product, base, &sum))
    return INT64_MAX;
  return sum;
}

Pieces pieces_of(const af_schema* schema, int64_t limit) {
  const Extents shape = shape_of(schema);
  return Pieces({Extents(shape.size()), shape}, chunk_shape_of(schema), limit);
}

// All pieces are read before any is written, so that a failure is told instead of the content, not after half
// of it.
void check_texts(const ElementSource& source, ContentBudget& budget, Content* content) {
  const Extents shape = shape_of(source.schema);
  budget.spend(element_count(shape), kVariableCost);
  budget.spend(chunk_count(shape, chunk_shape_of(source.schema)), kChunkCost);
  for (Pieces pieces = pieces_of(source.schema, kPieceElements); !pieces.done(); pieces.next()) {
    check_interrupted();
    content->values = source.read_variable(pieces.at());
    budget.spend(af_values_data_len(content->values.get()), 1);
    content->pieces++;
  }
}

void write_texts(JsonWriter& json, const ElementSource& source, Content content) {
  const af_data_type dtype = af_schema_data_type(source.schema);
  json.key("values");
  json.begin_array();
  for (Pieces pieces = pieces_of(source.schema, kPieceElements); !pieces.done(); pieces.next()) {
    if (content.pieces > 1) content.values = source.read_variable(pieces.at());
    const af_values* values = content.values.get();
    for (int64_t i = 0; i < af_values_count(values); i++) write_variable(json, dtype, element_at(values, i));
  }
  json.end_array();
}

}  // namespace

int64_t usual_budget(int64_t size) { return scaled(size, kContentPerByte, kFreeContent); }
int64_t usual_allocation(int64_t size) { return scaled(size, kAllocationPerByte, kFreeAllocation); }

void ContentBudget::spend(int64_t count, int64_t each) {
  int64_t cost = 0;
  if (__builtin_mul_overflow(count, each, &cost) || cost > left_)
    fail(kLimit, "what it declares is out of proportion to its size on disk: --max-content permits more");
  left_ -= cost;
}

void digest_elements(const ElementSource& source, ContentBudget& budget, Sha256& sha) {
  const af_data_type dtype = af_schema_data_type(source.schema);
  const int64_t size = af_data_type_size(dtype);
  const Extents shape = shape_of(source.schema);
  budget.spend(element_count(shape), size);
  budget.spend(chunk_count(shape, chunk_shape_of(source.schema)), kChunkCost);
  std::vector<std::byte> buffer;
  for (Pieces pieces = pieces_of(source.schema, piece_limit(dtype, kDumpPieceBytes)); !pieces.done();
       pieces.next()) {
    check_interrupted();
    buffer.resize(static_cast<size_t>(element_count(pieces.at().shape) * size));
    source.read_fixed(pieces.at(), buffer);
    sha.add(buffer);
  }
}

Content read_content(const ElementSource& source, ContentBudget& budget) {
  Content content;
  if (is_variable(af_schema_data_type(source.schema))) {
    check_texts(source, budget, &content);
  } else {
    Sha256 sha;
    digest_elements(source, budget, sha);
    content.digest = sha.digest();
  }
  return content;
}

void write_content(JsonWriter& json, const ElementSource& source, Content content) {
  json.begin_object();
  if (is_variable(af_schema_data_type(source.schema))) {
    write_texts(json, source, std::move(content));
  } else {
    json.member("sha256", content.digest);
  }
  json.end_object();
}

void write_unreadable(JsonWriter& json) {
  json.begin_object();
  json.member("error", "error");
  json.end_object();
}

void write_statistics(JsonWriter& json, const af_stats* stats) {
  if (!af_stats_known(stats, 0)) return json.null();
  json.begin_object();
  json.key("min");
  write_bound(json, af_stats_min(stats, 0), JsonStyle::kExact);
  json.key("max");
  write_bound(json, af_stats_max(stats, 0), JsonStyle::kExact);
  json.key("null_count");
  json.integer(af_stats_null_count(stats, 0));
  json.key("row_count");
  json.integer(af_stats_row_count(stats, 0));
  json.end_object();
}

}  // namespace af::cli
