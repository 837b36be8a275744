#include <cmath>

#include "format/document_writer.h"
#include "format/merged_schema.h"
#include "format/own_field.h"
#include "format/schema_document.h"
#include "format/store_metadata.h"
#include "format/timestamp.h"

namespace af {
namespace {

// The schemas that are in use, numbered as datasets first use them.
class UsedSchemas {
 public:
  explicit UsedSchemas(const StoreMetadata& metadata) : numbers_(metadata.schemas.size(), kUnused) {
    for (size_t row = 0; row < metadata.datasets.size(); row++) {
      if (metadata.datasets.deleted(row) && metadata.version != 3) continue;
      uint32_t id = metadata.datasets.schema(row);
      if (numbers_[id] != kUnused) continue;
      numbers_[id] = static_cast<uint32_t>(ids_.size());
      ids_.push_back(id);
    }
  }
  const std::vector<uint32_t>& ids() const { return ids_; }
  uint32_t number(uint32_t id) const { return numbers_[id]; }

 private:
  static constexpr uint32_t kUnused = UINT32_MAX;
  std::vector<uint32_t> ids_;
  std::vector<uint32_t> numbers_;
};

class MetadataWriter {
 public:
  MetadataWriter(const StoreMetadata& metadata, MetadataFormat format)
      : metadata_(metadata), datasets_(metadata.datasets), format_(format) {
    out_ = format == MetadataFormat::kJson ? json_writer(&text_) : msgpack_writer(&text_);
  }

  std::string write() && {
    own_.commit = metadata_.commit;
    if (metadata_.version == 1) find_texts();
    bool has_own = own_.commit || !own_.texts.empty();
    constexpr uint32_t kFields[] = {3, 5, 7};
    out_->begin_map(kFields[metadata_.version - 1] + has_own);
    out_->key("version");
    out_->integer(metadata_.version);
    out_->key("codec");
    out_->text(store_codec_name(metadata_.codec));
    metadata_.version == 1 ? write_records() : write_pool();
    if (has_own) write_own_field(own_, *out_);
    out_->end_map();
    if (has_own) seal(format_, &text_);
    return std::move(text_);
  }

 private:
  // Deleted datasets have a place in schema 3 only.
  bool is_written(size_t row) const { return metadata_.version == 3 || !datasets_.deleted(row); }
  uint32_t written_rows() const {
    return static_cast<uint32_t>(metadata_.version == 3 ? datasets_.size() : datasets_.live_count());
  }

  void find_texts();
  void write_records();
  void write_record(size_t row);
  void write_attribute(const AttributeDeclaration& attribute, const Value& value);
  void write_pool();
  void write_deleted();
  void write_merged();

  const StoreMetadata& metadata_;
  const DatasetTable& datasets_;
  MetadataFormat format_;
  OwnField own_;
  std::string text_;
  std::unique_ptr<DocumentWriter> out_;
};

void MetadataWriter::find_texts() {
  uint32_t row_in_document = 0;
  for (size_t row = 0; row < datasets_.size(); row++) {
    if (!is_written(row)) continue;
    uint32_t position = 0;
    for (const Value& value : datasets_.values(row)) {
      if (value.type() == TypeId::kString && parse_timestamp(value.data()))
        own_.texts.emplace_back(row_in_document, position);
      position++;
    }
    row_in_document++;
  }
}

void MetadataWriter::write_records() {
  out_->key("datasets");
  out_->begin_map(written_rows());
  for (size_t row = 0; row < datasets_.size(); row++) {
    if (!is_written(row)) continue;
    out_->key(datasets_.name(row));
    try {
      write_record(row);
    } catch (const Error& error) {
      fail(error.status(), "dataset ", quoted(datasets_.name(row)), ": ", error.message());
    }
  }
  out_->end_map();
}

void MetadataWriter::write_record(size_t row) {
  const DatasetSchema& schema = metadata_.schemas[datasets_.schema(row)];
  if (!schema.variable_attributes.empty())
    fail(Status::kUnsupported, "variables have no attributes in schema 1");
  std::vector<Value> values = datasets_.values(row);
  if (values.size() != schema.attributes.size())
    fail(Status::kInternal, values.size(), " values for ", schema.attributes.size(), " attributes");
  out_->begin_map(2);
  out_->key("arrays");
  write_variables(schema.variables, *out_);
  out_->key("attributes");
  out_->begin_map(static_cast<uint32_t>(values.size()));
  for (size_t i = 0; i < values.size(); i++) write_attribute(schema.attributes[i], values[i]);
  out_->end_map();
  out_->end_map();
}

void MetadataWriter::write_attribute(const AttributeDeclaration& attribute, const Value& value) {
  out_->key(attribute.key);
  switch (value.type()) {
    case TypeId::kBool: return out_->boolean(value.get<uint8_t>() != 0);
    case TypeId::kInt64: return out_->integer(value.get<int64_t>());
    case TypeId::kString: return out_->text(value.data());
    case TypeId::kTimestampNs: return out_->text(timestamp_text(value.get<int64_t>()));
    case TypeId::kFloat64: break;
    default:
      fail(Status::kUnsupported, "attribute ", quoted(attribute.key), " is a ", type_name(value.type()),
           "; schema 1 holds Bool, Int64, Float64, String and TimestampNs");
  }
  double number = value.get<double>();
  if (format_ == MetadataFormat::kJson && !std::isfinite(number))
    fail(Status::kUnsupported, "attribute ", quoted(attribute.key),
         " is NaN or infinite, which JSON cannot hold");
  out_->real(number);
}

void MetadataWriter::write_pool() {
  UsedSchemas used(metadata_);
  out_->key("schemas");
  out_->begin_array(static_cast<uint32_t>(used.ids().size()));
  for (uint32_t id : used.ids()) write_schema(metadata_.schemas[id], *out_);
  out_->end_array();
  out_->key("datasets");
  out_->begin_map(written_rows());
  for (size_t row = 0; row < datasets_.size(); row++) {
    if (!is_written(row)) continue;
    out_->key(datasets_.name(row));
    out_->integer(used.number(datasets_.schema(row)));
  }
  out_->end_map();
  if (metadata_.version == 3) write_deleted();
  write_merged();
}

void MetadataWriter::write_deleted() {
  out_->key("deleted");
  out_->begin_array(static_cast<uint32_t>(datasets_.size() - datasets_.live_count()));
  for (size_t row = 0; row < datasets_.size(); row++)
    if (datasets_.deleted(row)) out_->integer(static_cast<int64_t>(row));
  out_->end_array();
  out_->key("meta_epoch");
  out_->natural(metadata_.meta_epoch);
}

void MetadataWriter::write_merged() {
  MergedSchema merged = merged_schema(metadata_);
  out_->key("merged");
  out_->begin_map(2);
  out_->key("arrays");
  out_->begin_map(static_cast<uint32_t>(merged.variables.size()));
  for (const MergedVariable& variable : merged.variables) {
    out_->key(variable.name);
    out_->begin_map(3);
    out_->key("dtype");
    write_dtype(variable.dtype, *out_);
    out_->key("dimension_names");
    write_dimension_names(variable.dimension_names, *out_);
    out_->key("attributes");
    write_attribute_types(variable.attributes, *out_);
    out_->end_map();
  }
  out_->end_map();
  out_->key("global_attributes");
  write_attribute_types(merged.attributes, *out_);
  out_->end_map();
}

}  // namespace

std::string write_metadata(const StoreMetadata& metadata, MetadataFormat format) {
  return MetadataWriter(metadata, format).write();
}

}  // namespace af
