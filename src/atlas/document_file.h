// The document that a store's metadata are kept in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "atlas/metadata_form.h"
#include "store/store.h"

namespace af {

// Nothing for what is no name of such a document.
std::optional<MetadataForm> form_of_document(std::string_view name);

// The document in a folder; of several the one that the reference would open. `prefix` is empty or ends in
// '/'.
std::optional<MetadataForm> find_document(const ObjectStore& store, std::string_view prefix);

struct StoredDocument {
  StoreMetadata metadata;
  std::string version;  // of the object
  int64_t size = 0;
};

// Throws kNotFound, kCorrupt, kUnsupported, kLimitExceeded.
StoredDocument read_document(const ObjectStore& store, const std::string& key, MetadataForm form,
                             int64_t max_allocation);

}  // namespace af
