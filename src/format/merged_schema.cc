#include "format/merged_schema.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

namespace af {
namespace {

struct Number {
  enum Kind { kUnsigned, kSigned, kFloat } kind;
  int bits;
};

std::optional<Number> number_of(TypeId type) {
  auto bits_from = [&](TypeId first) { return 8 << (static_cast<int>(type) - static_cast<int>(first)); };
  if (type >= TypeId::kInt8 && type <= TypeId::kInt64)
    return Number{Number::kSigned, bits_from(TypeId::kInt8)};
  if (type >= TypeId::kUInt8 && type <= TypeId::kUInt64)
    return Number{Number::kUnsigned, bits_from(TypeId::kUInt8)};
  if (type == TypeId::kFloat32) return Number{Number::kFloat, 32};
  if (type == TypeId::kFloat64) return Number{Number::kFloat, 64};
  return std::nullopt;
}

TypeId type_of(Number number) {
  if (number.kind == Number::kFloat) return number.bits == 64 ? TypeId::kFloat64 : TypeId::kFloat32;
  TypeId first = number.kind == Number::kSigned ? TypeId::kInt8 : TypeId::kUInt8;
  return static_cast<TypeId>(static_cast<int>(first) +
                             std::countr_zero(static_cast<unsigned>(number.bits / 8)));
}

Number widened_number(Number a, Number b) {
  if (a.kind == Number::kFloat || b.kind == Number::kFloat) {
    // A Float32 cannot tell all integers of 32 bits apart.
    auto is_wide = [](Number n) { return n.bits == 64 || (n.bits == 32 && n.kind != Number::kFloat); };
    return {Number::kFloat, is_wide(a) || is_wide(b) ? 64 : 32};
  }
  if (a.kind == b.kind) return {a.kind, std::max(a.bits, b.bits)};
  auto signed_bits = [](Number n) { return n.kind == Number::kSigned ? n.bits : std::min(2 * n.bits, 64); };
  return {Number::kSigned, std::max(signed_bits(a), signed_bits(b))};
}

std::optional<TypeId> widened_type(TypeId a, TypeId b) {
  if (a == b) return a;
  auto number_a = number_of(a), number_b = number_of(b);
  if (number_a && number_b) return type_of(widened_number(*number_a, *number_b));
  auto are = [&](TypeId x, TypeId y) { return (a == x && b == y) || (a == y && b == x); };
  return are(TypeId::kString, TypeId::kTimestampNs) ? std::optional(TypeId::kString) : std::nullopt;
}

// Adds declarations to a list, each key once. The keys live in the pool.
class AttributeMerger {
 public:
  void add(const std::vector<AttributeDeclaration>& from, std::vector<AttributeDeclaration>* into) {
    for (const AttributeDeclaration& attribute : from) {
      auto [place, is_new] = places_.try_emplace(attribute.key, into->size());
      if (is_new) {
        into->push_back(attribute);
      } else if (auto both = widened((*into)[place->second].type, attribute.type)) {
        (*into)[place->second].type = *both;
      }
    }
  }

 private:
  std::unordered_map<std::string_view, size_t> places_;
};

class Merger {
 public:
  void add(const DatasetSchema& schema) {
    for (const VariableSchema& variable : schema.variables) add_variable(variable);
    for (const VariableAttributes& of : schema.variable_attributes) {
      auto place = places_.find(of.variable);
      // Attributes of variables that nobody declares say nothing.
      if (place == places_.end() || !schema.variable(of.variable)) continue;
      variable_attributes_[place->second].add(of.attributes, &merged_.variables[place->second].attributes);
    }
    attributes_.add(schema.attributes, &merged_.attributes);
  }
  MergedSchema take() && { return std::move(merged_); }

 private:
  void add_variable(const VariableSchema& variable) {
    auto [place, is_new] = places_.try_emplace(variable.name, merged_.variables.size());
    if (is_new) {
      merged_.variables.push_back({variable.name, variable.dtype, variable.dimension_names, {}});
      variable_attributes_.emplace_back();
      return;
    }
    DType& dtype = merged_.variables[place->second].dtype;
    if (auto both = widened(dtype, variable.dtype)) dtype = *both;
  }

  MergedSchema merged_;
  std::unordered_map<std::string_view, size_t> places_;
  std::vector<AttributeMerger> variable_attributes_;
  AttributeMerger attributes_;
};

}  // namespace

std::optional<DType> widened(const DType& a, const DType& b) {
  if (a == b) return a;
  if (a.id == TypeId::kList && b.id == TypeId::kList) {
    std::optional<DType> child = widened(*a.child, *b.child);
    if (!child) return std::nullopt;
    DType list(TypeId::kList);
    list.child = std::make_shared<const DType>(*child);
    return list;
  }
  if (is_list(a.id) || is_list(b.id)) return std::nullopt;
  std::optional<TypeId> type = widened_type(a.id, b.id);
  return type ? std::optional<DType>(*type) : std::nullopt;
}

std::optional<AttributeType> widened(AttributeType a, AttributeType b) {
  if (a.list != b.list) return std::nullopt;
  std::optional<TypeId> type = widened_type(a.type, b.type);
  return type ? std::optional(AttributeType{*type, a.list}) : std::nullopt;
}

MergedSchema merged_schema(const StoreMetadata& metadata) {
  Merger merger;
  std::vector<bool> seen(metadata.schemas.size());
  for (size_t row = 0; row < metadata.datasets.size(); row++) {
    uint32_t id = metadata.datasets.schema(row);
    if (metadata.datasets.deleted(row) || seen[id]) continue;
    seen[id] = true;
    merger.add(metadata.schemas[id]);
  }
  return std::move(merger).take();
}

}  // namespace af
