// Changes to datasets and their arrays: in the metadata, and pending in the stacks.
#include <algorithm>
#include <new>
#include <tuple>

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

Atlas::Impl::Before Atlas::Impl::as_it_is(size_t row) const {
  const DatasetTable& datasets = metadata.datasets;
  bool live = !datasets.deleted(row);
  // Whether others change it as well is told by what its stacks are now.
  if (live) {
    for (const VariableSchema& variable : schema_of(row).variables) find_stack(variable.name);
    if (metadata.version > 1) find_stack(kGlobalFolder);
  }
  return {live, datasets.schema(row), metadata.version == 1 ? datasets.values(row) : std::vector<Value>()};
}

Atlas::Impl::Touch::Touch(Impl& atlas, size_t row) : atlas_(atlas) {
  std::string name(atlas.metadata.datasets.name(row));
  place_ = atlas.touched.find(name);
  if (place_ != atlas.touched.end()) return;
  place_ = atlas.touched.emplace(std::move(name), atlas.as_it_is(row)).first;
  is_new_ = true;
}

Atlas::Impl::Touch::Touch(Impl& atlas, std::string_view name) : atlas_(atlas) {
  std::tie(place_, is_new_) = atlas.touched.try_emplace(std::string(name));
}

Atlas::Impl::Touch::~Touch() {
  if (is_new_) atlas_.touched.erase(place_);
}

void Atlas::Impl::count(uint32_t schema, int64_t datasets) {
  if (!census) return;
  try {
    census->count(metadata.schemas[schema], datasets);
  } catch (const std::bad_alloc&) {
    census.reset();  // It is taken anew when it is needed.
  }
}

void Atlas::Impl::set_schema(size_t row, uint32_t schema) {
  count(metadata.datasets.schema(row), -1);
  count(schema, 1);
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
    Touch touch(*this, *row);
    metadata.datasets.set_values(*row, {});
    metadata.datasets.set_schema(*row, empty);
    metadata.datasets.set_deleted(*row, false);
    touch.keep();
    return *row;
  }
  if (static_cast<int64_t>(metadata.datasets.size()) >= options.max_datasets)
    fail(Status::kLimitExceeded, store->describe(), " has ", metadata.datasets.size(),
         " datasets, allowed are ", options.max_datasets);
  Touch touch(*this, name);
  size_t appended = metadata.datasets.append(name, empty);
  touch.keep();
  return appended;
}

void Atlas::Impl::delete_dataset(size_t row) {
  std::string name(metadata.datasets.name(row));
  if (container) {
    container->erase(std::span(&row, 1));
    load_container();
    deletions[name]++;
    return;
  }
  uint64_t& times = deletions[name];
  Touch touch(*this, row);
  // All are looked at before any is changed.
  std::vector<Stack> to_erase_from;
  auto look_into = [&](std::string_view folder) {
    Stack stack = find_stack(folder);
    if (stack && stack->contains(name)) to_erase_from.push_back(std::move(stack));
  };
  for (const VariableSchema& variable : schema_of(row).variables) look_into(variable.name);
  if (metadata.version > 1) look_into(kGlobalFolder);
  touch.keep();
  for (const Stack& stack : to_erase_from) stack->erase(name);
  count(metadata.datasets.schema(row), -1);
  metadata.datasets.set_deleted(row, true);
  times++;
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
  VariableSchema declared = declaration_of(variable, schema, metadata.codec);
  uint32_t with = steps.with_variable(metadata.schemas, metadata.datasets.schema(row), std::move(declared));
  Touch touch(*this, row);
  Stack stack = stack_to_write(variable);
  // Left by a writer that never came to declare it.
  if (stack->contains(name)) stack->erase(name);
  stack->define(name, schema);
  set_schema(row, with);
  touch.keep();
}

void Atlas::Impl::erase(size_t row, std::string_view variable) {
  require_writable();
  require_variable(row, variable);
  std::string name(metadata.datasets.name(row));
  uint32_t without = SchemaSteps::without_variable(metadata.schemas, metadata.datasets.schema(row), variable);
  Touch touch(*this, row);
  Stack stack = find_stack(variable);
  if (stack && stack->contains(name)) stack->erase(name);
  set_schema(row, without);
  touch.keep();
}

}  // namespace af
