// Repair: what is sound of a damaged stack, layer by layer, array by array and chunk by chunk, as one new
// base.
#include <algorithm>

#include "file/array_file_impl.h"
#include "file/mending.h"
#include "format/chunk.h"

namespace af {
namespace {

class Salvage {
 public:
  Salvage(const ObjectStore& store, const StackName& name, const Limits& limits)
      : store_(store), name_(name), limits_(limits), counters_(std::make_shared<IoCounters>()) {}

  // Opens what can be opened of the layers. Throws kNotFound when there is no such stack, kCorrupt when
  // nothing of it can be read.
  void open_layers();
  int version() const { return layers_.back()->footer().version(); }
  // Puts all that is sound of them into `target`, as changes that are pending.
  void save_into(ArrayFile::Impl& target);
  std::vector<Finding> take_findings() { return findings_.take(); }

 private:
  // An array since it was last defined: all its mentions, newest first.
  struct Found {
    std::string name;
    std::vector<Mention> mentions;
  };

  void add_layer(const std::string& key, uint32_t number);
  bool counts(const Layer& layer);
  void find_arrays();
  void find_mention(const Mention& mention, std::string_view name);
  void save_array(ArrayFile::Impl& target, Found& found);
  std::vector<Mention> readable_generation(const Found& found);
  void save_chunks(ArrayFile::Impl& target, const std::vector<Mention>& mentions, const ArraySchema& schema);
  void save_chunk(ArrayFile::Impl& target, PendingArray& array, const Grid& grid, const FoundChunk& chunk,
                  const Extents& coord);
  void save_attributes(ArrayFile::Impl& target, const Found& found);

  const ObjectStore& store_;
  const StackName& name_;
  const Limits& limits_;
  std::shared_ptr<IoCounters> counters_;
  std::vector<std::shared_ptr<const Layer>> layers_;
  // Whether a layer is missing right below the next one, so that nothing can be said of the next one's
  // parent.
  bool gap_ = false;
  uint32_t next_number_ = 0;
  std::vector<Found> arrays_;  // in listing order; without mentions: deleted again
  std::unordered_map<std::string, size_t> places_;
  Findings findings_;
};

std::string place_text(const Extents& coord) {
  std::string text = "(";
  for (int axis = 0; axis < coord.rank(); axis++) text += text_of(axis == 0 ? "" : ", ", coord[axis]);
  return text + ")";
}

// ---------------------------------------------------------------- layers

bool Salvage::counts(const Layer& layer) {
  if (layer.foreign() || layers_.empty()) return true;
  const std::vector<LayerId>& absorbed = layers_.front()->absorbed();
  if (std::ranges::find(absorbed, layer.id()) != absorbed.end()) {
    findings_.note(layer.key(), ": left behind by a compaction, its contents are in the base");
    return false;
  }
  if (gap_ || layers_.back()->foreign() || continues(layer, layers_)) return true;
  findings_.problem(layer.key(), ": left out, the layer that it was written on is not below it");
  return false;
}

void Salvage::add_layer(const std::string& key, uint32_t number) {
  if (number > next_number_) {
    findings_.problem(
        name_.sidecar(next_number_),
        number - next_number_ > 1 ? text_of(" to ", name_.sidecar(number - 1), " are") : std::string(" is"),
        " missing: what was changed there is lost");
    gap_ = true;
  }
  next_number_ = number + 1;
  std::shared_ptr<const Layer> layer = open_damaged_layer(
      store_, key, number, limits_, counters_, [&](const std::string& text) { findings_.problem(text); });
  if (!layer) {
    gap_ = true;
    return;
  }
  if (!counts(*layer)) return;
  if (layer->foreign()) findings_.note(key, ": without checksums: damage to its values cannot be seen");
  layers_.push_back(std::move(layer));
  gap_ = false;
}

void Salvage::open_layers() {
  std::vector<SidecarInfo> sidecars = list_sidecars(store_, name_, limits_.max_layers);
  if (store_.stat(name_.base())) {
    add_layer(name_.base(), 0);
  } else if (sidecars.empty()) {
    fail(Status::kNotFound, store_.describe(), ": there is no ", quoted(name_.base()));
  } else {
    findings_.problem(name_.base(), " is missing: what only it held is lost");
    gap_ = true;
    next_number_ = 1;
  }
  for (const SidecarInfo& sidecar : sidecars) add_layer(sidecar.info.key, sidecar.number);
  if (layers_.empty()) fail(Status::kCorrupt, findings_.all().front().text);
}

// ---------------------------------------------------------------- arrays

void Salvage::find_mention(const Mention& mention, std::string_view name) {
  bool deleted = mention.view().deleted();  // throws while nothing has changed yet
  auto [place, added] = places_.try_emplace(std::string(name), arrays_.size());
  if (deleted) {
    if (!added) arrays_[place->second].mentions.clear();
    places_.erase(place);
    return;
  }
  if (added) arrays_.push_back({std::string(name), {}});
  std::vector<Mention>& mentions = arrays_[place->second].mentions;
  // Of equal names in one layer the last counts.
  if (!mentions.empty() && mentions.front().layer == mention.layer)
    mentions.front() = mention;
  else
    mentions.insert(mentions.begin(), mention);
}

void Salvage::find_arrays() {
  for (const auto& layer : layers_)
    for (uint64_t i = 0; i < layer->footer().array_count(); i++)
      findings_.sound(text_of(layer->key(), ": array ", i, " is lost: "), [&] {
        Mention mention{layer.get(), i};
        find_mention(mention, mention.view().name());
      });
}

std::vector<Mention> Salvage::readable_generation(const Found& found) {
  std::vector<Mention> mentions;
  for (const Mention& mention : found.mentions) {
    bool ends = false;
    findings_.sound(
        text_of("array ", quoted(found.name), ": what ", mention.layer->key(), " holds of it is lost: "),
        [&] {
          mention.view().schema();
          ends = !mentions.empty() && !same_generation(mentions.front().view(), mention.view());
          if (!ends) mentions.push_back(mention);
        });
    if (ends) break;
  }
  return mentions;
}

void Salvage::save_chunk(ArrayFile::Impl& target, PendingArray& array, const Grid& grid,
                         const FoundChunk& chunk, const Extents& coord) {
  int64_t elements = grid.chunk_elements(coord);
  // What only hides older chunks need not be written.
  if (chunk.layer->chunk_summary(chunk.array, chunk.position) == Summary{} && target.is_void(chunk, elements))
    return;
  Buffer payload = target.written_payload({nullptr, chunk});
  check_payload(array.schema->dtype, payload.view(), elements);
  if (uint64_t size = element_size(array.schema->dtype.id); size != 0)
    payload.shrink(static_cast<size_t>(elements) * size);
  target.put_chunk(array, grid, coord, std::move(payload));
}

void Salvage::save_chunks(ArrayFile::Impl& target, const std::vector<Mention>& mentions,
                          const ArraySchema& schema) {
  PendingArray& array = *target.pending->find(mentions.front().view().name());
  Grid grid(schema.shape, schema.chunk_shape);
  std::set<Extents> seen;
  for (const Mention& mention : mentions) {
    std::string where = text_of("array ", quoted(array.name), ", ", mention.layer->key());
    uint64_t count = 0;
    findings_.sound(text_of(where, ": its chunks are lost: "), [&] { count = mention.view().chunk_count(); });
    for (uint64_t i = 0; i < count; i++) {
      std::optional<Extents> coord;
      if (!findings_.sound(text_of(where, ": chunk ", i, " is lost: "),
                           [&] { coord = mention.view().chunk_coord(i, schema.shape.rank()); }))
        continue;
      // An older chunk must not show in place of a newer one that is damaged.
      if (!coord || !grid.contains(*coord) || !seen.insert(*coord).second) continue;
      findings_.sound(text_of(where, ": the chunk at ", place_text(*coord), " is lost: "), [&] {
        save_chunk(target, array, grid, {mention.layer, mention.array, i}, *coord);
      });
    }
  }
}

void Salvage::save_attributes(ArrayFile::Impl& target, const Found& found) {
  std::string where = text_of("array ", quoted(found.name), ": its attributes are lost: ");
  AttributeMap attributes;
  findings_.sound(where, [&] { attributes = resolve_attributes(found.mentions); });
  for (const auto& pair : attributes)
    findings_.sound(text_of("array ", quoted(found.name), ": "),
                    [&] { target.set_attribute(found.name, pair.first, pair.second); });
}

void Salvage::save_array(ArrayFile::Impl& target, Found& found) {
  std::vector<Mention> mentions = readable_generation(found);
  if (mentions.empty()) return;
  ArraySchema schema = mentions.front().view().schema();
  if (!findings_.sound(text_of("array ", quoted(found.name), " is lost: "), [&] {
        if (!row_count(schema.shape))
          fail(Status::kCorrupt, "its shape has more elements than 64 bits count");
        target.define(found.name, schema);
      }))
    return;
  save_chunks(target, mentions, schema);
  save_attributes(target, found);
}

void Salvage::save_into(ArrayFile::Impl& target) {
  find_arrays();
  int64_t done = 0;
  for (Found& found : arrays_) {
    target.report(done++, static_cast<int64_t>(arrays_.size()));
    if (!found.mentions.empty()) save_array(target, found);
  }
}

// An empty stack that lies nowhere: below what is pending.
std::shared_ptr<const Snapshot> empty_snapshot(const StackName& name, const FileOptions& options) {
  std::shared_ptr<ObjectStore> nowhere = create_memory_store();
  return ArrayFile::create(nowhere, name.base(), options),
         Snapshot::open(*nowhere, name, {}, 0, std::make_shared<IoCounters>());
}

}  // namespace

std::vector<Finding> ArrayFile::repair(const ObjectStore& store, std::string_view key,
                                       std::shared_ptr<ObjectStore> target_store, std::string_view target_key,
                                       FileOptions options, Progress progress) {
  StackName name(key);
  Limits limits{options.max_layers, options.max_arrays, options.max_allocation};
  Salvage salvage(store, name, limits);
  if (options.replace)
    fail(Status::kInvalidArgument, "a repaired stack replaces nothing: give it a name that is free");
  salvage.open_layers();
  if (options.footer_version == 0) options.footer_version = std::min(salvage.version(), 5);

  Impl target(std::move(target_store), target_key, options);
  target.writable = true;
  target.progress = std::move(progress);
  target.snapshot = empty_snapshot(target.name, options);
  std::unique_ptr<StoreLock> lock = target.store->lock(target.name.lock());
  prepare_target(*target.store, target.name, options, limits);
  salvage.save_into(target);
  target.write_new_base(target, {});
  return salvage.take_findings();
}

}  // namespace af
