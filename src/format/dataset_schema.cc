#include "format/dataset_schema.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "format/checksum.h"

namespace af {
namespace {

constexpr std::array<std::string_view, kTypeCount> kDtypeWords = {"bool",    "int8",
                                                                  "int16",   "int32",
                                                                  "int64",   "u_int8",
                                                                  "u_int16", "u_int32",
                                                                  "u_int64", "float32",
                                                                  "float64", "string",
                                                                  "binary",  "fixed_size_list",
                                                                  "list",    "timestamp_nanoseconds"};

class Hash {
 public:
  void add(uint64_t number) { value_ = (value_ ^ number) * 0x9e3779b97f4a7c15u + (value_ >> 29); }
  void add(std::string_view text) { add(name_hash(text)); }
  void add(std::span<const int64_t> numbers) {
    add(numbers.size());
    add(checksum(std::as_bytes(numbers)));
  }
  void add(const DType& dtype) {
    add(static_cast<uint64_t>(dtype.id) << 32 | dtype.list_size);
    if (dtype.child) add(*dtype.child);
  }
  void add(const std::vector<AttributeDeclaration>& attributes) {
    add(attributes.size());
    for (const AttributeDeclaration& attribute : attributes) {
      add(attribute.key);
      add(static_cast<uint64_t>(attribute.type.type) * 2 + attribute.type.list);
    }
  }
  void add(const VariableSchema& variable) {
    add(variable.name);
    add(variable.dtype);
    add(variable.shape);
    add(variable.chunk_shape);
    for (const std::string& name : variable.dimension_names) add(name);
    add(static_cast<uint64_t>(variable.codec));
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0;
};

uint64_t hash_of(const DatasetSchema& schema) {
  Hash hash;
  for (const VariableSchema& variable : schema.variables) hash.add(variable);
  hash.add(schema.attributes);
  for (const VariableAttributes& of : schema.variable_attributes) {
    hash.add(of.variable);
    hash.add(of.attributes);
  }
  return hash.value();
}

}  // namespace

std::string_view dtype_word(TypeId type) { return kDtypeWords[static_cast<size_t>(type)]; }

std::optional<TypeId> dtype_of_word(std::string_view word) {
  auto found = std::ranges::find(kDtypeWords, word);
  if (found == kDtypeWords.end()) return {};
  return static_cast<TypeId>(found - kDtypeWords.begin());
}

const char* store_codec_name(StoreCodec codec) {
  constexpr const char* kNames[] = {"Zstd", "Lz4", "Uncompressed"};
  return kNames[static_cast<int>(codec)];
}

const VariableSchema* DatasetSchema::variable(std::string_view name) const {
  for (const VariableSchema& variable : variables)
    if (variable.name == name) return &variable;
  return nullptr;
}

const AttributeDeclaration* DatasetSchema::attribute(std::string_view key) const {
  for (const AttributeDeclaration& attribute : attributes)
    if (attribute.key == key) return &attribute;
  return nullptr;
}

const std::vector<AttributeDeclaration>* DatasetSchema::attributes_of(std::string_view variable) const {
  for (const VariableAttributes& of : variable_attributes)
    if (of.variable == variable) return &of.attributes;
  return nullptr;
}

uint32_t SchemaPool::intern(DatasetSchema schema) {
  uint64_t hash = hash_of(schema);
  auto [first, last] = by_hash_.equal_range(hash);
  for (; first != last; ++first)
    if (*schemas_[first->second] == schema) return first->second;
  if (schemas_.size() == UINT32_MAX) fail(Status::kLimitExceeded, "a store of over 2^32-1 distinct schemas");
  uint32_t id = size();
  schemas_.push_back(std::make_shared<const DatasetSchema>(std::move(schema)));
  by_hash_.emplace(hash, id);
  return id;
}

}  // namespace af
