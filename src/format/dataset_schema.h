// What datasets of a store hold: variables, and the kinds of their attributes. Equal schemas are kept once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/dtype.h"
#include "core/shape.h"

namespace af {

enum class StoreCodec : uint8_t { kZstd, kLz4, kNone };
// "Zstd", "Lz4", "Uncompressed".
const char* store_codec_name(StoreCodec codec);

// What documents of stores call dtypes: "int8", "u_int8", "timestamp_nanoseconds".
std::string_view dtype_word(TypeId type);
std::optional<TypeId> dtype_of_word(std::string_view word);

struct VariableSchema {
  std::string name;
  DType dtype;
  // As they were given: not capped, and chunk extents may be 0. Plain vectors, as a store may hold millions.
  std::vector<int64_t> shape;
  std::vector<int64_t> chunk_shape;
  std::vector<std::string> dimension_names;  // maybe none, or of another length than the shape
  StoreCodec codec = StoreCodec::kZstd;

  friend bool operator==(const VariableSchema&, const VariableSchema&) = default;
};

// One of 27 kinds: Bool, Int8 to Int64, UInt8 to UInt64, Float32, Float64, String and Binary, each as a
// scalar or as a list, and the scalar TimestampNs.
struct AttributeType {
  TypeId type = TypeId::kString;
  bool list = false;

  friend bool operator==(const AttributeType&, const AttributeType&) = default;
};

struct AttributeDeclaration {
  std::string key;
  AttributeType type;

  friend bool operator==(const AttributeDeclaration&, const AttributeDeclaration&) = default;
};

struct VariableAttributes {
  std::string variable;
  std::vector<AttributeDeclaration> attributes;

  friend bool operator==(const VariableAttributes&, const VariableAttributes&) = default;
};

// All lists are in the order of declaration and name nothing twice. Two schemas in different order differ.
struct DatasetSchema {
  std::vector<VariableSchema> variables;
  std::vector<AttributeDeclaration> attributes;         // of the dataset
  std::vector<VariableAttributes> variable_attributes;  // schema 2 and 3

  // Each answers null for what is not declared.
  const VariableSchema* variable(std::string_view name) const;
  const AttributeDeclaration* attribute(std::string_view key) const;
  const std::vector<AttributeDeclaration>* attributes_of(std::string_view variable) const;

  friend bool operator==(const DatasetSchema&, const DatasetSchema&) = default;
};

// Distinct schemas, numbered from 0 in the order they came. Copies share them.
class SchemaPool {
 public:
  uint32_t size() const { return static_cast<uint32_t>(schemas_.size()); }
  const DatasetSchema& operator[](uint32_t id) const { return *schemas_[id]; }
  // The number of this schema, a new one if it is not there.
  uint32_t intern(DatasetSchema schema);

 private:
  std::vector<std::shared_ptr<const DatasetSchema>> schemas_;
  std::unordered_multimap<uint64_t, uint32_t> by_hash_;
};

}  // namespace af
