#include "atlas/type_census.h"

#include <algorithm>

#include "format/merged_schema.h"

namespace af {
namespace {

template <typename Counts, typename Type>
void add(Counts& counts, const Type& type, int64_t datasets) {
  auto found = std::ranges::find_if(counts, [&](const auto& count) { return count.type == type; });
  if (found == counts.end())
    counts.push_back({type, datasets});
  else
    found->datasets += datasets;
}

template <typename Counts, typename Type>
bool fits_all(const Counts& counts, const Type& type, const Type* own) {
  std::optional<Type> merged;
  for (const auto& count : counts) {
    if (count.datasets - (own && *own == count.type ? 1 : 0) <= 0) continue;
    std::optional<Type> wider = merged ? widened(*merged, count.type) : std::optional(count.type);
    if (wider) merged = wider;
  }
  return !merged || widened(*merged, type);
}

// Names hold no '/', keys may.
std::string attribute_name(std::string_view variable, std::string_view key) {
  return text_of(variable, "/", key);
}

}  // namespace

void TypeCensus::count_attribute(std::string_view variable, const AttributeDeclaration& declared,
                                 int64_t datasets) {
  add(attributes_[attribute_name(variable, declared.key)], declared.type, datasets);
}

void TypeCensus::count(const DatasetSchema& schema, int64_t datasets) {
  for (const VariableSchema& variable : schema.variables)
    add(variables_[variable.name], variable.dtype, datasets);
  for (const AttributeDeclaration& declared : schema.attributes) count_attribute("", declared, datasets);
  for (const VariableAttributes& owner : schema.variable_attributes)
    for (const AttributeDeclaration& declared : owner.attributes)
      count_attribute(owner.variable, declared, datasets);
}

bool TypeCensus::fits(std::string_view variable, const DType& type, const DType* own) const {
  auto found = variables_.find(std::string(variable));
  return found == variables_.end() || fits_all(found->second, type, own);
}

bool TypeCensus::fits(std::string_view variable, std::string_view key, AttributeType type,
                      const AttributeType* own) const {
  auto found = attributes_.find(attribute_name(variable, key));
  return found == attributes_.end() || fits_all(found->second, type, own);
}

}  // namespace af
