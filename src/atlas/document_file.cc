#include "atlas/document_file.h"

#include "format/document.h"

namespace af {

std::optional<MetadataForm> form_of_document(std::string_view name) {
  for (MetadataForm form : metadata_forms())
    if (metadata_file_name(form) == name) return form;
  return {};
}

std::optional<MetadataForm> find_document(const ObjectStore& store, std::string_view prefix) {
  for (MetadataForm form : metadata_forms())
    if (store.stat(text_of(prefix, metadata_file_name(form)))) return form;
  return {};
}

StoredDocument read_document(const ObjectStore& store, const std::string& key, MetadataForm form,
                             int64_t max_allocation) {
  std::unique_ptr<Object> object = store.open(key);
  const ObjectInfo& info = object->info();
  if (info.size > max_allocation)
    fail(Status::kLimitExceeded, key, " has ", info.size, " bytes, allowed are ", max_allocation);
  auto size = static_cast<size_t>(info.size);
  Buffer bytes(size);
  object->read(0, bytes.span());
  try {
    std::optional<uint64_t> limit;
    if (max_allocation != INT64_MAX) limit = static_cast<uint64_t>(max_allocation);
    return {unpack_metadata(form, bytes.view(), limit), info.version, info.size};
  } catch (const Error& error) {
    throw Error(error.status(), text_of(key, ": ", error.message()), error.os_errno(), error.http_status());
  }
}

}  // namespace af
