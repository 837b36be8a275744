#include <algorithm>
#include <bitset>

#include "format/document.h"
#include "format/own_field.h"
#include "format/schema_document.h"
#include "format/store_metadata.h"
#include "format/timestamp.h"

namespace af {
namespace {

constexpr std::string_view kFieldNames[] = {"version", "codec",      "datasets", "schemas",
                                            "deleted", "meta_epoch", kOwnField};
enum Field { kVersion, kCodec, kDatasets, kSchemas, kDeleted, kMetaEpoch, kOwn, kFieldCount };

Value read_attribute(const DocumentValue& value, bool is_text) {
  using Kind = DocumentValue::Kind;
  constexpr std::string_view kWhat = "an attribute";
  switch (value.kind()) {
    case Kind::kBoolean: return Value::scalar(TypeId::kBool, static_cast<uint8_t>(value.boolean(kWhat)));
    case Kind::kInteger: return Value::scalar(TypeId::kInt64, value.integer(kWhat));
    case Kind::kNatural: return Value::scalar(TypeId::kFloat64, static_cast<double>(value.natural(kWhat)));
    case Kind::kNull:
      fail(Status::kCorrupt,
           "an attribute is null: other writers put that for NaN and infinities, which JSON cannot hold");
    case Kind::kText: {
      std::string_view text = value.text(kWhat);
      std::optional<int64_t> time = is_text ? std::nullopt : parse_timestamp(text);
      return time ? Value::scalar(TypeId::kTimestampNs, *time) : Value::text(text);
    }
    default: return Value::scalar(TypeId::kFloat64, value.real(kWhat));
  }
}

// Takes a document's events: one field after the other as a tree, and of the datasets one after the other, as
// there may be millions.
class MetadataReader : public DocumentSink {
 public:
  // `sealed`: the document is as a writer of ours left it. `texts`: what its field of ours says, once it was
  // read.
  MetadataReader(bool sealed, std::vector<std::pair<uint32_t, uint32_t>> texts)
      : sealed_(sealed), texts_(std::move(texts)) {}

  StoreMetadata take() &&;
  const OwnField& own_field() const { return own_; }

  void null() override {
    value([&] { tree_.null(); });
  }
  void boolean(bool value) override {
    this->value([&] { tree_.boolean(value); });
  }
  void integer(int64_t value) override {
    if (place_ == Place::kDatasets) return add_row(value);
    this->value([&] { tree_.integer(value); });
  }
  void natural(uint64_t value) override {
    this->value([&] { tree_.natural(value); });
  }
  void real(double value) override {
    this->value([&] { tree_.real(value); });
  }
  void text(std::string_view value) override {
    this->value([&] { tree_.text(value); });
  }
  void bytes(ByteView value) override {
    this->value([&] { tree_.bytes(value); });
  }
  void begin_array() override {
    value([&] { tree_.begin_array(); });
  }
  void end_array() override {
    value([&] { tree_.end_array(); });
  }
  void begin_map() override;
  void key(std::string_view name) override;
  void end_map() override;

 private:
  // Where the next event belongs.
  enum class Place { kOutside, kFields, kField, kDatasets, kDataset };

  template <typename Send>
  void value(const Send& send);
  void finish_field();
  void finish_dataset();
  void add_row(int64_t schema);
  void add_row(DatasetSchema schema, std::span<const Value> values);
  void read_version(const DocumentValue& value);
  void read_record(const DocumentValue& record);

  bool sealed_;
  std::vector<std::pair<uint32_t, uint32_t>> texts_;
  Place place_ = Place::kOutside;
  std::string name_;  // of the field or dataset whose value comes
  Document tree_;
  std::bitset<kFieldCount> seen_;
  StoreMetadata metadata_;
  std::vector<uint32_t> schema_ids_;  // in the pool, by number in the document
  std::vector<uint64_t> deleted_;
  uint64_t meta_epoch_ = 0;
  bool has_records_ = false, has_indices_ = false;  // how datasets are described
  OwnField own_;
};

template <typename Send>
void MetadataReader::value(const Send& send) {
  if (place_ == Place::kOutside) fail(Status::kCorrupt, "store metadata is no map");
  if (place_ == Place::kFields) place_ = Place::kField;
  if (place_ == Place::kDatasets) place_ = Place::kDataset;
  send();
  if (!tree_.complete()) return;
  place_ == Place::kField ? finish_field() : finish_dataset();
  place_ = place_ == Place::kField ? Place::kFields : Place::kDatasets;
  tree_.clear();
}

void MetadataReader::begin_map() {
  if (place_ == Place::kOutside) {
    place_ = Place::kFields;
  } else if (place_ == Place::kFields && name_ == kFieldNames[kDatasets]) {
    if (seen_[kDatasets]) fail(Status::kCorrupt, "store metadata has 'datasets' twice");
    seen_.set(kDatasets);
    place_ = Place::kDatasets;
  } else {
    value([&] { tree_.begin_map(); });
  }
}

void MetadataReader::key(std::string_view name) {
  if (place_ == Place::kFields || place_ == Place::kDatasets)
    name_ = name;
  else
    tree_.key(name);
}

void MetadataReader::end_map() {
  if (place_ == Place::kDatasets)
    place_ = Place::kFields;
  else if (place_ != Place::kFields)
    value([&] { tree_.end_map(); });
}

void MetadataReader::finish_field() {
  size_t field = std::find(std::begin(kFieldNames), std::end(kFieldNames), name_) - std::begin(kFieldNames);
  if (field == kFieldCount) return;
  if (seen_[field]) fail(Status::kCorrupt, "store metadata has ", quoted(name_), " twice");
  seen_.set(field);
  DocumentValue value = tree_.root();
  switch (field) {
    case kVersion: return read_version(value);
    case kCodec: metadata_.codec = read_codec(value); return;
    case kDatasets: value.entries("the map of datasets"); return;
    case kMetaEpoch: meta_epoch_ = value.natural("meta_epoch"); return;
    case kSchemas:
      for (DocumentValue schema : value.elements("the list of schemas"))
        schema_ids_.push_back(metadata_.schemas.intern(read_schema(schema)));
      return;
    case kDeleted:
      for (DocumentValue ordinal : value.elements("the list of deleted datasets"))
        deleted_.push_back(ordinal.natural("a deleted dataset"));
      return;
    case kOwn:
      if (sealed_) own_ = read_own_field(value);
      return;
  }
}

void MetadataReader::read_version(const DocumentValue& value) {
  uint64_t version = value.natural("the version");
  if (version < 1 || version > 3)
    fail(Status::kUnsupported, "a store of schema ", version, "; schemas 1, 2 and 3 are known");
  metadata_.version = static_cast<int>(version);
}

void MetadataReader::finish_dataset() {
  try {
    read_record(tree_.root());
  } catch (const Error& error) {
    fail(error.status(), "dataset ", quoted(name_), ": ", error.message());
  }
}

void MetadataReader::read_record(const DocumentValue& record) {
  constexpr std::string_view kFields[] = {"arrays", "attributes"};
  auto fields = fields_of(record, "its description", kFields);
  DatasetSchema schema;
  std::vector<Value> values;
  if (fields[0]) schema.variables = read_variables(*fields[0]);
  if (fields[1]) {
    uint32_t row = static_cast<uint32_t>(metadata_.datasets.find(name_).value_or(metadata_.datasets.size()));
    for (const auto& [key, value] : distinct_entries(*fields[1], "its attributes")) {
      std::pair place(row, static_cast<uint32_t>(values.size()));
      values.push_back(read_attribute(value, std::binary_search(texts_.begin(), texts_.end(), place)));
      schema.attributes.push_back({std::string(key), {values.back().type(), false}});
    }
  }
  has_records_ = true;
  add_row(std::move(schema), values);
}

void MetadataReader::add_row(DatasetSchema schema, std::span<const Value> values) {
  uint32_t id = metadata_.schemas.intern(std::move(schema));
  size_t row = metadata_.datasets.insert(name_, id).first;
  metadata_.datasets.set_schema(row, id);
  metadata_.datasets.set_values(row, values);
}

void MetadataReader::add_row(int64_t schema) {
  if (schema < 0 || schema > UINT32_MAX)
    fail(Status::kCorrupt, "dataset ", quoted(name_), " has schema ", schema);
  has_indices_ = true;
  size_t row = metadata_.datasets.insert(name_, 0).first;
  metadata_.datasets.set_schema(row, static_cast<uint32_t>(schema));
}

StoreMetadata MetadataReader::take() && {
  if (!seen_[kVersion]) fail(Status::kCorrupt, "store metadata without 'version'");
  bool records = metadata_.version == 1;
  if (records && !seen_[kDatasets]) fail(Status::kCorrupt, "store metadata without 'datasets'");
  if (records ? has_indices_ : has_records_)
    fail(Status::kCorrupt, "datasets are not described as in schema ", metadata_.version);
  DatasetTable& datasets = metadata_.datasets;
  for (size_t row = 0; !records && row < datasets.size(); row++) {
    uint32_t number = datasets.schema(row);
    if (number >= schema_ids_.size())
      fail(Status::kCorrupt, "dataset ", quoted(datasets.name(row)), " has schema ", number, " of ",
           schema_ids_.size());
    datasets.set_schema(row, schema_ids_[number]);
  }
  if (metadata_.version == 3) {
    metadata_.meta_epoch = meta_epoch_;
    for (uint64_t row : deleted_) {
      if (row >= datasets.size()) fail(Status::kCorrupt, "deleted dataset ", row, " of ", datasets.size());
      datasets.set_deleted(row, true);
    }
  }
  metadata_.commit = std::move(own_.commit);
  return std::move(metadata_);
}

void parse(MetadataFormat format, ByteView bytes, size_t capacity, MetadataReader& reader) {
  if (format == MetadataFormat::kJson)
    parse_json(as_text(bytes), reader, capacity);
  else
    parse_msgpack(bytes, reader);
}

}  // namespace

StoreMetadata read_metadata(MetadataFormat format, ByteView bytes, size_t capacity) {
  bool sealed = is_sealed(format, as_text(bytes));
  MetadataReader reader(sealed, {});
  parse(format, bytes, capacity, reader);
  const auto& texts = reader.own_field().texts;
  if (texts.empty()) return std::move(reader).take();
  // They come last in a document, and what comes before depends on them.
  MetadataReader again(sealed, texts);
  parse(format, bytes, capacity, again);
  return std::move(again).take();
}

}  // namespace af
