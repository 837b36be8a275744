// The plain results of arrayformat.h: each wraps what the library answers. They are made whole and never
// changed (but for schemas).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrayformat/arrayformat.h"
#include "core/value.h"
#include "file/array_file.h"
#include "format/dataset_schema.h"
#include "format/merged_schema.h"
#include "format/schema.h"

struct af_value {
  af::Value value;
};

struct af_value_map {
  struct Entry {
    std::string name;
    std::optional<af_value> value;
  };
  std::vector<Entry> entries;
};

struct af_values {
  af::VariableData data;
};

struct af_schema {
  af::ArraySchema schema;
  std::optional<af_value> fill;  // schema.fill as it is shown
};

struct af_listing {
  af::Listing listing;
};

struct af_stats {
  struct Row {
    std::string name;
    bool known = false;
    uint64_t row_count = 0;
    uint64_t null_count = 0;
    std::optional<af_value> min;
    std::optional<af_value> max;
  };
  std::vector<Row> rows;
};

struct af_rows {
  std::vector<int64_t> rows;
};

struct af_report {
  std::vector<af::Finding> findings;
};

// Names and types of arrays, in order, each with its attributes; those of the dataset itself first.
struct af_atlas_schema {
  struct Attribute {
    std::string key;
    af::AttributeType type;
  };
  struct Array {
    std::string name;
    af::TypeId type = af::TypeId::kBool;
    std::vector<std::string> dimension_names;
    std::vector<Attribute> attributes;
    // Of one dataset:
    int32_t codec = -1;
    std::vector<int64_t> chunk_shape;
  };
  std::vector<Attribute> attributes;
  std::vector<Array> arrays;
};

namespace af {

af_io_stats io_stats_of(const IoCounts& counts);
af_value* new_value(Value value);
af_value_map* new_value_map(ValueMap map);
af_values* new_values(VariableData data);
// One value of raw bytes.
af_values* new_values(std::string bytes);
af_schema* new_schema(ArraySchema schema);
af_listing* new_listing(Listing listing);
af_stats* new_stats(std::vector<NamedStats> stats);
af_rows* new_rows(std::vector<int64_t> rows);
af_report* new_report(std::vector<Finding> findings);
int32_t codec_number(StoreCodec codec);
af_atlas_schema* new_atlas_schema(const DatasetSchema& schema);
af_atlas_schema* new_atlas_schema(const MergedSchema& schema);

}  // namespace af
