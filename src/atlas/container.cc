#include "atlas/container.h"

#include <algorithm>

#include "atlas/container_keys.h"
#include "codec/codec.h"
#include "store/segment.h"

namespace af {
namespace {

// What one request fetches of a file's end.
constexpr uint64_t kTailRead = 64 << 10;
// Segments of format 1 that stay open.
constexpr size_t kOpenSegments = 256;
constexpr int kEraseTries = 16;

// The most bytes that a footer of this stored size may well decode to: paths of many datasets differ in
// little.
uint64_t document_limit(uint64_t stored_size) { return (uint64_t{4} << 20) + 128 * stored_size; }

// A tree that stops growing where a footer of this size has no business to go on: a byte of a document can
// become a value of 16.
class FooterTree : public Document {
 public:
  FooterTree(const Limits& limits, uint64_t stored_size)
      : limits_(limits), left_((uint64_t{1} << 20) + 24 * stored_size) {}

  void null() override { count(), Document::null(); }
  void boolean(bool value) override { count(), Document::boolean(value); }
  void integer(int64_t value) override { count(), Document::integer(value); }
  void natural(uint64_t value) override { count(), Document::natural(value); }
  void real(double value) override { count(), Document::real(value); }
  void text(std::string_view value) override { count(), Document::text(value); }
  void bytes(ByteView value) override { count(), Document::bytes(value); }
  void begin_array() override { count(), Document::begin_array(); }
  void begin_map() override { count(), Document::begin_map(); }
  void key(std::string_view name) override { count(), Document::key(name); }

 private:
  void count() {
    constexpr uint64_t kEach = 16;
    if (left_-- == 0)
      fail(Status::kLimitExceeded, "the footer holds more values than any of its size should");
    check_allocation(limits_, ++count_ * kEach, "the footer");
  }

  const Limits& limits_;
  uint64_t left_;
  uint64_t count_ = 0;
};

}  // namespace

// ---------------------------------------------------------------- opening

bool Container::exists(const ObjectStore& store, std::string_view prefix) {
  return store.stat(container_key(prefix)).has_value();
}

Container::Container(std::shared_ptr<ObjectStore> store, std::string_view prefix, const FileOptions& options)
    : store_(std::move(store)),
      prefix_(prefix),
      options_(options),
      limits_{options.max_layers, options.max_arrays, options.max_allocation} {
  auto shared = std::make_shared<StackInStore>();
  if (options.in_store) {
    *shared = *options.in_store;
  } else {
    shared->pool = std::make_shared<ThreadPool>(options.threads);
    shared->counters = std::make_shared<IoCounters>();
    if (options.cache_size > 0) shared->cache = std::make_shared<BlockCache>(options.cache_size);
  }
  shared->members = {};
  shared->members.all = true;
  shared->twin.clear();
  shared->declares = [](std::string_view, std::string_view, const Value&) { return true; };
  cache_ = shared->cache;
  counters_ = shared->counters;
  options_.in_store = std::move(shared);
  options_.writable = false;
  options_.layers = 0;
}

std::shared_ptr<Container> Container::open(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                                           const FileOptions& options) {
  std::shared_ptr<Container> container(new Container(std::move(store), prefix, options));
  container->load();
  return container;
}

void Container::load() {
  std::string key = container_key(prefix_);
  object_ = store_->open(key);
  try {
    Buffer tail(std::min(static_cast<uint64_t>(size()), kTailRead));
    uint64_t file_size = static_cast<uint64_t>(size());
    object_->read(file_size - tail.size(), tail.span());
    counters_->count_read(static_cast<int64_t>(tail.size()));
    ContainerTrailer trailer = read_container_trailer(tail.view(), file_size);
    Buffer stored = read_footer(trailer, tail.view());
    uint64_t limit = std::min(document_limit(stored.size()), static_cast<uint64_t>(limits_.max_allocation));
    Buffer document = decompress_whole("zstd", stored.view(), limit);
    auto tree = std::make_unique<FooterTree>(limits_, stored.size());
    parse_msgpack(document.view(), *tree);
    contents_ = read_container(std::move(tree), trailer.format,
                               file_size - kContainerTrailerSize - trailer.footer_size);
  } catch (const Error& error) {
    throw Error(error.status(), text_of(key, ": ", error.message()), error.os_errno(), error.http_status());
  }
  if (datasets().size() > static_cast<uint64_t>(limits_.max_arrays))
    fail(Status::kLimitExceeded, key, " holds ", datasets().size(), " datasets, allowed are ",
         limits_.max_arrays);
  for (const ContainerVariable& variable : contents_.footer.variables)
    segments_.emplace(variable.name, variable.segment);
  load_mask();
}

Buffer Container::read_footer(const ContainerTrailer& trailer, ByteView tail) const {
  check_allocation(limits_, trailer.footer_size, "the footer");
  Buffer footer(trailer.footer_size);
  uint64_t file_size = static_cast<uint64_t>(size());
  uint64_t behind = kContainerTrailerSize + trailer.footer_size;
  if (tail.size() == file_size) check_container_header(tail, trailer.format);
  if (behind <= tail.size()) {
    std::ranges::copy(tail.last(behind).first(footer.size()), footer.data());
    return footer;
  }
  std::byte header[kContainerHeaderSize];
  object_->read_many({{0, header}, {file_size - behind, footer.span()}});
  counters_->count_read(static_cast<int64_t>(sizeof header + footer.size()));
  check_container_header(header, trailer.format);
  return footer;
}

Container::StoredMask Container::read_stored_mask() const {
  std::string key = mask_key(prefix_);
  if (!store_->stat(key)) return {};
  std::unique_ptr<Object> object;
  try {
    object = store_->open(key);
  } catch (const Error& error) {
    if (error.status() == Status::kNotFound) return {};
    throw;
  }
  uint64_t mask_size = static_cast<uint64_t>(object->info().size);
  // Far more than names each dataset once.
  uint64_t most = (uint64_t{1} << 20) + 16 * uint64_t{datasets().size()};
  if (mask_size > most) fail(Status::kLimitExceeded, key, " has ", mask_size, " bytes, over ", most);
  check_allocation(limits_, mask_size, "the mask");
  Buffer bytes(mask_size);
  object->read(0, bytes.span());
  counters_->count_read(static_cast<int64_t>(mask_size));
  try {
    return {read_mask(bytes.view()), object->info().version};
  } catch (const Error& error) {
    throw Error(error.status(), text_of(key, ": ", error.message()));
  }
}

void Container::load_mask() {
  StoredMask mask = read_stored_mask();
  DatasetTable& datasets = contents_.footer.datasets;
  std::vector<bool> deleted(datasets.size());
  for (uint32_t ordinal : mask.ordinals)
    if (ordinal < deleted.size()) deleted[ordinal] = true;
  for (size_t row = 0; row < deleted.size(); row++)
    if (deleted[row] != datasets.deleted(row)) datasets.set_deleted(row, deleted[row]);
  mask_version_ = std::move(mask.version);
}

bool Container::refresh() {
  std::optional<ObjectInfo> info = store_->stat(container_key(prefix_));
  if (info && info->version == object_->info().version) {
    std::string before = mask_version_;
    load_mask();
    return mask_version_ != before;
  }
  std::shared_ptr<Container> next = open(store_, prefix_, options_);
  std::lock_guard lock(mutex_);
  object_ = std::move(next->object_);
  contents_ = std::move(next->contents_);
  mask_version_ = std::move(next->mask_version_);
  segments_.clear();
  for (const ContainerVariable& variable : contents_.footer.variables)
    segments_.emplace(variable.name, variable.segment);
  open_.clear();
  open_by_offset_.clear();
  return true;
}

void Container::erase(std::span<const size_t> rows) {
  std::unique_ptr<StoreLock> lock = store_->lock(container_lock_key(prefix_));
  for (int attempt = 0; attempt < kEraseTries; attempt++) {
    // The mask speaks of this file's ordinals.
    std::optional<ObjectInfo> info = store_->stat(container_key(prefix_));
    if (!info || info->version != object_->info().version)
      fail(Status::kStale, container_key(prefix_), " was replaced since it was opened");
    StoredMask mask = read_stored_mask();
    for (size_t row : rows) mask.ordinals.push_back(static_cast<uint32_t>(row));
    std::string bytes = write_mask(mask.ordinals);
    Condition condition = mask.version.empty() ? Condition::if_absent() : Condition::if_match(mask.version);
    std::optional<std::string> version = store_->put(mask_key(prefix_), as_bytes(bytes), condition);
    if (!version) continue;
    counters_->count_write(static_cast<int64_t>(bytes.size()));
    for (uint32_t ordinal : mask.ordinals)
      if (ordinal < datasets().size()) contents_.footer.datasets.set_deleted(ordinal, true);
    mask_version_ = std::move(*version);
    return;
  }
  fail(Status::kConflict, mask_key(prefix_), " was changed by other writers during each of ", kEraseTries,
       " attempts");
}

// ---------------------------------------------------------------- segments

std::shared_ptr<ArrayFile> Container::open_segment(SegmentRange range, std::string_view name) const {
  std::lock_guard lock(mutex_);
  if (auto found = open_by_offset_.find(range.offset); found != open_by_offset_.end()) {
    open_.splice(open_.begin(), open_, found->second);
    return open_.front().file;
  }
  std::string key = text_of(container_key(prefix_), ":", name, ".af");
  auto store = open_segment_store(object_, range.offset, range.length, key);
  std::shared_ptr<ArrayFile> file = ArrayFile::open(std::move(store), key, options_);
  if (file->footer_version() != footer_version())
    fail(Status::kCorrupt, key, ": a segment of footer version ", file->footer_version(), ", expected ",
         footer_version());
  file->set_cache(cache_);
  open_.push_front({range.offset, file});
  open_by_offset_.emplace(range.offset, open_.begin());
  if (format() == 1 && open_.size() > kOpenSegments) {
    open_by_offset_.erase(open_.back().offset);
    open_.pop_back();
  }
  return file;
}

void Container::set_cache(std::shared_ptr<BlockCache> cache) {
  std::lock_guard lock(mutex_);
  cache_ = std::move(cache);
  for (OpenSegment& segment : open_) segment.file->set_cache(cache_);
}

size_t Container::variable_position(size_t row, std::string_view variable) const {
  const DatasetSchema& declared = schema(row);
  const VariableSchema* found = declared.variable(variable);
  if (!found)
    fail(Status::kArrayNotFound, "dataset ", quoted(datasets().name(row)), " has no variable ",
         quoted(variable));
  return static_cast<size_t>(found - declared.variables.data());
}

std::shared_ptr<ArrayFile> Container::variable_file(std::string_view variable) const {
  if (format() == 1)
    fail(Status::kUnsupported, "a container of format 1 keeps no variable by itself, but datasets");
  auto found = segments_.find(variable);
  if (found == segments_.end()) return nullptr;
  return open_segment(found->second, variable);
}

Container::Place Container::place(size_t row, std::string_view variable) const {
  size_t position = variable_position(row, variable);
  const VariableSchema& declared = schema(row).variables[position];
  std::string_view dataset = datasets().name(row);
  Place place;
  if (format() == 1)
    place = {open_segment(contents_.records.segment(row), dataset), declared.name};
  else
    place = {variable_file(variable), dataset};
  if (!place.file->contains(place.array))
    fail(Status::kCorrupt, container_key(prefix_), ": the segment has no array ", quoted(place.array));
  ArraySchema found = place.file->schema(place.array);
  bool same_shape = format() == 8 || std::ranges::equal(found.shape.span(), declared.shape);
  if (!same_shape || !(found.dtype == declared.dtype))
    fail(Status::kCorrupt, container_key(prefix_), ": dataset ", quoted(dataset), ", variable ",
         quoted(variable), " has another shape or dtype in its segment than in the footer");
  return place;
}

ArraySchema Container::array_schema(size_t row, std::string_view variable) const {
  Place found = place(row, variable);
  return found.file->schema(found.array);
}

std::optional<ArrayStats> Container::stats(size_t row, std::string_view variable) const {
  if (format() == 1) return contents_.records.stats(row, variable_position(row, variable));
  Place found = place(row, variable);
  return found.file->stats(found.array).stats;
}

// ---------------------------------------------------------------- attributes

Attributes Container::declared(const std::vector<AttributeDeclaration>& declarations,
                               std::string_view variable, std::string_view dataset) const {
  Attributes attributes;
  std::shared_ptr<ArrayFile> file = declarations.empty() ? nullptr : variable_file(variable);
  if (!file || !file->contains(dataset)) return attributes;
  ValueMap stored = file->attributes(dataset);
  std::unordered_map<std::string_view, Value*> by_key;
  for (auto& [key, value] : stored) by_key.emplace(key, &*value);
  for (const AttributeDeclaration& declaration : declarations)
    if (auto found = by_key.find(declaration.key); found != by_key.end())
      attributes.emplace_back(declaration.key, std::move(*found->second));
  return attributes;
}

Attributes Container::attributes(size_t row) const {
  if (format() == 1) return contents_.records.attributes(row);
  return declared(schema(row).attributes, kDatasetsVariable, datasets().name(row));
}

Attributes Container::attributes(size_t row, std::string_view variable) const {
  size_t position = variable_position(row, variable);
  if (format() == 1) return contents_.records.attributes(row, position);
  const std::vector<AttributeDeclaration>* declarations = schema(row).attributes_of(variable);
  if (!declarations) return {};
  return declared(*declarations, variable, datasets().name(row));
}

namespace {

std::optional<Value> find_attribute(Attributes attributes, std::string_view key) {
  for (auto& [found, value] : attributes)
    if (found == key) return std::move(value);
  return {};
}

}  // namespace

std::optional<Value> Container::attribute(size_t row, std::string_view key) const {
  return find_attribute(attributes(row), key);
}

std::optional<Value> Container::attribute(size_t row, std::string_view variable, std::string_view key) const {
  return find_attribute(attributes(row, variable), key);
}

}  // namespace af
