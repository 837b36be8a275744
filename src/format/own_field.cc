#include "format/own_field.h"

#include "format/checksum.h"
#include "format/schema_document.h"

namespace af {
namespace {

constexpr std::string_view kNoChecksum = "0000000000000000";
constexpr char kHex[] = "0123456789abcdef";

// What stands before and behind the checksum's digits, which are the document's last value.
struct Surroundings {
  std::string_view before, behind;
};
Surroundings surroundings(MetadataFormat format) {
  if (format == MetadataFormat::kJson) return {"\"checksum\": \"", "\"\n  }\n}"};
  return {
      "\xa8"
      "checksum\xb0",
      ""};
}

std::string hex(std::span<const uint8_t> bytes) {
  std::string text;
  for (uint8_t byte : bytes) {
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::string checksum_text(std::string_view bytes) {
  uint64_t sum = __builtin_bswap64(checksum(as_bytes(bytes)));
  return hex({reinterpret_cast<const uint8_t*>(&sum), sizeof sum});
}

LayerId read_id(const DocumentValue& value) {
  std::string_view text = value.text("a layer's id");
  LayerId id{};
  if (text.size() != 2 * id.size()) fail(Status::kCorrupt, "a layer's id ", quoted(text));
  for (size_t i = 0; i < text.size(); i++) {
    size_t digit = std::string_view(kHex, 16).find(text[i]);
    if (digit == std::string_view::npos) fail(Status::kCorrupt, "a layer's id ", quoted(text));
    id[i / 2] = static_cast<uint8_t>(id[i / 2] << 4 | digit);
  }
  return id;
}

uint32_t read_u32(const DocumentValue& value, std::string_view what) {
  uint64_t number = value.natural(what);
  if (number > UINT32_MAX) fail(Status::kCorrupt, what, ": ", number, " is over 32 bits");
  return static_cast<uint32_t>(number);
}

CommitRecord read_commit(const DocumentValue& value) {
  constexpr std::string_view kFields[] = {"sequence", "unix_ms", "folders"};
  auto fields = fields_of(value, "the commit", kFields);
  for (const auto& field : fields)
    if (!field) fail(Status::kCorrupt, "the commit lacks a field");
  CommitRecord commit{fields[0]->natural("a sequence"), fields[1]->integer("a time"), {}};
  for (const auto& [variable, layers] : distinct_entries(*fields[2], "the commit's folders")) {
    auto& folder = commit.folders.emplace_back();
    folder.variable = variable;
    for (DocumentValue id : layers.elements("a folder's layers")) folder.layers.push_back(read_id(id));
  }
  return commit;
}

void write_commit(const CommitRecord& commit, DocumentWriter& out) {
  out.begin_map(3);
  out.key("sequence");
  out.natural(commit.sequence);
  out.key("unix_ms");
  out.integer(commit.unix_ms);
  out.key("folders");
  out.begin_map(static_cast<uint32_t>(commit.folders.size()));
  for (const CommitRecord::Folder& folder : commit.folders) {
    out.key(folder.variable);
    out.begin_array(static_cast<uint32_t>(folder.layers.size()));
    for (const LayerId& id : folder.layers) out.text(hex(id));
    out.end_array();
  }
  out.end_map();
  out.end_map();
}

}  // namespace

bool is_sealed(MetadataFormat format, std::string_view document) {
  auto [before, behind] = surroundings(format);
  if (document.size() < before.size() + kNoChecksum.size() + behind.size() || !document.ends_with(behind))
    return false;
  document.remove_suffix(behind.size());
  std::string_view digits = document.substr(document.size() - kNoChecksum.size());
  document.remove_suffix(digits.size());
  return document.ends_with(before) && checksum_text(document) == digits;
}

void seal(MetadataFormat format, std::string* document) {
  size_t at = document->size() - surroundings(format).behind.size() - kNoChecksum.size();
  document->replace(at, kNoChecksum.size(), checksum_text(std::string_view(*document).substr(0, at)));
}

OwnField read_own_field(const DocumentValue& value) {
  constexpr std::string_view kFields[] = {"texts", "commit"};
  auto fields = fields_of(value, "the field of ours", kFields);
  OwnField field;
  if (fields[1]) field.commit = read_commit(*fields[1]);
  if (!fields[0]) return field;
  std::vector<uint32_t> numbers;
  for (DocumentValue number : fields[0]->elements("texts"))
    numbers.push_back(read_u32(number, "a place of a text"));
  for (size_t i = 0; i + 1 < numbers.size(); i += 2) field.texts.emplace_back(numbers[i], numbers[i + 1]);
  return field;
}

void write_own_field(const OwnField& field, DocumentWriter& out) {
  out.key(kOwnField);
  out.begin_map(1 + !field.texts.empty() + field.commit.has_value());
  if (!field.texts.empty()) {
    out.key("texts");
    out.begin_array(static_cast<uint32_t>(field.texts.size() * 2));
    for (auto [row, position] : field.texts) {
      out.integer(row);
      out.integer(position);
    }
    out.end_array();
  }
  if (field.commit) {
    out.key("commit");
    write_commit(*field.commit, out);
  }
  out.key("checksum");
  out.text(kNoChecksum);
  out.end_map();
}

}  // namespace af
