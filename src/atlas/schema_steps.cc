#include "atlas/schema_steps.h"

#include <algorithm>

namespace af {
namespace {

// More different steps from one schema are not remembered.
constexpr size_t kMaxSteps = 16;

std::vector<AttributeDeclaration>* attributes_of(DatasetSchema& schema, std::string_view variable) {
  if (variable.empty()) return &schema.attributes;
  auto found = std::ranges::find(schema.variable_attributes, variable, &VariableAttributes::variable);
  return found == schema.variable_attributes.end() ? nullptr : &found->attributes;
}

}  // namespace

template <typename Change>
uint32_t SchemaSteps::take(SchemaPool& pool, uint32_t from, Step step, const Change& change) {
  std::vector<Step>& known = steps_[from];
  for (const Step& taken : known)
    if (taken.same(step)) return taken.to;
  DatasetSchema schema = pool[from];
  change(schema);
  step.to = pool.intern(std::move(schema));
  if (known.size() < kMaxSteps) known.push_back(step);
  return step.to;
}

uint32_t SchemaSteps::with_variable(SchemaPool& pool, uint32_t from, VariableSchema variable) {
  Step step;
  step.variable = std::move(variable);
  return take(pool, from, step, [&](DatasetSchema& schema) { schema.variables.push_back(step.variable); });
}

uint32_t SchemaSteps::with_attribute(SchemaPool& pool, uint32_t from, std::string_view variable,
                                     std::string_view key, AttributeType type) {
  Step step;
  step.variable.name = variable;
  step.key = key;
  step.type = type;
  step.is_attribute = true;
  return take(pool, from, step, [&](DatasetSchema& schema) {
    std::vector<AttributeDeclaration>* attributes = attributes_of(schema, variable);
    if (!attributes)
      attributes =
          &schema.variable_attributes.emplace_back(VariableAttributes{std::string(variable), {}}).attributes;
    auto found = std::ranges::find(*attributes, key, &AttributeDeclaration::key);
    if (found == attributes->end())
      attributes->push_back({std::string(key), type});
    else
      found->type = type;
  });
}

uint32_t SchemaSteps::without_variable(SchemaPool& pool, uint32_t from, std::string_view variable) {
  DatasetSchema schema = pool[from];
  std::erase_if(schema.variables, [&](const VariableSchema& declared) { return declared.name == variable; });
  std::erase_if(schema.variable_attributes,
                [&](const VariableAttributes& owner) { return owner.variable == variable; });
  return pool.intern(std::move(schema));
}

uint32_t SchemaSteps::without_attribute(SchemaPool& pool, uint32_t from, std::string_view variable,
                                        std::string_view key) {
  DatasetSchema schema = pool[from];
  if (std::vector<AttributeDeclaration>* attributes = attributes_of(schema, variable)) {
    std::erase_if(*attributes, [&](const AttributeDeclaration& declared) { return declared.key == key; });
    if (attributes->empty() && !variable.empty())
      std::erase_if(schema.variable_attributes,
                    [&](const VariableAttributes& owner) { return owner.variable == variable; });
  }
  return pool.intern(std::move(schema));
}

}  // namespace af
