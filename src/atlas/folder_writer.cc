#include "atlas/folder_writer.h"

#include <algorithm>
#include <unordered_map>

#include "atlas/atlas_impl.h"
#include "atlas/container_keys.h"
#include "atlas/stored_value.h"
#include "atlas/unix_time.h"
#include "format/store_names.h"

namespace af {
namespace {

// Which datasets have a variable, in order.
struct VariableRows {
  std::string name;
  std::vector<size_t> rows;
};

class FolderWriter {
 public:
  FolderWriter(std::shared_ptr<ObjectStore> store, std::string_view prefix, const CopySource& source,
               const AtlasOptions& options, const Progress& progress);

  void write();

 private:
  void check_names(std::string_view dataset, const DatasetSchema& schema) const;
  void gather();
  void gather_values(size_t row, DatasetSchema& schema, std::vector<Value>& values) const;
  void check_place() const;
  void write_all();
  void write_stack(std::string_view folder, const std::function<void(ArrayFile&)>& fill);
  void write_variable(const VariableRows& variable);
  void add_array(ArrayFile& stack, size_t row, const std::string& variable);
  void write_attributes();
  void write_document();
  void remove_all();
  void report();

  const CopySource& source_;
  const Progress& progress_;
  Atlas::Impl target_;
  CommitRecord record_;
  std::vector<VariableRows> variables_;
  std::vector<std::string> begun_;  // folders of which something may be there
  int64_t done_ = 0, work_ = 0;
};

FolderWriter::FolderWriter(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                           const CopySource& source, const AtlasOptions& options, const Progress& progress)
    : source_(source),
      progress_(progress),
      target_(std::move(store), prefix.empty() ? std::string() : text_of(prefix, "/"), options) {
  target_.writable = true;
  target_.form = options.document;
  target_.document_key = target_.prefix + metadata_file_name(options.document);
  target_.metadata.version = options.generation;
  target_.metadata.codec = store_codec(options.codec);
  target_.metadata.commit = CommitRecord{};
}

void FolderWriter::report() {
  if (progress_ && progress_(done_++, work_))
    fail(Status::kCancelled, target_.document_key, ": cancelled by the progress callback");
}

// ---------------------------------------------------------------- what there is, and whether it can be said

void FolderWriter::check_names(std::string_view dataset, const DatasetSchema& schema) const {
  try {
    check_dataset_name(dataset);
    for (const VariableSchema& variable : schema.variables) check_variable_name(variable.name);
  } catch (const Error& error) {
    throw Error(Status::kUnsupported, text_of("dataset ", quoted(dataset), ": ", error.message()));
  }
  for (const VariableSchema& variable : schema.variables)
    if (is_list(variable.dtype.id))
      fail(Status::kUnsupported, "dataset ", quoted(dataset), ", array ", quoted(variable.name),
           ": a store holds no arrays of lists");
}

// Schema 1: values stand in the metadata.
void FolderWriter::gather_values(size_t row, DatasetSchema& schema, std::vector<Value>& values) const {
  for (const VariableAttributes& owner : schema.variable_attributes)
    for (const auto& [key, value] : source_.attributes(row, owner.variable))
      fail(Status::kUnsupported, "dataset ", quoted(source_.name(row)), ", array ", quoted(owner.variable),
           ", attribute ", quoted(key), ": in schema 1 arrays have none");
  schema.variable_attributes.clear();
  schema.attributes.clear();
  for (auto& [key, value] : source_.attributes(row)) {
    try {
      check_schema_1(key, value, target_.form.format);
    } catch (const Error& error) {
      throw Error(error.status(), text_of("dataset ", quoted(source_.name(row)), ", ", error.message()));
    }
    schema.attributes.push_back({key, attribute_type(value)});
    values.push_back(std::move(value));
  }
}

void FolderWriter::gather() {
  std::unordered_map<std::string, size_t> places;
  for (size_t row = 0; row < source_.dataset_count(); row++) {
    DatasetSchema schema = source_.full_schema(row);
    check_names(source_.name(row), schema);
    for (VariableSchema& variable : schema.variables) {
      auto [place, added] = places.try_emplace(variable.name, variables_.size());
      if (added) variables_.push_back({variable.name, {}});
      variables_[place->second].rows.push_back(row);
      variable.codec = target_.metadata.codec;
    }
    std::vector<Value> values;
    if (target_.metadata.version == 1) gather_values(row, schema, values);
    bool has_stored_attributes = target_.metadata.version > 1 && !schema.attributes.empty();
    work_ += static_cast<int64_t>(schema.variables.size()) + has_stored_attributes;
    uint32_t id = target_.metadata.schemas.intern(std::move(schema));
    size_t at = target_.metadata.datasets.append(source_.name(row), id);
    if (!values.empty()) target_.metadata.datasets.set_values(at, values);
  }
}

void FolderWriter::check_place() const {
  std::vector<std::string> occupants = {container_key(target_.prefix)};
  for (MetadataForm form : metadata_forms()) occupants.push_back(target_.prefix + metadata_file_name(form));
  for (const VariableRows& variable : variables_) occupants.push_back(target_.stack_key(variable.name));
  occupants.push_back(target_.stack_key(kGlobalFolder));
  for (const std::string& key : occupants)
    if (target_.store->stat(key))
      fail(Status::kAlreadyExists, target_.store->describe(), ": ", quoted(key), " is there already");
}

// ---------------------------------------------------------------- stacks

void FolderWriter::write_stack(std::string_view folder, const std::function<void(ArrayFile&)>& fill) {
  auto stack = ArrayFile::begin(target_.store, target_.stack_key(folder), target_.stack_options(folder));
  fill(*stack);
  begun_.emplace_back(folder);
  stack->put_layer();
  // As one base: the reference finds no sidecars of names that need escapes.
  stack->own_layers_are_committed();
  stack->rewrite();
  stack->write_statistics();
  record_.folders.push_back({std::string(folder), stack->member_ids()});
}

void FolderWriter::add_array(ArrayFile& stack, size_t row, const std::string& variable) {
  CopySource::Array from = source_.array(row, variable);
  std::string_view name = source_.name(row);
  stack.define(name, from.file->schema(from.name));
  for (const Extents& coord : from.file->chunks(from.name))
    stack.write_chunk(name, coord.span(), as_bytes(from.file->read_chunk(from.name, coord.span())));
  if (target_.metadata.version == 1) return;
  for (const auto& [key, value] : source_.attributes(row, variable))
    stack.set_attribute(name, key, to_stored(value));
}

void FolderWriter::write_variable(const VariableRows& variable) {
  write_stack(variable.name, [&](ArrayFile& stack) {
    for (size_t row : variable.rows) {
      report();
      add_array(stack, row, variable.name);
    }
  });
}

void FolderWriter::write_attributes() {
  std::vector<size_t> rows;
  for (size_t row = 0; row < source_.dataset_count(); row++)
    if (!source_.schema(row).attributes.empty()) rows.push_back(row);
  if (rows.empty() || target_.metadata.version == 1) return;
  write_stack(kGlobalFolder, [&](ArrayFile& stack) {
    for (size_t row : rows) {
      report();
      stack.define(source_.name(row), make_schema(TypeId::kUInt8, Extents()));
      for (const auto& [key, value] : source_.attributes(row))
        stack.set_attribute(source_.name(row), key, to_stored(value));
    }
  });
}

// ---------------------------------------------------------------- the whole

void FolderWriter::write_document() {
  record_.sequence = 1;
  record_.unix_ms = now_unix_ms();
  target_.metadata.commit = record_;
  if (target_.metadata.version == 3) target_.metadata.meta_epoch = 1;
  std::string bytes = pack_metadata(target_.form, target_.metadata);
  if (!target_.store->put(target_.document_key, as_bytes(bytes), Condition::if_absent()))
    fail(Status::kAlreadyExists, target_.store->describe(), ": ", quoted(target_.document_key),
         " was created by another writer just now");
}

void FolderWriter::remove_all() {
  for (const std::string& folder : begun_) {
    std::string base = target_.stack_key(folder);
    std::string sidecar = text_of(target_.prefix, folder_of_variable(folder), "/data.1.af");
    std::string stats = text_of(target_.prefix, twice_escaped_folder(folder), "/data.stats");
    for (const std::string& key : {base, sidecar, stats}) {
      try {
        target_.store->remove(key);
      } catch (const Error&) {
      }
    }
  }
}

void FolderWriter::write_all() {
  for (const VariableRows& variable : variables_) write_variable(variable);
  write_attributes();
  write_document();
}

void FolderWriter::write() {
  gather();
  if (!target_.prefix.empty())
    target_.store->make_folder(std::string_view(target_.prefix).substr(0, target_.prefix.size() - 1));
  std::unique_ptr<StoreLock> lock = target_.store->lock(target_.prefix + "atlas.lock");
  check_place();
  try {
    write_all();
  } catch (...) {
    remove_all();
    throw;
  }
}

}  // namespace

void write_folder(std::shared_ptr<ObjectStore> store, std::string_view prefix, const CopySource& source,
                  const AtlasOptions& options, const Progress& progress) {
  FolderWriter(std::move(store), prefix, source, options, progress).write();
}

}  // namespace af
