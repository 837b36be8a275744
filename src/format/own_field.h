// The field that metadata documents of ours have and the reference passes over: the last one, sealed by a
// checksum over all that comes before. Bytes: docs/format.md.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/document.h"
#include "format/document_writer.h"
#include "format/store_metadata.h"

namespace af {

inline constexpr std::string_view kOwnField = "arrayformat";

struct OwnField {
  // Attributes of schema 1 that are text though they read as a timestamp: row in the document and position,
  // ascending.
  std::vector<std::pair<uint32_t, uint32_t>> texts;
  std::optional<CommitRecord> commit;
};

// Whether the document ends with a field of ours and is as its writer left it.
bool is_sealed(MetadataFormat format, std::string_view document);
OwnField read_own_field(const DocumentValue& value);

// The key and its value, with room for the checksum: it must be the root's last entry.
void write_own_field(const OwnField& field, DocumentWriter& out);
// Puts the checksum into a finished document with such a field.
void seal(MetadataFormat format, std::string* document);

}  // namespace af
