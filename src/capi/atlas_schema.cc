// af_atlas_schema_*: what the arrays and attributes of datasets are.
#include "capi/results.h"

namespace {

using Array = af_atlas_schema::Array;
using Attribute = af_atlas_schema::Attribute;

template <typename T>
const T* at(const std::vector<T>* items, int64_t i) {
  bool inside = items != nullptr && i >= 0 && static_cast<size_t>(i) < items->size();
  return inside ? &(*items)[static_cast<size_t>(i)] : nullptr;
}

const Array* array_of(const af_atlas_schema* schema, int64_t array) {
  return at(schema == nullptr ? nullptr : &schema->arrays, array);
}

// Those of an array, or for -1 those of the dataset.
const std::vector<Attribute>* attributes_of(const af_atlas_schema* schema, int64_t array) {
  if (schema != nullptr && array == -1) return &schema->attributes;
  const Array* found = array_of(schema, array);
  return found == nullptr ? nullptr : &found->attributes;
}

const char* borrow(const std::string* text, int64_t* length) {
  if (length != nullptr) *length = text == nullptr ? 0 : static_cast<int64_t>(text->size());
  return text == nullptr ? nullptr : text->c_str();
}

std::vector<Attribute> attributes(const std::vector<af::AttributeDeclaration>& declared) {
  std::vector<Attribute> result;
  for (const af::AttributeDeclaration& attribute : declared)
    result.push_back({attribute.key, attribute.type});
  return result;
}

}  // namespace

namespace af {

int32_t codec_number(StoreCodec codec) {
  if (codec == StoreCodec::kNone) return AF_CODEC_NONE;
  return codec == StoreCodec::kLz4 ? AF_CODEC_LZ4 : AF_CODEC_ZSTD;
}

af_atlas_schema* new_atlas_schema(const DatasetSchema& schema) {
  auto result = std::make_unique<af_atlas_schema>();
  result->attributes = attributes(schema.attributes);
  for (const VariableSchema& variable : schema.variables) {
    const std::vector<AttributeDeclaration>* own = schema.attributes_of(variable.name);
    result->arrays.push_back({variable.name, variable.dtype.id, variable.dimension_names,
                              own == nullptr ? std::vector<Attribute>() : attributes(*own),
                              codec_number(variable.codec), variable.chunk_shape});
  }
  return result.release();
}

af_atlas_schema* new_atlas_schema(const MergedSchema& schema) {
  auto result = std::make_unique<af_atlas_schema>();
  result->attributes = attributes(schema.attributes);
  for (const MergedVariable& variable : schema.variables)
    result->arrays.push_back({variable.name,
                              variable.dtype.id,
                              variable.dimension_names,
                              attributes(variable.attributes),
                              -1,
                              {}});
  return result.release();
}

}  // namespace af

void af_atlas_schema_free(af_atlas_schema* schema) { delete schema; }

int64_t af_atlas_schema_array_count(const af_atlas_schema* schema) {
  return schema == nullptr ? 0 : static_cast<int64_t>(schema->arrays.size());
}

const char* af_atlas_schema_array_name(const af_atlas_schema* schema, int64_t array, int64_t* name_len) {
  const Array* found = array_of(schema, array);
  return borrow(found == nullptr ? nullptr : &found->name, name_len);
}

af_data_type af_atlas_schema_array_data_type(const af_atlas_schema* schema, int64_t array) {
  const Array* found = array_of(schema, array);
  return found == nullptr ? -1 : static_cast<af_data_type>(found->type);
}

int32_t af_atlas_schema_dimension_count(const af_atlas_schema* schema, int64_t array) {
  const Array* found = array_of(schema, array);
  return found == nullptr ? 0 : static_cast<int32_t>(found->dimension_names.size());
}

const char* af_atlas_schema_dimension_name(const af_atlas_schema* schema, int64_t array, int32_t axis,
                                           int64_t* name_len) {
  const Array* found = array_of(schema, array);
  return borrow(at(found == nullptr ? nullptr : &found->dimension_names, axis), name_len);
}

int64_t af_atlas_schema_attribute_count(const af_atlas_schema* schema, int64_t array) {
  const std::vector<Attribute>* found = attributes_of(schema, array);
  return found == nullptr ? 0 : static_cast<int64_t>(found->size());
}

const char* af_atlas_schema_attribute_key(const af_atlas_schema* schema, int64_t array, int64_t i,
                                          int64_t* key_len) {
  const Attribute* found = at(attributes_of(schema, array), i);
  return borrow(found == nullptr ? nullptr : &found->key, key_len);
}

af_data_type af_atlas_schema_attribute_data_type(const af_atlas_schema* schema, int64_t array, int64_t i) {
  const Attribute* found = at(attributes_of(schema, array), i);
  return found == nullptr ? -1 : static_cast<af_data_type>(found->type.type);
}

uint8_t af_atlas_schema_attribute_is_list(const af_atlas_schema* schema, int64_t array, int64_t i) {
  const Attribute* found = at(attributes_of(schema, array), i);
  return found != nullptr && found->type.list;
}

int32_t af_atlas_schema_array_codec(const af_atlas_schema* schema, int64_t array) {
  const Array* found = array_of(schema, array);
  return found == nullptr ? -1 : found->codec;
}

const int64_t* af_atlas_schema_array_chunk_shape(const af_atlas_schema* schema, int64_t array,
                                                 int32_t* rank) {
  const Array* found = array_of(schema, array);
  const bool known = found != nullptr && found->codec != -1;
  if (rank != nullptr) *rank = known ? static_cast<int32_t>(found->chunk_shape.size()) : 0;
  return known ? found->chunk_shape.data() : nullptr;
}
