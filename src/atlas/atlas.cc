// Opening and creating, and what is asked of the store as a whole.
#include "atlas/atlas.h"

#include <algorithm>

#include "atlas/atlas_impl.h"
#include "atlas/container_keys.h"
#include "format/store_names.h"

namespace af {
namespace {

// A folder as the beginning of keys.
std::string with_slash(std::string_view prefix) {
  return prefix.empty() || prefix.ends_with('/') ? std::string(prefix) : text_of(prefix, "/");
}

// Where a store is, and the metadata document if the caller named it.
struct Place {
  std::string prefix;
  std::optional<MetadataForm> form;
  bool container = false;
};

Place find_place(const ObjectStore& store, std::string_view path) {
  Place place{with_slash(path), {}, false};
  size_t name_at = path.rfind('/') + 1;  // npos + 1 is 0
  std::string_view name = path.substr(name_at);
  bool names_document = form_of_document(name) || name == container_key({});
  // A folder may be called so.
  if (names_document && store.stat(path)) {
    place.prefix = path.substr(0, name_at);
    place.form = form_of_document(name);
    place.container = !place.form;
    return place;
  }
  place.container = Container::exists(store, place.prefix);
  if (!place.container) place.form = find_document(store, place.prefix);
  return place;
}

void append(VariableData& data, std::string_view text) {
  data.bytes += text;
  data.offsets.push_back(static_cast<int64_t>(data.bytes.size()));
}

}  // namespace

Atlas::Impl::Impl(std::shared_ptr<ObjectStore> object_store, std::string_view key_prefix,
                  const AtlasOptions& chosen)
    : store(std::move(object_store)),
      prefix(key_prefix),
      options(chosen),
      writable(chosen.writable),
      pool(std::make_shared<ThreadPool>(chosen.stacks.threads)) {
  if (options.stacks.cache_size > 0) own_cache = std::make_shared<BlockCache>(options.stacks.cache_size);
  cache = own_cache;
}

void Atlas::Impl::require_writable() const {
  if (!writable) fail(Status::kReadOnly, store->describe(), ": the store was opened for reading only");
  if (container)
    fail(Status::kUnsupported, container_key(prefix),
         " is a container, which is never changed but for deleting datasets");
}

void Atlas::Impl::load() { adopt(read_document(*store, document_key, form, options.stacks.max_allocation)); }

void Atlas::Impl::load_container() {
  metadata.version = 0;
  metadata.codec = container->codec();
  metadata.schemas = container->schemas();
  metadata.datasets = container->datasets();
  if (static_cast<int64_t>(metadata.datasets.size()) > options.max_datasets)
    fail(Status::kLimitExceeded, container_key(prefix), " holds ", metadata.datasets.size(),
         " datasets, allowed are ", options.max_datasets);
}

void Atlas::Impl::adopt(StoredDocument document) {
  if (static_cast<int64_t>(document.metadata.datasets.size()) > options.max_datasets)
    fail(Status::kLimitExceeded, document_key, " holds ", document.metadata.datasets.size(),
         " datasets, allowed are ", options.max_datasets);
  counters->count_read(document.size);
  metadata = std::move(document.metadata);
  document_version = std::move(document.version);
  touched.clear();
  steps.clear();
  census.reset();
}

bool Atlas::Impl::is_current() const {
  std::optional<ObjectInfo> info = store->stat(document_key);
  return info && info->version == document_version;
}

std::optional<size_t> Atlas::Impl::find(std::string_view name) const {
  std::optional<size_t> row = metadata.datasets.find(name);
  if (!row || metadata.datasets.deleted(*row)) return {};
  return row;
}

size_t Atlas::Impl::require(std::string_view name) const {
  std::optional<size_t> row = find(name);
  if (!row) fail(Status::kDatasetNotFound, store->describe(), ": there is no dataset ", quoted(name));
  return *row;
}

DatasetSchema Atlas::Impl::full_schema(size_t row) const {
  DatasetSchema schema = schema_of(row);
  if (!container) return schema;
  for (VariableSchema& variable : schema.variables) {
    ArraySchema array = container->array_schema(row, variable.name);
    variable.shape.assign(array.shape.span().begin(), array.shape.span().end());
    variable.chunk_shape.assign(array.chunk_shape.span().begin(), array.chunk_shape.span().end());
    variable.dimension_names = std::move(array.dimension_names);
  }
  return schema;
}

const VariableSchema& Atlas::Impl::require_variable(size_t row, std::string_view variable) const {
  const VariableSchema* declared = schema_of(row).variable(variable);
  if (!declared)
    fail(Status::kArrayNotFound, "dataset ", quoted(metadata.datasets.name(row)), " has no array ",
         quoted(variable));
  return *declared;
}

Atlas::Impl::Located Atlas::Impl::locate(size_t row, std::string_view variable) const {
  require_variable(row, variable);
  if (!container) return {stack(variable), std::string(metadata.datasets.name(row))};
  Container::Place place = container->place(row, variable);
  return {std::move(place.file), std::string(place.array)};
}

uint64_t Atlas::Impl::incarnation(std::string_view name) const {
  auto found = deletions.find(std::string(name));
  return found == deletions.end() ? 0 : found->second;
}

Atlas::Atlas(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Atlas::~Atlas() = default;

std::shared_ptr<Atlas> Atlas::create(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                                     const AtlasOptions& options) {
  if (options.generation != 1 && options.generation != 3)
    fail(Status::kUnsupported, "stores of generation ", options.generation, " are not created");
  auto impl = std::make_unique<Impl>(std::move(store), with_slash(prefix), options);
  impl->writable = true;
  impl->form = options.document;
  impl->document_key = impl->prefix + metadata_file_name(options.document);
  impl->metadata.version = options.generation;
  impl->metadata.codec = store_codec(options.codec);
  if (!impl->prefix.empty())
    impl->store->make_folder(std::string_view(impl->prefix).substr(0, impl->prefix.size() - 1));
  std::unique_ptr<StoreLock> lock = impl->store->lock(impl->prefix + "atlas.lock");
  Place place = find_place(*impl->store, prefix);
  if (place.form || place.container)
    fail(Status::kAlreadyExists, impl->store->describe(), ": there is a store in ", quoted(prefix),
         " already");
  impl->metadata.commit = CommitRecord{};
  std::string bytes = pack_metadata(impl->form, impl->metadata);
  std::optional<std::string> version =
      impl->store->put(impl->document_key, as_bytes(bytes), Condition::if_absent());
  if (!version)
    fail(Status::kAlreadyExists, impl->store->describe(), ": ", quoted(impl->document_key),
         " was created by another writer just now");
  impl->counters->count_write(static_cast<int64_t>(bytes.size()));
  impl->document_version = std::move(*version);
  return std::shared_ptr<Atlas>(new Atlas(std::move(impl)));
}

std::shared_ptr<Atlas> Atlas::open(std::shared_ptr<ObjectStore> store, std::string_view prefix,
                                   const AtlasOptions& options) {
  if (options.at_commit != 0 && options.writable)
    fail(Status::kInvalidArgument, "a store as of an earlier commit is not changed");
  Place place = find_place(*store, prefix);
  if (place.container && options.at_commit != 0)
    fail(Status::kUnsupported, store->describe(), ": containers have no earlier commits");
  if (!place.form && !place.container)
    fail(Status::kNotFound, store->describe(), ": there is no store in ", quoted(prefix));
  auto impl = std::make_unique<Impl>(std::move(store), place.prefix, options);
  if (place.container) {
    FileOptions segments = impl->options.stacks;
    segments.in_store =
        std::make_shared<StackInStore>(StackInStore{{}, {}, impl->pool, impl->cache, impl->counters, {}});
    impl->container = Container::open(impl->store, impl->prefix, segments);
    impl->load_container();
    return std::shared_ptr<Atlas>(new Atlas(std::move(impl)));
  }
  impl->form = *place.form;
  impl->document_key = impl->prefix + metadata_file_name(impl->form);
  options.at_commit == 0 ? impl->load() : impl->go_back(options.at_commit);
  return std::shared_ptr<Atlas>(new Atlas(std::move(impl)));
}

void Atlas::set_cache(std::shared_ptr<BlockCache> cache) {
  std::unique_lock lock(mutex_);
  impl_->cache = cache ? std::move(cache) : impl_->own_cache;
  for (auto& [name, stack] : impl_->stacks) stack->set_cache(impl_->cache);
  if (impl_->container) impl_->container->set_cache(impl_->cache);
}

void Atlas::set_progress(Progress progress) {
  std::unique_lock lock(mutex_);
  impl_->progress = std::move(progress);
  for (auto& [name, stack] : impl_->stacks) stack->set_progress(impl_->progress);
}

AtlasInfo Atlas::info() const {
  std::shared_lock lock(mutex_);
  const StoreMetadata& metadata = impl_->metadata;
  const Container* container = impl_->container.get();
  return {metadata.version,
          container ? container->format() : 0,
          container               ? container->footer_version()
          : metadata.version == 1 ? 4
                                  : 5,
          metadata.codec,
          impl_->form,
          static_cast<int64_t>(metadata.datasets.live_count()),
          static_cast<int64_t>(metadata.datasets.size()),
          static_cast<int64_t>(impl_->variables().size()),
          metadata.version == 3 ? metadata.meta_epoch : 0,
          container ? container->created_unix_ms() : 0,
          metadata.commit ? metadata.commit->sequence : 0};
}

IoCounts Atlas::io_counts() const { return impl_->counters->counts(); }

// ---------------------------------------------------------------- datasets

std::shared_ptr<Dataset> Atlas::create_dataset(std::string_view name) {
  std::unique_lock lock(mutex_);
  impl_->create_dataset(name);
  return std::make_shared<Dataset>(shared_from_this(), std::string(name), impl_->incarnation(name));
}

std::shared_ptr<Dataset> Atlas::open_dataset(std::string_view name) const {
  std::shared_lock lock(mutex_);
  impl_->require(name);
  return std::make_shared<Dataset>(std::const_pointer_cast<Atlas>(shared_from_this()), std::string(name),
                                   impl_->incarnation(name));
}

void Atlas::delete_dataset(std::string_view name) {
  std::unique_lock lock(mutex_);
  if (!impl_->container || !impl_->writable) impl_->require_writable();
  impl_->delete_dataset(impl_->require(name));
}

bool Atlas::contains_dataset(std::string_view name) const {
  std::shared_lock lock(mutex_);
  return impl_->find(name).has_value();
}

int64_t Atlas::dataset_row(std::string_view name) const {
  std::shared_lock lock(mutex_);
  return static_cast<int64_t>(impl_->require(name));
}

VariableData Atlas::list_datasets() const {
  std::shared_lock lock(mutex_);
  const DatasetTable& datasets = impl_->metadata.datasets;
  VariableData names;
  names.offsets.reserve(datasets.live_count() + 1);
  for (size_t row = 0; row < datasets.size(); row++)
    if (!datasets.deleted(row)) append(names, datasets.name(row));
  return names;
}

VariableData Atlas::list_variables() const {
  std::shared_lock lock(mutex_);
  VariableData names;
  for (const std::string& variable : impl_->variables()) append(names, variable);
  return names;
}

MergedSchema Atlas::merged() const {
  std::shared_lock lock(mutex_);
  return merged_schema(impl_->metadata);
}

// ---------------------------------------------------------------- the store

void Atlas::flush() {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  std::optional<CommitRecord> before = impl_->metadata.commit;
  impl_->flush();
  if (impl_->metadata.commit != before) impl_->keep_commit();
}

bool Atlas::is_dirty() const {
  std::shared_lock lock(mutex_);
  return impl_->is_dirty();
}

void Atlas::compact() {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  impl_->compact();
  impl_->forget_commits();
  impl_->keep_commit();
}

bool Atlas::refresh() {
  std::unique_lock lock(mutex_);
  return impl_->refresh();
}

std::vector<KeptCommit> Atlas::commits() const {
  std::shared_lock lock(mutex_);
  return impl_->container ? std::vector<KeptCommit>() : impl_->kept_commits();
}

std::vector<Finding> Atlas::verify() const {
  std::shared_lock lock(mutex_);
  return impl_->verify();
}

int64_t Atlas::gc() {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  return impl_->gc();
}

bool Atlas::Impl::refresh() {
  if (container) {
    bool changed = container->refresh();
    load_container();
    return changed;
  }
  if (options.at_commit != 0) return false;
  bool changed = !is_current();
  if (changed || is_dirty()) load();
  attempted.reset();
  std::lock_guard lock(stacks_mutex);
  for (auto place = stacks.begin(); place != stacks.end();) {
    try {
      changed |= place->second->drop_to_members(members_of(metadata, place->first));
      ++place;
    } catch (const std::exception&) {
      // It is opened again when it is needed, and says then what is wrong.
      place = stacks.erase(place);
    }
  }
  return changed;
}

}  // namespace af
