#include <algorithm>
#include <unordered_set>

#include "format/container.h"
#include "format/container_values.h"

namespace af {
namespace {

using Texts = std::vector<std::string>;

// Entries of a list of pairs [position, rest].
struct Positioned {
  uint32_t position;
  DocumentValue rest;
};

std::vector<Positioned> positioned(const DocumentValue& list, uint64_t count, std::string_view what) {
  std::vector<Positioned> pairs;
  for (DocumentValue entry : list.elements(what)) {
    std::vector<DocumentValue> fields = positional(entry, 2, what);
    pairs.push_back({position(fields[0], count, what), fields[1]});
  }
  return pairs;
}

// The rest of the pair with this position.
std::optional<DocumentValue> find_positioned(const DocumentValue& list, size_t wanted,
                                             std::string_view what) {
  for (DocumentValue entry : list.elements(what)) {
    std::vector<DocumentValue> fields = positional(entry, 2, what);
    if (fields[0].natural(what) == wanted) return fields[1];
  }
  return {};
}

// Throws kCorrupt when something is named twice.
class Names {
 public:
  explicit Names(std::string_view what) : what_(what) {}
  void add(std::string_view name) {
    if (!names_.emplace(name).second) fail(Status::kCorrupt, what_, " ", quoted(name), " is there twice");
  }

 private:
  std::string_view what_;
  std::unordered_set<std::string> names_;
};

StoreCodec read_codec(const DocumentValue& value) {
  std::string_view name = value.text("codec");
  for (StoreCodec codec : {StoreCodec::kZstd, StoreCodec::kLz4, StoreCodec::kNone})
    if (name == store_codec_name(codec)) return codec;
  fail(Status::kCorrupt, "there is no codec ", quoted(name));
}

std::vector<int64_t> read_extents(const DocumentValue& value, std::string_view what) {
  std::vector<int64_t> extents;
  for (DocumentValue extent : value.elements(what))
    extents.push_back(position(extent, uint64_t{UINT32_MAX} + 1, what));
  return extents;
}

Texts read_texts(const DocumentValue& value, std::string_view what) {
  Texts texts;
  for (DocumentValue text : value.elements(what)) texts.emplace_back(text.text(what));
  return texts;
}

}  // namespace

class ContainerReader {
 public:
  ContainerReader(std::unique_ptr<Document> tree, int format, uint64_t data_end) : data_end_(data_end) {
    result_.footer.format = format;
    result_.records.tree_ = std::move(tree);
  }

  ReadContainer read();

 private:
  ContainerFooter& footer() { return result_.footer; }
  DatasetRecords& records() { return result_.records; }
  SegmentRange segment(const DocumentValue& offset, const DocumentValue& length);
  void check_overlaps();
  void add_dataset(std::string_view name, uint32_t schema);

  void read_format_1(const std::vector<DocumentValue>& fields);
  void read_schema_1(const DocumentValue& value);
  void read_dataset_1(const DocumentValue& value);
  std::vector<AttributeDeclaration> declarations_1(const DocumentValue& attributes);

  void read_format_8(const std::vector<DocumentValue>& fields);
  void read_schema_8(const DocumentValue& value);
  void read_variable_8(const DocumentValue& value, Names* names);
  std::vector<AttributeDeclaration> declarations_8(const DocumentValue& attributes);
  void check_segments_8() const;

  ReadContainer result_;
  uint64_t data_end_;
  std::vector<SegmentRange> segments_;
  std::vector<DatasetSchema> schemas_1_;
  Texts texts_;                    // of format 8
  std::vector<DType> dtypes_;      // of format 8
  std::vector<uint32_t> schemas_;  // the pool's numbers of the schemas of format 8
};

SegmentRange ContainerReader::segment(const DocumentValue& offset, const DocumentValue& length) {
  SegmentRange range{offset.natural("segment offset"), length.natural("segment length")};
  if (range.length == 0 || range.offset < kContainerHeaderSize ||
      !within(range.offset, range.length, data_end_))
    fail(Status::kCorrupt, "a segment of ", range.length, " bytes at ", range.offset,
         " is empty or not between 8 and ", data_end_);
  segments_.push_back(range);
  return range;
}

void ContainerReader::check_overlaps() {
  std::ranges::sort(segments_, {}, &SegmentRange::offset);
  for (size_t i = 1; i < segments_.size(); i++)
    if (segments_[i].offset < segments_[i - 1].offset + segments_[i - 1].length)
      fail(Status::kCorrupt, "the segment at ", segments_[i].offset, " overlaps the one at ",
           segments_[i - 1].offset);
}

void ContainerReader::add_dataset(std::string_view name, uint32_t schema) {
  if (footer().datasets.find(name)) fail(Status::kCorrupt, "dataset ", quoted(name), " is there twice");
  footer().datasets.append(name, schema);
}

// ---------------------------------------------------------------- format 1

void ContainerReader::read_schema_1(const DocumentValue& value) {
  DatasetSchema schema;
  std::vector<std::optional<FillValue>> fills;
  Names names("variable");
  for (auto [name, described] : positional(value, 1, "schema")[0].entries("arrays")) {
    std::vector<DocumentValue> fields = positional(described, 5, "array");
    names.add(name);
    schema.variables.push_back({std::string(name), read_dtype(fields[0]), read_extents(fields[1], "shape"),
                                read_extents(fields[2], "chunk shape"),
                                read_texts(fields[3], "dimension names"), footer().codec});
    fills.push_back(read_fill(fields[4]));
  }
  schemas_1_.push_back(std::move(schema));
  records().fills_.push_back(std::move(fills));
}

std::vector<AttributeDeclaration> ContainerReader::declarations_1(const DocumentValue& attributes) {
  std::vector<AttributeDeclaration> declarations;
  Names names("attribute");
  for (const Positioned& entry : positioned(attributes, records().keys_.size(), "attribute key")) {
    const std::string& key = records().keys_[entry.position];
    Value attribute = read_attribute(entry.rest);
    names.add(key);
    declarations.push_back({key, {attribute.type(), attribute.is_list()}});
  }
  return declarations;
}

void ContainerReader::read_dataset_1(const DocumentValue& value) {
  std::vector<DocumentValue> fields = positional(value, 7, "dataset");
  uint32_t number = position(fields[1], schemas_1_.size(), "schema");
  DatasetSchema schema = schemas_1_[number];
  schema.attributes = declarations_1(fields[4]);
  Names with_attributes("variable");
  for (const Positioned& entry : positioned(fields[5], schema.variables.size(), "array position")) {
    const std::string& variable = schema.variables[entry.position].name;
    with_attributes.add(variable);
    schema.variable_attributes.push_back({variable, declarations_1(entry.rest)});
  }
  Names with_stats("variable");
  for (const Positioned& entry : positioned(fields[6], schema.variables.size(), "array position")) {
    with_stats.add(schema.variables[entry.position].name);
    read_statistics(entry.rest);
  }
  records().rows_.push_back({segment(fields[2], fields[3]), number, fields[4], fields[5], fields[6]});
  add_dataset(fields[0].text("name"), footer().schemas.intern(std::move(schema)));
}

void ContainerReader::read_format_1(const std::vector<DocumentValue>& fields) {
  constexpr uint64_t kSegmentFormat = 5;
  if (uint64_t version = fields[1].natural("segment format"); version != kSegmentFormat)
    fail(Status::kUnsupported, "segments of footer version ", version, ", known is ", kSegmentFormat);
  footer().codec = read_codec(fields[2]);
  footer().created_unix_ms = fields[3].natural("time of creation");
  for (DocumentValue schema : fields[4].elements("schemas")) read_schema_1(schema);
  records().keys_ = read_texts(fields[5], "attribute keys");
  for (DocumentValue dataset : fields[6].elements("datasets")) read_dataset_1(dataset);
}

std::vector<std::pair<std::string, Value>> DatasetRecords::attributes(size_t row) const {
  std::vector<std::pair<std::string, Value>> attributes;
  for (const Positioned& entry : positioned(rows_[row].attributes, keys_.size(), "attribute key"))
    attributes.emplace_back(keys_[entry.position], read_attribute(entry.rest));
  return attributes;
}

std::vector<std::pair<std::string, Value>> DatasetRecords::attributes(size_t row, size_t variable) const {
  std::vector<std::pair<std::string, Value>> attributes;
  if (auto own = find_positioned(rows_[row].variable_attributes, variable, "array position"))
    for (const Positioned& entry : positioned(*own, keys_.size(), "attribute key"))
      attributes.emplace_back(keys_[entry.position], read_attribute(entry.rest));
  return attributes;
}

std::optional<ArrayStats> DatasetRecords::stats(size_t row, size_t variable) const {
  auto own = find_positioned(rows_[row].stats, variable, "array position");
  if (!own) return {};
  return read_statistics(*own);
}

std::optional<FillValue> DatasetRecords::fill(size_t row, size_t variable) const {
  return fills_[rows_[row].schema][variable];
}

// ---------------------------------------------------------------- format 8

std::vector<AttributeDeclaration> ContainerReader::declarations_8(const DocumentValue& attributes) {
  std::vector<AttributeDeclaration> declarations;
  Names names("attribute");
  for (const Positioned& entry : positioned(attributes, texts_.size(), "text")) {
    names.add(texts_[entry.position]);
    declarations.push_back(
        {texts_[entry.position], attribute_type_of(dtypes_[position(entry.rest, dtypes_.size(), "dtype")])});
  }
  return declarations;
}

void ContainerReader::read_schema_8(const DocumentValue& value) {
  std::vector<DocumentValue> fields = positional(value, 3, "schema");
  DatasetSchema schema;
  Names names("variable"), with_attributes("variable");
  for (const Positioned& entry : positioned(fields[0], texts_.size(), "text")) {
    const std::string& name = texts_[entry.position];
    names.add(name);
    schema.variables.push_back(
        {name, dtypes_[position(entry.rest, dtypes_.size(), "dtype")], {}, {}, {}, footer().codec});
  }
  schema.attributes = declarations_8(fields[1]);
  for (const Positioned& entry : positioned(fields[2], schema.variables.size(), "array position")) {
    const std::string& variable = schema.variables[entry.position].name;
    with_attributes.add(variable);
    schema.variable_attributes.push_back({variable, declarations_8(entry.rest)});
  }
  schemas_.push_back(footer().schemas.intern(std::move(schema)));
}

void ContainerReader::read_variable_8(const DocumentValue& value, Names* names) {
  std::vector<DocumentValue> fields = positional(value, 3, "variable");
  const std::string& name = texts_[position(fields[0], texts_.size(), "text")];
  names->add(name);
  footer().variables.push_back({name, segment(fields[1], fields[2])});
}

void ContainerReader::check_segments_8() const {
  std::unordered_set<std::string_view> with_segment;
  for (const ContainerVariable& variable : result_.footer.variables) with_segment.insert(variable.name);
  for (uint32_t i = 0; i < result_.footer.schemas.size(); i++)
    for (const VariableSchema& variable : result_.footer.schemas[i].variables)
      if (!with_segment.contains(variable.name))
        fail(Status::kCorrupt, "variable ", quoted(variable.name), " has no segment");
}

void ContainerReader::read_format_8(const std::vector<DocumentValue>& fields) {
  footer().codec = read_codec(fields[1]);
  footer().created_unix_ms = fields[2].natural("time of creation");
  texts_ = read_texts(fields[3], "texts");
  for (DocumentValue dtype : fields[4].elements("dtypes")) dtypes_.push_back(read_dtype(dtype));
  for (DocumentValue schema : fields[5].elements("schemas")) read_schema_8(schema);
  Names names("variable");
  for (DocumentValue variable : fields[6].elements("variables")) read_variable_8(variable, &names);
  check_segments_8();
  for (DocumentValue dataset : fields[7].elements("datasets")) {
    std::vector<DocumentValue> parts = positional(dataset, 2, "dataset");
    add_dataset(parts[0].text("name"), schemas_[position(parts[1], schemas_.size(), "schema")]);
  }
}

ReadContainer ContainerReader::read() {
  constexpr size_t kFields1 = 7, kFields8 = 8;
  bool first = footer().format == 1;
  std::vector<DocumentValue> fields =
      positional(records().tree_->root(), first ? kFields1 : kFields8, "footer");
  if (uint64_t format = fields[0].natural("format"); format != static_cast<uint64_t>(footer().format))
    fail(Status::kCorrupt, "the footer says format ", format, ", the trailer ", footer().format);
  first ? read_format_1(fields) : read_format_8(fields);
  check_overlaps();
  if (!first) result_.records = {};
  return std::move(result_);
}

ReadContainer read_container(std::unique_ptr<Document> tree, int format, uint64_t data_end) {
  return ContainerReader(std::move(tree), format, data_end).read();
}

}  // namespace af
