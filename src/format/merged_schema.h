// One description of everything that the datasets of a store declare, types widened where they differ.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/store_metadata.h"

namespace af {

// The type that holds both, or nothing when there is none: equal types; integers the larger, of mixed sign a
// larger signed one, at most Int64; with a float Float64 if either has 64 bits or is an integer of 32, else
// Float32; String with TimestampNs is String; variable-length lists by their elements.
std::optional<DType> widened(const DType& a, const DType& b);
// The same for attributes: between scalars, and between lists.
std::optional<AttributeType> widened(AttributeType a, AttributeType b);

struct MergedVariable {
  std::string name;
  DType dtype;
  std::vector<std::string> dimension_names;  // of the first dataset that declares the variable
  std::vector<AttributeDeclaration> attributes;
};

struct MergedSchema {
  std::vector<MergedVariable> variables;
  std::vector<AttributeDeclaration> attributes;
};

// Over the datasets that are not deleted, in the order of their ordinals; a type that does not fit the ones
// before is passed over.
MergedSchema merged_schema(const StoreMetadata& metadata);

}  // namespace af
