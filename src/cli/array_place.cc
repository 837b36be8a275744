#include "cli/array_place.h"

#include "cli/netcdf_marks.h"

namespace af::cli {
namespace {

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::vector<ArraySource::Item> StackSource::list() const {
  const Listing listing = make<Listing>(af_file_list, file_);
  std::vector<Item> items;
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    const std::string_view name = name_at(listing.get(), i);
    items.push_back({std::string(name), last_part(name) == kHolder && shape_at(listing.get(), i).empty()});
  }
  return items;
}

std::vector<ArraySource::Item> DatasetSource::list() const {
  const Listing listing = make<Listing>(af_dataset_list, dataset_);
  std::vector<Item> items = {{std::string(kHolder), true}};
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++)
    items.push_back({std::string(name_at(listing.get(), i)), false});
  return items;
}

ValueMap DatasetSource::attributes(std::string_view name) const {
  return name == kHolder ? make<ValueMap>(af_dataset_attributes, dataset_) : attributes_of(dataset_, name);
}

void StackSink::define_holder(const std::string& name) {
  if (name == kHolder) return;
  const Schema schema = make<Schema>(af_schema_create, AF_UINT8, static_cast<const int64_t*>(nullptr), 0);
  define(name, schema.get());
}

void StackSink::define(const std::string& name, const af_schema* schema) {
  call(af_file_define, file_, name.data(), length(name), schema);
}

void StackSink::write(const std::string& name, const Region& region, std::span<const std::byte> from) {
  call(af_file_write, file_, name.data(), length(name), region.start.data(), region.shape.data(),
       rank_of(region), nullptr, from.data(), static_cast<int64_t>(from.size()));
}

void StackSink::write_texts(const std::string& name, const Region& region, const Texts& texts) {
  call(af_file_write_variable, file_, name.data(), length(name), region.start.data(), region.shape.data(),
       rank_of(region), texts.bytes.data(), texts.offsets.data(), texts.count());
}

void StackSink::set_attribute(const std::string& name, std::string_view key, const af_value* value) {
  if (name == kHolder) return call(af_file_set_file_attribute, file_, key.data(), length(key), value);
  call(af_file_set_attribute, file_, name.data(), length(name), key.data(), length(key), value);
}

void DatasetSink::define(const std::string& name, const af_schema* schema) {
  call(af_dataset_define, dataset_, name.data(), length(name), schema);
}

void DatasetSink::write(const std::string& name, const Region& region, std::span<const std::byte> from) {
  call(af_dataset_write, dataset_, name.data(), length(name), region.start.data(), region.shape.data(),
       rank_of(region), nullptr, from.data(), static_cast<int64_t>(from.size()));
}

void DatasetSink::write_texts(const std::string& name, const Region& region, const Texts& texts) {
  call(af_dataset_write_variable, dataset_, name.data(), length(name), region.start.data(),
       region.shape.data(), rank_of(region), texts.bytes.data(), texts.offsets.data(), texts.count());
}

void DatasetSink::set_attribute(const std::string& name, std::string_view key, const af_value* value) {
  if (name == kHolder) return call(af_dataset_set_attribute, dataset_, key.data(), length(key), value);
  call(af_dataset_set_array_attribute, dataset_, name.data(), length(name), key.data(), length(key), value);
}

}  // namespace af::cli
