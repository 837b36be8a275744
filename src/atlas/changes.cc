// Changes to datasets and their arrays: in the metadata, and pending in the stacks.
#include <algorithm>

#include "atlas/atlas_impl.h"
#include "format/store_names.h"

namespace af {
namespace {

VariableSchema declaration_of(std::string_view variable, const ArraySchema& schema, StoreCodec codec) {
  auto numbers = [](const Extents& extents) {
    return std::vector<int64_t>(extents.span().begin(), extents.span().end());
  };
  return {std::string(variable),       schema.dtype,           numbers(schema.shape),
          numbers(schema.chunk_shape), schema.dimension_names, codec};
}

}  // namespace

void Atlas::Impl::touch(size_t row) {
  const DatasetTable& datasets = metadata.datasets;
  auto [place, added] = touched.try_emplace(std::string(datasets.name(row)));
  if (!added) return;
  // Whether others change it as well is told by what its stacks are now.
  if (!datasets.deleted(row)) {
    for (const VariableSchema& variable : schema_of(row).variables) find_stack(variable.name);
    if (metadata.version > 1) find_stack(kGlobalFolder);
  }
  place->second = {!datasets.deleted(row), datasets.schema(row), {}};
  if (metadata.version == 1) place->second.values = datasets.values(row);
}

void Atlas::Impl::set_schema(size_t row, uint32_t schema) {
  if (census) {
    census->count(schema_of(row), -1);
    census->count(metadata.schemas[schema], 1);
  }
  metadata.datasets.set_schema(row, schema);
}

size_t Atlas::Impl::create_dataset(std::string_view name) {
  require_writable();
  check_dataset_name(name);
  std::optional<size_t> row = metadata.datasets.find(name);
  if (row && !metadata.datasets.deleted(*row))
    fail(Status::kDatasetAlreadyExists, store->describe(), ": dataset ", quoted(name), " is there already");
  uint32_t empty = metadata.schemas.intern({});
  if (row) {
    touch(*row);
    metadata.datasets.set_schema(*row, empty);
    metadata.datasets.set_deleted(*row, false);
    metadata.datasets.set_values(*row, {});
    return *row;
  }
  if (static_cast<int64_t>(metadata.datasets.size()) >= options.max_datasets)
    fail(Status::kLimitExceeded, store->describe(), " has ", metadata.datasets.size(),
         " datasets, allowed are ", options.max_datasets);
  touched.try_emplace(std::string(name));
  return metadata.datasets.append(name, empty);
}

void Atlas::Impl::delete_dataset(size_t row) {
  std::string name(metadata.datasets.name(row));
  if (container) {
    container->erase(std::span(&row, 1));
    load_container();
    deletions[name]++;
    return;
  }
  DatasetSchema schema = schema_of(row);
  touch(row);
  auto erase_from = [&](std::string_view folder) {
    Stack stack = find_stack(folder);
    if (stack && stack->contains(name)) stack->erase(name);
  };
  for (const VariableSchema& variable : schema.variables) erase_from(variable.name);
  if (metadata.version > 1) erase_from(kGlobalFolder);
  if (census) census->count(schema, -1);
  metadata.datasets.set_deleted(row, true);
  deletions[name]++;
}

TypeCensus& Atlas::Impl::types() {
  if (census) return *census;
  std::vector<int64_t> uses(metadata.schemas.size());
  for (size_t row = 0; row < metadata.datasets.size(); row++)
    if (!metadata.datasets.deleted(row)) uses[metadata.datasets.schema(row)]++;
  census.emplace();
  for (uint32_t schema = 0; schema < uses.size(); schema++)
    if (uses[schema] > 0) census->count(metadata.schemas[schema], uses[schema]);
  return *census;
}

void Atlas::Impl::check_type(size_t row, std::string_view variable, const DType& dtype) {
  if (!options.types_must_agree) return;
  const VariableSchema* own = schema_of(row).variable(variable);
  if (!types().fits(variable, dtype, own ? &own->dtype : nullptr))
    fail(Status::kDtypeMismatch, "array ", quoted(variable), " of dataset ",
         quoted(metadata.datasets.name(row)), " would be of ", type_name(dtype.id),
         ", which has no type in common with that of other datasets");
}

void Atlas::Impl::define(size_t row, std::string_view variable, const ArraySchema& schema) {
  require_writable();
  check_variable_name(variable);
  std::string name(metadata.datasets.name(row));
  if (schema_of(row).variable(variable))
    fail(Status::kArrayAlreadyExists, "dataset ", quoted(name), " has an array ", quoted(variable),
         " already");
  if (is_list(schema.dtype.id))
    fail(Status::kUnsupported, "array ", quoted(variable), ": a store holds no arrays of lists");
  check_type(row, variable, schema.dtype);
  Stack stack = stack_to_write(variable);
  // Left by a writer that never came to declare it.
  if (stack->contains(name)) stack->erase(name);
  stack->define(name, schema);
  touch(row);
  VariableSchema declared = declaration_of(variable, schema, metadata.codec);
  set_schema(row, steps.with_variable(metadata.schemas, metadata.datasets.schema(row), std::move(declared)));
}

void Atlas::Impl::erase(size_t row, std::string_view variable) {
  require_writable();
  require_variable(row, variable);
  std::string name(metadata.datasets.name(row));
  Stack stack = find_stack(variable);
  if (stack && stack->contains(name)) stack->erase(name);
  touch(row);
  set_schema(row, SchemaSteps::without_variable(metadata.schemas, metadata.datasets.schema(row), variable));
}

}  // namespace af
