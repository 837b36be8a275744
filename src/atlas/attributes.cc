// Attributes of datasets and of their arrays: declared in the metadata, their values in the stacks, or in the
// metadata too (schema 1).
#include <algorithm>

#include "atlas/atlas_impl.h"
#include "atlas/stored_value.h"
#include "format/store_names.h"
#include "format/timestamp.h"

namespace af {
namespace {

const AttributeDeclaration* find_declaration(const std::vector<AttributeDeclaration>& declared,
                                             std::string_view key) {
  auto found = std::ranges::find(declared, key, &AttributeDeclaration::key);
  return found == declared.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<AttributeDeclaration>& Atlas::Impl::declared_attributes(size_t row,
                                                                          std::string_view variable) const {
  static const std::vector<AttributeDeclaration> kNone;
  const DatasetSchema& schema = schema_of(row);
  if (variable.empty()) return schema.attributes;
  const std::vector<AttributeDeclaration>* declared = schema.attributes_of(variable);
  return declared ? *declared : kNone;
}

void Atlas::Impl::check_attribute_type(size_t row, std::string_view variable, std::string_view key,
                                       AttributeType type, const AttributeDeclaration* own) {
  if (!options.types_must_agree || types().fits(variable, key, type, own ? &own->type : nullptr)) return;
  fail(Status::kDtypeMismatch, "attribute ", quoted(key), " of dataset ", quoted(metadata.datasets.name(row)),
       " would be a ", type_name(type.type), type.list ? " list" : "",
       ", which has no type in common with that of other datasets");
}

void Atlas::Impl::set_attribute(size_t row, std::string_view variable, std::string_view key,
                                const Value& value) {
  require_writable();
  if (!variable.empty()) require_variable(row, variable);
  AttributeType type = attribute_type(value);
  const AttributeDeclaration* declared = find_declaration(declared_attributes(row, variable), key);
  check_attribute_type(row, variable, key, type, declared);
  std::string name(metadata.datasets.name(row));
  bool is_declared = declared && declared->type == type;
  uint32_t schema = metadata.datasets.schema(row);
  uint32_t with = is_declared ? schema : steps.with_attribute(metadata.schemas, schema, variable, key, type);
  Touch touch(*this, row);
  if (metadata.version == 1) {
    if (!variable.empty())
      fail(Status::kUnsupported, "array ", quoted(variable), ": in schema 1 arrays have no attributes");
    check_schema_1(key, value, form.format);
    set_value(row, key, value);
  } else {
    Stack stack = variable.empty() ? stack_to_write(kGlobalFolder) : this->stack(variable);
    if (variable.empty() && schema_of(row).attributes.empty() && stack->contains(name)) stack->erase(name);
    if (variable.empty() && !stack->contains(name))
      stack->define(name, make_schema(TypeId::kUInt8, Extents()));
    stack->set_attribute(name, key, to_stored(value));
  }
  if (!is_declared) set_schema(row, with);
  touch.keep();
}

void Atlas::Impl::set_value(size_t row, std::string_view key, const Value& value) {
  std::vector<Value> values = metadata.datasets.values(row);
  const std::vector<AttributeDeclaration>& declared = schema_of(row).attributes;
  auto at =
      static_cast<size_t>(std::ranges::find(declared, key, &AttributeDeclaration::key) - declared.begin());
  if (at == values.size())
    values.push_back(value);
  else
    values[at] = value;
  metadata.datasets.set_values(row, values);
}

void Atlas::Impl::remove_attribute(size_t row, std::string_view variable, std::string_view key) {
  require_writable();
  if (!variable.empty()) require_variable(row, variable);
  const std::vector<AttributeDeclaration>& declared = declared_attributes(row, variable);
  const AttributeDeclaration* found = find_declaration(declared, key);
  if (!found) fail(Status::kAttributeNotFound, "there is no attribute ", quoted(key));
  std::string name(metadata.datasets.name(row));
  auto at = found - declared.data();
  uint32_t without =
      SchemaSteps::without_attribute(metadata.schemas, metadata.datasets.schema(row), variable, key);
  Touch touch(*this, row);
  if (metadata.version == 1) {
    std::vector<Value> values = metadata.datasets.values(row);
    values.erase(values.begin() + at);
    metadata.datasets.set_values(row, values);
  } else if (Stack stack = find_stack(variable.empty() ? kGlobalFolder : variable);
             stack && stack->contains(name)) {
    ValueMap present = stack->attributes(name);
    if (std::ranges::any_of(present, [&](const auto& pair) { return pair.first == key; }))
      stack->remove_attribute(name, key);
  }
  set_schema(row, without);
  touch.keep();
}

ValueMap Atlas::Impl::attributes(size_t row, std::string_view variable) const {
  if (!variable.empty()) require_variable(row, variable);
  const std::vector<AttributeDeclaration>& declared = declared_attributes(row, variable);
  ValueMap found;
  if (container) {
    for (auto& [key, value] :
         variable.empty() ? container->attributes(row) : container->attributes(row, variable))
      found.emplace_back(key, std::move(value));
    return found;
  }
  if (declared.empty()) return found;
  if (metadata.version == 1) {
    std::vector<Value> values = metadata.datasets.values(row);
    for (size_t i = 0; i < declared.size() && i < values.size(); i++)
      found.emplace_back(declared[i].key, std::move(values[i]));
    return found;
  }
  std::string name(metadata.datasets.name(row));
  Stack stack = find_stack(variable.empty() ? kGlobalFolder : variable);
  if (!stack || !stack->contains(name)) return found;
  ValueMap stored = stack->attributes(name);
  for (const AttributeDeclaration& declaration : declared) {
    auto pair = std::ranges::find_if(stored, [&](const auto& pair) { return pair.first == declaration.key; });
    if (pair == stored.end()) continue;
    if (std::optional<Value> value = from_stored(declaration.type, *pair->second))
      found.emplace_back(declaration.key, std::move(value));
  }
  return found;
}

}  // namespace af
