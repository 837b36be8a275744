#include "atlas/container_writer.h"

#include <algorithm>
#include <unordered_set>

#include "atlas/container_keys.h"
#include "atlas/metadata_form.h"
#include "atlas/unix_time.h"
#include "file/segment_writer.h"

namespace af {
namespace {

constexpr int kFormat = 8;

// Which datasets have a variable, in order.
struct VariableRows {
  std::string name;
  std::vector<size_t> rows;
};

class ContainerWriter {
 public:
  ContainerWriter(ObjectStore& store, std::string_view prefix, const CopySource& source,
                  const FileOptions& options, const Progress& progress)
      : store_(store),
        prefix_(prefix),
        source_(source),
        options_(options),
        progress_(progress),
        pool_(options.threads),
        packer_(store, container_key(prefix), options.codec, options.block_size, pool_, counters_) {}

  void write();

 private:
  void check_place() const;
  void gather();
  void check_declarations(size_t row, const std::vector<AttributeDeclaration>& declarations) const;
  void check_values(size_t row, const Attributes& values,
                    const std::vector<AttributeDeclaration>* declarations) const;
  void write_variable(const VariableRows& variable);
  void write_datasets();
  void add_array(SegmentWriter& segment, size_t row, const std::string& variable);
  void end_segment(SegmentWriter& segment, uint64_t begin, std::string_view name);
  void finish();
  void report();

  ObjectStore& store_;
  std::string prefix_;
  const CopySource& source_;
  const FileOptions& options_;
  const Progress& progress_;
  ThreadPool pool_;
  IoCounters counters_;
  BlockPacker packer_;
  ContainerFooter footer_;
  std::vector<VariableRows> variables_;
  int64_t done_ = 0, work_ = 0;
};

void ContainerWriter::report() {
  if (progress_ && progress_(done_++, work_))
    fail(Status::kCancelled, container_key(prefix_), ": cancelled by the progress callback");
}

void ContainerWriter::check_place() const {
  std::vector<std::string> occupants;
  for (MetadataForm form : metadata_forms()) occupants.push_back(prefix_ + metadata_file_name(form));
  if (!options_.replace) {
    occupants.push_back(container_key(prefix_));
    occupants.push_back(mask_key(prefix_));
  }
  for (const std::string& key : occupants)
    if (store_.stat(key))
      fail(Status::kAlreadyExists, store_.describe(), ": ", quoted(key), " is there already");
}

// ---------------------------------------------------------------- schemas

void ContainerWriter::check_declarations(size_t row,
                                         const std::vector<AttributeDeclaration>& declarations) const {
  for (const AttributeDeclaration& declaration : declarations)
    if (declaration.type.type == TypeId::kTimestampNs)
      fail(Status::kUnsupported, "dataset ", quoted(source_.name(row)), ", attribute ",
           quoted(declaration.key), ": a container holds no timestamps as attributes");
}

void ContainerWriter::gather() {
  std::unordered_map<std::string, size_t> places;
  for (size_t row = 0; row < source_.dataset_count(); row++) {
    DatasetSchema schema = source_.schema(row);
    check_declarations(row, schema.attributes);
    for (const VariableAttributes& own : schema.variable_attributes) check_declarations(row, own.attributes);
    for (VariableSchema& variable : schema.variables) {
      auto [place, added] = places.try_emplace(variable.name, variables_.size());
      if (added) variables_.push_back({variable.name, {}});
      variables_[place->second].rows.push_back(row);
      // The segments say all else.
      variable = {variable.name, variable.dtype, {}, {}, {}, footer_.codec};
    }
    work_ += static_cast<int64_t>(schema.variables.size()) + 1;
    if (!footer_.datasets.insert(source_.name(row), footer_.schemas.intern(std::move(schema))).second)
      fail(Status::kDatasetAlreadyExists, "dataset ", quoted(source_.name(row)), " is there twice");
  }
}

void ContainerWriter::check_values(size_t row, const Attributes& values,
                                   const std::vector<AttributeDeclaration>* declarations) const {
  for (const auto& [key, value] : values) {
    AttributeType type{value.type(), value.is_list()};
    bool declared = declarations &&
                    std::ranges::find(*declarations, AttributeDeclaration{key, type}) != declarations->end();
    if (!declared)
      fail(Status::kCorrupt, "dataset ", quoted(source_.name(row)), ", attribute ", quoted(key),
           ": the value is not of the type that is declared");
  }
}

// ---------------------------------------------------------------- segments

void ContainerWriter::end_segment(SegmentWriter& segment, uint64_t begin, std::string_view name) {
  std::vector<std::byte> tail = segment.finish();
  packer_.upload().append(tail);
  footer_.variables.push_back({std::string(name), {begin, packer_.upload().size() - begin}});
}

void ContainerWriter::add_array(SegmentWriter& segment, size_t row, const std::string& variable) {
  CopySource::Array array = source_.array(row, variable);
  auto schema = std::make_shared<const ArraySchema>(array.file->schema(array.name));
  const DatasetSchema& declared = source_.schema(row);
  if (!(declared.variable(variable)->dtype == schema->dtype))
    fail(Status::kCorrupt, "dataset ", quoted(source_.name(row)), ", variable ", quoted(variable),
         ": the array has another dtype than is declared");
  Attributes attributes = source_.attributes(row, variable);
  check_values(row, attributes, declared.attributes_of(variable));
  segment.add_array(source_.name(row), schema, std::move(attributes));
  for (const Extents& coord : array.file->chunks(array.name)) {
    std::string bytes = array.file->read_chunk(array.name, coord.span());
    Buffer payload(bytes.size());
    std::ranges::copy(as_bytes(bytes), payload.data());
    segment.add_chunk(coord, std::move(payload));
  }
}

void ContainerWriter::write_variable(const VariableRows& variable) {
  uint64_t begin = packer_.upload().size();
  SegmentWriter segment(packer_);
  for (size_t row : variable.rows) {
    report();
    add_array(segment, row, variable.name);
  }
  end_segment(segment, begin, variable.name);
}

void ContainerWriter::write_datasets() {
  uint64_t begin = packer_.upload().size();
  SegmentWriter segment(packer_);
  auto schema = std::make_shared<const ArraySchema>(make_schema(TypeId::kUInt8, Extents()));
  bool any = false;
  for (size_t row = 0; row < source_.dataset_count(); row++) {
    report();
    Attributes attributes = source_.attributes(row);
    if (attributes.empty()) continue;
    check_values(row, attributes, &source_.schema(row).attributes);
    segment.add_array(source_.name(row), schema, std::move(attributes));
    any = true;
  }
  if (any) end_segment(segment, begin, kDatasetsVariable);
}

void ContainerWriter::finish() {
  std::string document = write_container_footer(footer_);
  CodecChoice codec{"zstd", 3};
  Buffer stored(compress_bound(codec, document.size()));
  stored.shrink(compress(codec, as_bytes(document), stored.span()));
  packer_.upload().append(stored.view());

  std::unique_ptr<StoreLock> lock = store_.lock(container_lock_key(prefix_));
  check_place();
  // An old mask would hide datasets of the new container.
  store_.remove(mask_key(prefix_));
  Condition condition = options_.replace ? Condition::always() : Condition::if_absent();
  std::string trailer = container_trailer({kFormat, stored.size()});
  if (!packer_.upload().finish(container_key(prefix_), as_bytes(trailer), condition))
    fail(Status::kAlreadyExists, store_.describe(), ": ", quoted(container_key(prefix_)),
         " was created by another writer just now");
}

void ContainerWriter::write() {
  footer_.format = kFormat;
  footer_.codec = store_codec(options_.codec);
  footer_.created_unix_ms = static_cast<uint64_t>(now_unix_ms());
  check_place();
  gather();
  if (!prefix_.empty()) store_.make_folder(std::string_view(prefix_).substr(0, prefix_.size() - 1));
  packer_.upload().append(as_bytes(container_header(kFormat)));
  for (const VariableRows& variable : variables_) write_variable(variable);
  write_datasets();
  finish();
}

}  // namespace

void write_container(ObjectStore& store, std::string_view prefix, const CopySource& source,
                     const FileOptions& options, const Progress& progress) {
  ContainerWriter(store, prefix, source, options, progress).write();
}

}  // namespace af
