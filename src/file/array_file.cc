// Opening and creating, and the calls that only look at or change what is pending.
#include "file/array_file.h"

#include <algorithm>

#include "file/array_file_impl.h"
#include "format/footer_writer.h"

namespace af {

// ---------------------------------------------------------------- array in use

std::optional<FillValue> ArrayInUse::fill() const {
  return pending ? pending->schema->fill : mentions.front().view().fill();
}

SharedSchema ArrayInUse::schema() const {
  return pending ? pending->schema : std::make_shared<const ArraySchema>(mentions.front().view().schema());
}

// ---------------------------------------------------------------- implementation

ArrayFile::Impl::Impl(std::shared_ptr<ObjectStore> object_store, std::string_view key,
                      const FileOptions& chosen)
    : store(std::move(object_store)),
      name(key, chosen.in_store ? chosen.in_store->twin : std::string()),
      options(chosen),
      limits{chosen.max_layers, chosen.max_arrays, chosen.max_allocation},
      counters(chosen.in_store ? chosen.in_store->counters : std::make_shared<IoCounters>()),
      pool(chosen.in_store ? chosen.in_store->pool : std::make_shared<ThreadPool>(chosen.threads)),
      pending(std::make_unique<Pending>(*pool, *counters)) {
  if (options.in_store) {
    own_cache = options.in_store->cache;
    members = options.in_store->members;
  } else if (options.cache_size > 0) {
    own_cache = std::make_shared<BlockCache>(options.cache_size);
  }
  cache = own_cache;
  pending->configure(*store, name.sidecar(1), options.codec, options.block_size, options.write_buffer_size);
}

void ArrayFile::Impl::require_writable() const {
  if (!writable) fail(Status::kReadOnly, name.base(), " was opened for reading only");
}

void ArrayFile::Impl::report(int64_t done, int64_t total) const {
  if (!progress) return;
  last_done = done;
  last_total = total;
  if (progress(done, total)) fail(Status::kCancelled, name.base(), ": cancelled by the progress callback");
}

std::unique_ptr<InterruptScope> ArrayFile::Impl::watch() const {
  if (!progress) return nullptr;
  last_done = last_total = 0;
  return std::make_unique<InterruptScope>([this] { report(last_done, last_total); });
}

BlockContext ArrayFile::Impl::blocks() const {
  BlockContext context{cache.get(), pool.get(), counters.get(), {}};
  if (progress) context.progress = [this](int64_t done, int64_t total) { report(done, total); };
  return context;
}

std::shared_ptr<const Snapshot> ArrayFile::Impl::look() const {
  if (!base_to_make.empty()) return snapshot;
  return Snapshot::open(*store, name, limits, options.layers, counters, snapshot.get(),
                        members ? &*members : nullptr);
}

void ArrayFile::Impl::move_to(std::shared_ptr<const Snapshot> next) {
  snapshot = std::move(next);
  std::lock_guard lock(stats_mutex);
  stats_index = nullptr;
}

std::optional<ArrayInUse> ArrayFile::Impl::find(std::string_view array_name) const {
  if (PendingArray* changed = pending->find(array_name)) {
    if (changed->deleted) return {};
    const ArraySchema& schema = *changed->schema;
    return ArrayInUse{array_name, changed, changed->below, schema.dtype, schema.shape, schema.chunk_shape};
  }
  std::vector<Mention> mentions = snapshot->mentions(array_name);
  if (mentions.empty()) return {};
  ArrayView view = mentions.front().view();
  DType dtype = view.dtype();
  Extents shape = view.shape(), chunk_shape = view.chunk_shape();
  return ArrayInUse{array_name, nullptr, std::move(mentions), std::move(dtype), shape, chunk_shape};
}

ArrayInUse ArrayFile::Impl::require(std::string_view array_name) const {
  std::optional<ArrayInUse> found = find(array_name);
  if (!found) fail(Status::kArrayNotFound, name.base(), ": there is no array ", quoted(array_name));
  return std::move(*found);
}

PendingArray& ArrayFile::Impl::touch(const ArrayInUse& array) {
  if (array.pending) return *array.pending;
  // What needs memory comes first: a pending array without its mentions would hide what layers hold.
  std::vector<Mention> below = array.mentions;
  PendingArray& added = pending->add(array.name, pending->share(*array.schema()));
  added.below = std::move(below);
  return added;
}

AttributeMap ArrayFile::Impl::attributes_of(const ArrayInUse& array) const {
  if (array.pending && array.pending->attributes) return array.pending->attributes->all;
  if (array.pending && array.pending->fresh) return {};
  return resolve(*snapshot, array.name);
}

AttributeMap ArrayFile::Impl::resolve(const Snapshot& layers, std::string_view array_name) const {
  if (!options.in_store) return resolve_attributes(layers, array_name);
  return resolve_declared(layers.all_mentions(array_name), [&](std::string_view key, const Value& value) {
    return options.in_store->declares(array_name, key, value);
  });
}

void ArrayFile::Impl::for_each_array(const std::function<void(const ArrayInUse&)>& visit) const {
  auto visit_pending = [&](PendingArray& array) {
    const ArraySchema& schema = *array.schema;
    visit({array.name, &array, array.below, schema.dtype, schema.shape, schema.chunk_shape});
  };
  snapshot->for_each_array([&](const Mention& mention) {
    std::string_view array_name = mention.view().name();
    PendingArray* changed = pending->empty() ? nullptr : pending->find(array_name);
    if (!changed) {
      ArrayView view = mention.view();
      std::vector<Mention> mentions =
          snapshot->layers().size() <= 2 && snapshot->base().footer().array_count() == 0
              ? std::vector<Mention>{mention}
              : snapshot->mentions(array_name);
      visit({array_name, nullptr, std::move(mentions), view.dtype(), view.shape(), view.chunk_shape()});
    } else if (!changed->deleted) {
      visit_pending(*changed);
    }
  });
  // What is defined anew in place of an array that is still there has that one's place, as it will have once
  // it is flushed.
  for (const auto& array : pending->arrays())
    if (array->fresh && !array->deleted && snapshot->mentions(array->name).empty()) visit_pending(*array);
}

// ---------------------------------------------------------------- opening and creating

std::vector<std::byte> empty_base(int version, const LayerId& id, std::span<const LayerId> absorbed) {
  FooterWriter footer(version, {}, 0);
  return finish_layer(ExtensionWriter(), id, LayerId{}, absorbed, 0,
                      footer.finish({}, {}, 0, "", kExtensionMark))
      .joined();
}

namespace {

// The layers of a stack that is about to be replaced. One that cannot be read, or that another library wrote
// and so always counts, is removed.
std::vector<LayerId> layers_to_replace(ObjectStore& store, const StackName& name, const Limits& limits) {
  std::vector<LayerId> ids;
  auto counters = std::make_shared<IoCounters>();
  for (const SidecarInfo& sidecar : list_sidecars(store, name, limits.max_layers)) {
    try {
      auto layer = Layer::open(store, sidecar.info.key, sidecar.number, limits, counters);
      if (layer->foreign())
        store.remove(sidecar.info.key);
      else
        ids.push_back(layer->id());
    } catch (const Error& error) {
      if (error.status() != Status::kCorrupt && error.status() != Status::kUnsupported) throw;
      store.remove(sidecar.info.key);
    }
  }
  // Nor does what somebody is about to commit on the last of them continue the new base.
  ids.push_back(random_layer_id());
  return ids;
}

}  // namespace

std::vector<LayerId> prepare_target(ObjectStore& store, const StackName& name, const FileOptions& options,
                                    const Limits& limits) {
  if (std::optional<std::string> other = name.would_be_sidecar_of(); other && store.stat(*other))
    fail(Status::kAlreadyExists, store.describe(), ": ", quoted(name.base()), " would become a layer of ",
         quoted(*other));
  if (options.replace) return layers_to_replace(store, name, limits);
  if (store.stat(name.base()))
    fail(Status::kAlreadyExists, store.describe(), ": ", quoted(name.base()), " is there already");
  std::vector<SidecarInfo> sidecars = list_sidecars(store, name, limits.max_layers);
  if (!sidecars.empty())
    fail(Status::kAlreadyExists, store.describe(), ": ", quoted(sidecars.front().info.key),
         " would become a layer of ", quoted(name.base()));
  return {};
}

std::shared_ptr<const Snapshot> finish_replacing(ObjectStore& store, const StackName& name,
                                                 const Limits& limits,
                                                 const std::shared_ptr<IoCounters>& counters) {
  auto replaced = Snapshot::open(store, name, limits, 0, counters);
  // Others may have committed on the new base already.
  for (const auto& layer : replaced->ignored()) store.remove(layer->key(), layer->version());
  return replaced->ignored().empty() ? replaced
                                     : Snapshot::open(store, name, limits, 0, counters, replaced.get());
}

ArrayFile::ArrayFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArrayFile::~ArrayFile() = default;

std::shared_ptr<ArrayFile> ArrayFile::create(std::shared_ptr<ObjectStore> store, std::string_view key,
                                             const FileOptions& options) {
  auto impl = std::make_unique<Impl>(std::move(store), key, options);
  if (options.footer_version == 6)
    fail(Status::kUnsupported, key, ": files of footer version 6 are only written whole, as copies");
  impl->writable = true;
  impl->options.layers = 0;
  ObjectStore& place = *impl->store;
  const StackName& name = impl->name;
  std::unique_ptr<StoreLock> lock = place.lock(name.lock());
  std::vector<LayerId> replaced = prepare_target(place, name, options, impl->limits);
  place.remove(name.stats());
  // The new base passes over the old sidecars from the moment it is there; a crash before they are removed
  // changes nothing.
  Condition condition = options.replace ? Condition::always() : Condition::if_absent();
  if (!place.put(name.base(), empty_base(options.footer_version, random_layer_id(), replaced), condition))
    fail(Status::kAlreadyExists, place.describe(), ": ", quoted(name.base()),
         " was created by another writer just now");
  impl->snapshot = finish_replacing(place, name, impl->limits, impl->counters);
  return std::shared_ptr<ArrayFile>(new ArrayFile(std::move(impl)));
}

std::shared_ptr<ArrayFile> ArrayFile::open(std::shared_ptr<ObjectStore> store, std::string_view key,
                                           const FileOptions& options) {
  auto impl = std::make_unique<Impl>(std::move(store), key, options);
  impl->writable = options.writable && options.layers == 0;
  impl->snapshot = impl->look();
  if (impl->writable && impl->snapshot->immutable())
    fail(Status::kReadOnly, key,
         " has footer version 6, which is never changed: open it for reading, or copy it");
  return std::shared_ptr<ArrayFile>(new ArrayFile(std::move(impl)));
}

void ArrayFile::set_cache(std::shared_ptr<BlockCache> cache) {
  std::unique_lock lock(mutex_);
  impl_->cache = cache ? std::move(cache) : impl_->own_cache;
}

void ArrayFile::set_progress(Progress progress) {
  std::unique_lock lock(mutex_);
  impl_->progress = std::move(progress);
}

bool ArrayFile::refresh() {
  std::unique_lock lock(mutex_);
  impl_->pending->clear();
  auto next = impl_->look();
  bool changed = !std::ranges::equal(next->layers(), impl_->snapshot->layers());
  impl_->move_to(std::move(next));
  return changed;
}

bool ArrayFile::is_dirty() const {
  std::shared_lock lock(mutex_);
  return !impl_->pending->empty();
}

int64_t ArrayFile::layer_count() const {
  std::shared_lock lock(mutex_);
  return static_cast<int64_t>(impl_->snapshot->layers().size());
}

LayerInfo ArrayFile::layer(int64_t i) const {
  std::shared_lock lock(mutex_);
  const auto& layers = impl_->snapshot->layers();
  if (i < 0 || i >= static_cast<int64_t>(layers.size()))
    fail(Status::kOutOfBounds, "layer ", i, " of ", layers.size());
  const Layer& layer = *layers[static_cast<size_t>(i)];
  return {layer.foreign(),
          layer.number(),
          static_cast<int64_t>(layer.file_size()),
          static_cast<int64_t>(layer.footer().array_count()),
          static_cast<int64_t>(layer.footer().block_count()),
          layer.id()};
}

int ArrayFile::footer_version() const {
  std::shared_lock lock(mutex_);
  return impl_->snapshot->version();
}

IoCounts ArrayFile::io_counts() const { return impl_->counters->counts(); }

// ---------------------------------------------------------------- arrays

void ArrayFile::define(std::string_view name, const ArraySchema& schema) {
  std::unique_lock lock(mutex_);
  impl_->define(name, schema);
}

void ArrayFile::Impl::define(std::string_view array_name, const ArraySchema& schema) {
  require_writable();
  if (find(array_name))
    fail(Status::kArrayAlreadyExists, name.base(), ": array ", quoted(array_name), " is there already");
  PendingArray* deleted = pending->find(array_name);
  PendingArray& array = deleted ? *deleted : pending->add(array_name, pending->share(schema));
  if (deleted) pending->drop_chunks(array);
  array.schema = pending->share(schema);
  array.deleted = false;
  array.fresh = true;
  array.below.clear();
  array.erased.clear();
  array.attributes.reset();
}

void ArrayFile::erase(std::string_view name) {
  std::unique_lock lock(mutex_);
  impl_->erase(name);
}

void ArrayFile::Impl::erase(std::string_view array_name) {
  require_writable();
  PendingArray& array = touch(require(array_name));
  pending->drop_chunks(array);
  array.deleted = true;
  array.below.clear();
  array.erased.clear();
  array.attributes.reset();
}

bool ArrayFile::contains(std::string_view name) const {
  std::shared_lock lock(mutex_);
  return impl_->find(name).has_value();
}

ArraySchema ArrayFile::schema(std::string_view name) const {
  std::shared_lock lock(mutex_);
  return *impl_->require(name).schema();
}

namespace {

void add_row(Listing& listing, std::string_view name, TypeId type, const Extents& shape) {
  listing.names += name;
  listing.name_offsets.push_back(static_cast<int64_t>(listing.names.size()));
  listing.dtypes.push_back(static_cast<int32_t>(type));
  listing.shapes.insert(listing.shapes.end(), shape.span().begin(), shape.span().end());
  listing.shape_offsets.push_back(static_cast<int64_t>(listing.shapes.size()));
}

}  // namespace

Listing ArrayFile::list() const {
  std::shared_lock lock(mutex_);
  Listing listing;
  uint64_t expected = impl_->snapshot->mention_count() + impl_->pending->arrays().size();
  check_allocation(impl_->limits, expected * 48, "the listing");
  listing.names.reserve(expected * 16);
  listing.shapes.reserve(expected);
  listing.name_offsets.reserve(expected + 1);
  listing.shape_offsets.reserve(expected + 1);
  listing.dtypes.reserve(expected);
  if (impl_->pending->empty()) {
    impl_->snapshot->for_each_array([&](const Mention& mention) {
      ArrayView view = mention.view();
      add_row(listing, view.name(), view.dtype().id, view.shape());
    });
  } else {
    impl_->for_each_array(
        [&](const ArrayInUse& array) { add_row(listing, array.name, array.dtype.id, array.shape); });
  }
  return listing;
}

Listing ArrayFile::list_page(const std::function<bool(std::string_view name)>& matches, int64_t first,
                             int64_t limit, int64_t* next) const {
  std::shared_lock lock(mutex_);
  Listing listing;
  *next = -1;
  // Answers false at the first one that is too many.
  auto visit = [&](int64_t position, std::string_view name, TypeId type, const Extents& shape) {
    if (!matches(name)) return true;
    if (listing.count() == limit) *next = position;
    if (*next < 0) add_row(listing, name, type, shape);
    return *next < 0;
  };
  if (impl_->pending->empty()) {
    impl_->snapshot->walk_arrays(
        static_cast<uint64_t>(first), [&](uint64_t position, const Mention& mention) {
          ArrayView view = mention.view();
          return visit(static_cast<int64_t>(position), view.name(), view.dtype().id, view.shape());
        });
    return listing;
  }
  int64_t position = 0;
  impl_->for_each_array([&](const ArrayInUse& array) {
    int64_t at = position++;
    if (at >= first && *next < 0) visit(at, array.name, array.dtype.id, array.shape);
  });
  return listing;
}

// ---------------------------------------------------------------- attributes

namespace {

std::pair<std::string, Value>* find_attribute(AttributeMap& attributes, std::string_view key) {
  auto found =
      std::ranges::find(attributes, key, [](const auto& pair) { return std::string_view(pair.first); });
  return found == attributes.end() ? nullptr : &*found;
}

}  // namespace

void ArrayFile::Impl::require_room_for(std::string_view key, const Value& value) const {
  if (!footer_holds(snapshot->version(), value))
    fail(Status::kUnsupported, "attribute ", quoted(key), ": footer version ", snapshot->version(),
         " holds no ", type_name(value.type()), value.is_list() ? " list" : "");
}

void ArrayFile::Impl::set_attribute(std::string_view array_name, std::string_view key, const Value& value) {
  require_writable();
  require_room_for(key, value);
  ArrayInUse array = require(array_name);
  AttributeMap attributes = attributes_of(array);
  if (auto* present = find_attribute(attributes, key))
    present->second = value;
  else
    attributes.emplace_back(key, value);
  touch(array).change_attributes(key, std::move(attributes));
}

void ArrayFile::set_attribute(std::string_view name, std::string_view key, const Value& value) {
  std::unique_lock lock(mutex_);
  impl_->set_attribute(name, key, value);
}

void ArrayFile::set_file_attribute(std::string_view key, const Value& value) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  impl_->require_room_for(key, value);
  if (!impl_->find(kFileArray)) impl_->define(kFileArray, make_schema(TypeId::kUInt8, Extents()));
  impl_->set_attribute(kFileArray, key, value);
}

void ArrayFile::remove_attribute(std::string_view name, std::string_view key) {
  std::unique_lock lock(mutex_);
  impl_->require_writable();
  ArrayInUse array = impl_->require(name);
  AttributeMap attributes = impl_->attributes_of(array);
  if (!find_attribute(attributes, key))
    fail(Status::kAttributeNotFound, "array ", quoted(name), " has no attribute ", quoted(key));
  std::erase_if(attributes, [&](const auto& pair) { return pair.first == key; });
  impl_->touch(array).change_attributes(key, std::move(attributes));
}

Value ArrayFile::attribute(std::string_view name, std::string_view key) const {
  std::shared_lock lock(mutex_);
  AttributeMap attributes = impl_->attributes_of(impl_->require(name));
  auto* found = find_attribute(attributes, key);
  if (!found) fail(Status::kAttributeNotFound, "array ", quoted(name), " has no attribute ", quoted(key));
  return std::move(found->second);
}

ValueMap ArrayFile::attributes(std::string_view name) const {
  std::shared_lock lock(mutex_);
  ValueMap map;
  for (auto& [key, value] : impl_->attributes_of(impl_->require(name))) map.emplace_back(key, value);
  return map;
}

ValueMap ArrayFile::attribute_column(std::string_view key) const {
  std::shared_lock lock(mutex_);
  ValueMap column;
  AttributeColumn values(*impl_->snapshot, key);
  auto value_of = [&](const Mention& mention) -> std::optional<Value> {
    // What other libraries left needs the store's own rule.
    if (!impl_->options.in_store || !mention.layer->foreign() || impl_->snapshot->immutable())
      return values.of(mention);
    AttributeMap attributes = impl_->resolve(*impl_->snapshot, mention.view().name());
    auto* found = find_attribute(attributes, key);
    return found ? std::optional(std::move(found->second)) : std::nullopt;
  };
  if (impl_->pending->empty()) {
    impl_->snapshot->for_each_array(
        [&](const Mention& mention) { column.emplace_back(mention.view().name(), value_of(mention)); });
    return column;
  }
  impl_->for_each_array([&](const ArrayInUse& array) {
    std::optional<Value> value;
    if (array.pending) {
      AttributeMap attributes = impl_->attributes_of(array);
      if (auto* found = find_attribute(attributes, key)) value = found->second;
    } else {
      value = value_of(array.mentions.front());
    }
    column.emplace_back(array.name, std::move(value));
  });
  return column;
}

}  // namespace af
