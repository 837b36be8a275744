// The calls of one dataset.
#include <algorithm>

#include "atlas/atlas_impl.h"

namespace af {
namespace {

// Calls `call` with the file and the name of an array. One that is declared and not there is damage.
template <typename Call>
auto in_stack(const Atlas::Impl& atlas, size_t row, std::string_view variable, const Call& call) {
  Atlas::Impl::Located located = atlas.locate(row, variable);
  try {
    return call(*located.file, located.array);
  } catch (const Error& error) {
    if (error.status() != Status::kArrayNotFound) throw;
    throw Error(Status::kCorrupt,
                text_of("array ", quoted(variable), " is declared but not there: ", error.message()));
  }
}

}  // namespace

size_t Dataset::row() const {
  const Atlas::Impl& atlas = *atlas_->impl_;
  size_t row = atlas.require(name_);
  if (atlas.incarnation(name_) != incarnation_)
    fail(Status::kDatasetNotFound, "dataset ", quoted(name_),
         " was deleted; there is another one of its name");
  return row;
}

DatasetSchema Dataset::declared() const {
  std::shared_lock lock(atlas_->mutex_);
  return atlas_->impl_->full_schema(row());
}

void Dataset::define(std::string_view variable, const ArraySchema& schema) {
  std::unique_lock lock(atlas_->mutex_);
  atlas_->impl_->define(row(), variable, schema);
}

void Dataset::erase(std::string_view variable) {
  std::unique_lock lock(atlas_->mutex_);
  atlas_->impl_->erase(row(), variable);
}

bool Dataset::contains(std::string_view variable) const {
  std::shared_lock lock(atlas_->mutex_);
  return atlas_->impl_->schema_of(row()).variable(variable) != nullptr;
}

ArraySchema Dataset::schema(std::string_view variable) const {
  std::shared_lock lock(atlas_->mutex_);
  const Atlas::Impl& atlas = *atlas_->impl_;
  return in_stack(atlas, row(), variable,
                  [](ArrayFile& file, std::string_view array) { return file.schema(array); });
}

Listing Dataset::list() const {
  DatasetSchema schema = declared();
  Listing listing;
  for (const VariableSchema& variable : schema.variables) {
    listing.names += variable.name;
    listing.name_offsets.push_back(static_cast<int64_t>(listing.names.size()));
    listing.dtypes.push_back(static_cast<int32_t>(variable.dtype.id));
    listing.shapes.insert(listing.shapes.end(), variable.shape.begin(), variable.shape.end());
    listing.shape_offsets.push_back(static_cast<int64_t>(listing.shapes.size()));
  }
  return listing;
}

NamedStats Dataset::stats(std::string_view variable) const {
  std::shared_lock lock(atlas_->mutex_);
  const Atlas::Impl& atlas = *atlas_->impl_;
  size_t at = row();
  atlas.require_variable(at, variable);
  if (atlas.container) return {std::string(variable), atlas.container->stats(at, variable)};
  NamedStats stats = in_stack(atlas, at, variable,
                              [](ArrayFile& file, std::string_view array) { return file.stats(array); });
  stats.name = variable;
  return stats;
}

void Dataset::write(std::string_view variable, std::span<const int64_t> start, std::span<const int64_t> shape,
                    Strided<ByteView> src) {
  std::unique_lock lock(atlas_->mutex_);
  Atlas::Impl& atlas = *atlas_->impl_;
  size_t at = row();
  atlas.require_writable();
  atlas.require_variable(at, variable);
  Atlas::Impl::Touch touch(atlas, at);
  in_stack(atlas, at, variable,
           [&](ArrayFile& file, std::string_view array) { file.write(array, start, shape, src); });
  touch.keep();
}

void Dataset::write_variable(std::string_view variable, std::span<const int64_t> start,
                             std::span<const int64_t> shape, const std::byte* bytes,
                             std::span<const int64_t> offsets) {
  std::unique_lock lock(atlas_->mutex_);
  Atlas::Impl& atlas = *atlas_->impl_;
  size_t at = row();
  atlas.require_writable();
  atlas.require_variable(at, variable);
  Atlas::Impl::Touch touch(atlas, at);
  in_stack(atlas, at, variable, [&](ArrayFile& file, std::string_view array) {
    file.write_variable(array, start, shape, bytes, offsets);
  });
  touch.keep();
}

void Dataset::read(std::string_view variable, std::span<const int64_t> start, std::span<const int64_t> shape,
                   Strided<MutableBytes> dst) const {
  std::shared_lock lock(atlas_->mutex_);
  in_stack(*atlas_->impl_, row(), variable,
           [&](ArrayFile& file, std::string_view array) { file.read(array, start, shape, dst); });
}

VariableData Dataset::read_variable(std::string_view variable, std::span<const int64_t> start,
                                    std::span<const int64_t> shape) const {
  std::shared_lock lock(atlas_->mutex_);
  return in_stack(*atlas_->impl_, row(), variable, [&](ArrayFile& file, std::string_view array) {
    return file.read_variable(array, start, shape);
  });
}

// ---------------------------------------------------------------- attributes

namespace {

Value value_of(ValueMap attributes, std::string_view key) {
  auto found = std::ranges::find_if(attributes, [&](const auto& pair) { return pair.first == key; });
  if (found == attributes.end()) fail(Status::kAttributeNotFound, "there is no attribute ", quoted(key));
  return std::move(*found->second);
}

// The empty name is that of no array, but stands for the dataset inside.
void check_name(std::string_view variable) {
  if (variable.empty()) fail(Status::kArrayNotFound, "no array has an empty name");
}

}  // namespace

void Dataset::set_attribute(std::string_view key, const Value& value) {
  std::unique_lock lock(atlas_->mutex_);
  atlas_->impl_->set_attribute(row(), {}, key, value);
}

void Dataset::remove_attribute(std::string_view key) {
  std::unique_lock lock(atlas_->mutex_);
  atlas_->impl_->remove_attribute(row(), {}, key);
}

Value Dataset::attribute(std::string_view key) const { return value_of(attributes(), key); }

ValueMap Dataset::attributes() const {
  std::shared_lock lock(atlas_->mutex_);
  return atlas_->impl_->attributes(row(), {});
}

void Dataset::set_array_attribute(std::string_view variable, std::string_view key, const Value& value) {
  std::unique_lock lock(atlas_->mutex_);
  check_name(variable);
  atlas_->impl_->set_attribute(row(), variable, key, value);
}

void Dataset::remove_array_attribute(std::string_view variable, std::string_view key) {
  std::unique_lock lock(atlas_->mutex_);
  check_name(variable);
  atlas_->impl_->remove_attribute(row(), variable, key);
}

Value Dataset::array_attribute(std::string_view variable, std::string_view key) const {
  return value_of(array_attributes(variable), key);
}

ValueMap Dataset::array_attributes(std::string_view variable) const {
  std::shared_lock lock(atlas_->mutex_);
  check_name(variable);
  return atlas_->impl_->attributes(row(), variable);
}

}  // namespace af
