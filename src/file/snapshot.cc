#include "file/snapshot.h"

#include <algorithm>
#include <set>

#include "file/name_table.h"
#include "format/checksum.h"

namespace af {
namespace {

constexpr int kOpenTries = 16;
// How many files whose names begin like a sidecar's may lie beside a stack: its statistics, other stacks, ...
constexpr int64_t kMaxNeighbours = 1 << 16;

// How the reference's store writes a path segment; it does so twice for sidecars, and then never finds them
// again.
std::string escape_segment(std::string_view text) {
  constexpr std::string_view kEscaped = "\\{^}%`]\">[~<#|*?";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (c >= 0x20 && c < 0x7f && kEscaped.find(static_cast<char>(c)) == std::string_view::npos) {
      out += static_cast<char>(c);
      continue;
    }
    out += '%';
    out += kHex[c >> 4];
    out += kHex[c & 15];
  }
  return out;
}

std::string escaped_base(const StackName& name) {
  std::string_view base = name.base(), file = name.base_name();
  return std::string(base.substr(0, base.size() - file.size())) + escape_segment(file);
}

// What the names of a stack's files begin with.
std::string listed_prefix(const StackName& name) { return name.stem() + "."; }

void add_sidecars_of(const StackName& name, std::vector<ObjectInfo> listed, std::vector<SidecarInfo>* found) {
  for (ObjectInfo& info : listed)
    if (std::optional<uint32_t> number = name.sidecar_number(info.key))
      found->push_back({*number, std::move(info)});
}

// `listed`: what lies beside the base.
std::vector<SidecarInfo> sidecars_among(const ObjectStore& store, const StackName& name, int64_t limit,
                                        std::vector<ObjectInfo> listed) {
  std::vector<SidecarInfo> found;
  add_sidecars_of(name, std::move(listed), &found);
  auto add_others = [&](const StackName& other) {
    add_sidecars_of(other, store.list(listed_prefix(other), limit + kMaxNeighbours), &found);
  };
  if (!name.twin().empty()) add_others(StackName(name.twin()));
  if (std::string escaped = escaped_base(name); escaped != name.base()) add_others(StackName(escaped));
  if (static_cast<int64_t>(found.size()) >= limit)
    fail(Status::kLimitExceeded, name.base(), ": ", found.size(),
         " sidecars and the base are over the limit of ", limit, " layers");
  std::ranges::stable_sort(found, {}, &SidecarInfo::number);
  return found;
}

std::shared_ptr<const Layer> find_unchanged(const Snapshot* before, const ObjectInfo& info, uint32_t number) {
  if (!before || info.version.empty()) return nullptr;
  auto is_it = [&](const std::shared_ptr<const Layer>& layer) {
    return layer->key() == info.key && layer->version() == info.version && layer->number() == number;
  };
  auto found = std::ranges::find_if(before->chain(), is_it);
  return found == before->chain().end() ? nullptr : *found;
}

uint32_t first_unlisted(const std::vector<SidecarInfo>& sidecars) {
  uint32_t number = 1;
  for (const SidecarInfo& sidecar : sidecars) number += sidecar.number == number;
  return number;
}

}  // namespace

bool same_generation(const ArrayView& a, const ArrayView& b) {
  return a.rank() == b.rank() && a.dtype() == b.dtype() && a.chunk_shape() == b.chunk_shape() &&
         a.fill() == b.fill() && a.dimension_names() == b.dimension_names();
}

bool continues(const Layer& layer, const std::vector<std::shared_ptr<const Layer>>& below) {
  const Layer& top = *below.back();
  if (layer.parent() == top.id()) return true;
  const std::vector<LayerId>& absorbed = top.absorbed();
  return below.size() == 1 && !absorbed.empty() && layer.parent() == absorbed.back();
}

std::vector<SidecarInfo> list_sidecars(const ObjectStore& store, const StackName& name, int64_t limit) {
  return sidecars_among(store, name, limit, store.list(listed_prefix(name), limit + kMaxNeighbours));
}

void Snapshot::add_sidecar(std::shared_ptr<const Layer> layer) {
  const std::vector<LayerId>& absorbed = base().absorbed();
  bool counts = layer->foreign() ||
                (std::ranges::find(absorbed, layer->id()) == absorbed.end() && continues(*layer, chain_));
  (counts ? chain_ : ignored_).push_back(std::move(layer));
}

void Snapshot::choose_layers(const LayerMembers* members) {
  layers_ = chain_;
  if (!members || members->all) return;
  std::set<LayerId> present(base().absorbed().begin(), base().absorbed().end());
  for (const auto& layer : chain_)
    if (!layer->foreign()) present.insert(layer->id());
  counts_all_ = !std::ranges::includes(present, members->committed);
  if (counts_all_) return;
  std::erase_if(layers_, [&](const auto& layer) {
    bool counts = layer->number() == 0 || layer->foreign() || layer->footer().array_count() == 0;
    return !counts && !members->contains(layer->id());
  });
}

std::vector<std::shared_ptr<const Layer>> Snapshot::orphans() const {
  std::vector<std::shared_ptr<const Layer>> orphans;
  size_t counted = 0;
  for (const auto& layer : chain_)
    if (counted < layers_.size() && layers_[counted] == layer)
      counted++;
    else
      orphans.push_back(layer);
  return orphans;
}

bool Snapshot::add_sidecars(const ObjectStore& store, const StackName& name, const Limits& limits,
                            const OpenLayer& open_layer) {
  std::vector<SidecarInfo> sidecars = list_sidecars(store, name, limits.max_layers);
  for (SidecarInfo& sidecar : sidecars) add_sidecar(open_layer(sidecar.info, sidecar.number));
  // One that got another number while the folder was read may be listed under neither: gaps are closed from
  // below, so it then has the first number that was not listed. Or it has been committed since.
  uint32_t number = first_unlisted(sidecars);
  bool at_end = sidecars.empty() || number > sidecars.back().number;
  while (std::optional<ObjectInfo> missed = store.stat(name.sidecar(number))) {
    if (!at_end || number >= limits.max_layers) return false;
    missed->key = name.sidecar(number);
    add_sidecar(open_layer(*missed, number++));
  }
  return true;
}

bool Snapshot::has_strays() const {
  const std::vector<LayerId>& absorbed = base().absorbed();
  return std::ranges::any_of(ignored_, [&](const auto& layer) {
    return std::ranges::find(absorbed, layer->id()) == absorbed.end();
  });
}

// Base, list, sidecars, then the base's identity again: what was listed in between belongs to it.
Snapshot::Look Snapshot::read_one_by_one(const ObjectStore& store, const StackName& name,
                                         const Limits& limits, const std::shared_ptr<IoCounters>& counters,
                                         const Snapshot* before) {
  auto open_layer = [&](const ObjectInfo& info, uint32_t number) {
    if (auto unchanged = find_unchanged(before, info, number)) return unchanged;
    return Layer::open(store, info.key, number, limits, counters);
  };
  std::optional<ObjectInfo> base_info = store.stat(name.base());
  if (!base_info) return Look::kMissing;
  base_info->key = name.base();
  chain_.push_back(open_layer(*base_info, 0));
  if (!immutable() && !add_sidecars(store, name, limits, open_layer)) return Look::kChanged;
  // Or the sidecars moved up while they were opened one after the other, into the place of some that were
  // absorbed: then layers between were missed.
  if (has_strays() && !is_current(store, name, limits)) return Look::kChanged;
  std::optional<ObjectInfo> after = store.stat(name.base());
  return after && after->version == base().version() ? Look::kDone : Look::kChanged;
}

// The list says by itself which base it belongs to, so that it may come at the same time as the base. In it
// the base comes after its sidecars, which a compaction removes only once there is another base.
Snapshot::Look Snapshot::read_at_once(const ObjectStore& store, const StackName& name, const Limits& limits,
                                      const std::shared_ptr<IoCounters>& counters, const Snapshot* before) {
  const BatchedStore& batched = *store.batched();
  int64_t most = limits.max_layers + kMaxNeighbours;
  BatchedStore::View view;
  if (before)
    view.listed = store.list(listed_prefix(name), most);
  else
    view = batched.open_and_list(name.base(), listed_prefix(name), most);
  auto base_info = std::ranges::find(view.listed, name.base(), &ObjectInfo::key);
  if (base_info == view.listed.end()) return view.object ? Look::kChanged : Look::kMissing;
  std::vector<SidecarInfo> wanted{{0, *base_info}};
  if (view.object && view.object->info().version != base_info->version) return Look::kChanged;
  std::vector<SidecarInfo> sidecars = sidecars_among(store, name, limits.max_layers, std::move(view.listed));
  wanted.insert(wanted.end(), sidecars.begin(), sidecars.end());
  std::vector<std::shared_ptr<const Layer>> layers(wanted.size());
  std::vector<ObjectInfo> unknown;
  for (size_t i = 0; i < wanted.size(); i++) {
    layers[i] = find_unchanged(before, wanted[i].info, wanted[i].number);
    if (!layers[i] && !(i == 0 && view.object)) unknown.push_back(wanted[i].info);
  }
  std::vector<std::unique_ptr<Object>> opened = batched.open_listed(unknown);
  size_t next = 0;
  for (size_t i = 0; i < wanted.size(); i++) {
    if (layers[i]) continue;
    std::unique_ptr<Object> object =
        i == 0 && view.object ? std::move(view.object) : std::move(opened[next++]);
    if (!object) return Look::kChanged;
    layers[i] = Layer::open(std::move(object), wanted[i].info.key, wanted[i].number, limits, counters);
  }
  chain_.push_back(std::move(layers[0]));
  for (size_t i = 1; i < layers.size() && !immutable(); i++) add_sidecar(std::move(layers[i]));
  return Look::kDone;
}

void Snapshot::check_versions(const StackName& name, int count) {
  int expected = version();
  for (const auto& layer : layers_)
    if (layer->footer().version() != expected)
      fail(Status::kUnsupported, layer->key(), " has footer version ", layer->footer().version(),
           ", the base ", expected);
  if (count > static_cast<int>(layers_.size()))
    fail(Status::kOutOfBounds, name.base(), " has ", layers_.size(), " layers, asked for are ", count);
  if (count > 0) {
    layers_.resize(static_cast<size_t>(count));
    chain_ = layers_;
  }
}

std::shared_ptr<const Snapshot> Snapshot::open(const ObjectStore& store, const StackName& name,
                                               const Limits& limits, int count,
                                               const std::shared_ptr<IoCounters>& counters,
                                               const Snapshot* before, const LayerMembers* members) {
  auto read = store.batched() ? &Snapshot::read_at_once : &Snapshot::read_one_by_one;
  for (int attempt = 0; attempt < kOpenTries; attempt++) {
    auto snapshot = std::make_shared<Snapshot>();
    Look look = Look::kChanged;
    try {
      look = ((*snapshot).*read)(store, name, limits, counters, before);
    } catch (const Error& error) {
      // A compaction may remove what was just listed; the next look sees its result.
      if (error.status() != Status::kNotFound && error.status() != Status::kStale) throw;
    }
    if (look == Look::kMissing)
      fail(Status::kNotFound, store.describe(), ": there is no ", quoted(name.base()));
    if (look == Look::kChanged) continue;
    snapshot->choose_layers(members);
    snapshot->check_versions(name, count);
    return snapshot;
  }
  fail(Status::kStale, name.base(), " was replaced during each of ", kOpenTries, " attempts to open it");
}

bool Snapshot::is_current(const ObjectStore& store, const StackName& name, const Limits& limits) const {
  std::vector<SidecarInfo> sidecars;
  std::optional<ObjectInfo> base_info;
  if (store.batched()) {
    std::vector<ObjectInfo> listed = store.list(listed_prefix(name), limits.max_layers + kMaxNeighbours);
    auto found = std::ranges::find(listed, name.base(), &ObjectInfo::key);
    if (found != listed.end()) base_info = *found;
    sidecars = sidecars_among(store, name, limits.max_layers, std::move(listed));
  } else {
    base_info = store.stat(name.base());
  }
  if (!base_info || base_info->version != base().version()) return false;
  if (immutable()) return true;
  if (!store.batched()) sidecars = list_sidecars(store, name, limits.max_layers);
  if (sidecars.size() != chain_.size() - 1 + ignored_.size()) return false;
  return std::ranges::all_of(sidecars, [&](SidecarInfo& sidecar) {
    auto is_it = [&](const std::shared_ptr<const Layer>& layer) {
      if (layer->key() != sidecar.info.key) return false;
      std::string version = sidecar.info.version;
      if (version.empty()) {
        std::optional<ObjectInfo> info = store.stat(sidecar.info.key);
        version = info ? info->version : "";
      }
      return layer->version() == version;
    };
    return std::ranges::any_of(chain_, is_it) || std::ranges::any_of(ignored_, is_it);
  });
}

bool Snapshot::contains_layer(const LayerId& id) const {
  auto has = [&](const std::shared_ptr<const Layer>& layer) { return layer->id() == id; };
  const std::vector<LayerId>& absorbed = base().absorbed();
  return std::ranges::any_of(layers_, has) || std::ranges::find(absorbed, id) != absorbed.end();
}

std::vector<Mention> Snapshot::mentions(std::string_view name) const {
  std::vector<Mention> found;
  uint64_t hash = name_hash(name);
  for (size_t i = layers_.size(); i-- > 0;) {
    std::optional<uint64_t> array = layers_[i]->find(name, hash);
    if (!array) continue;
    Mention mention{layers_[i].get(), *array};
    if (mention.view().deleted()) break;
    if (!found.empty() && !same_generation(found.front().view(), mention.view())) break;
    found.push_back(mention);
  }
  return found;
}

std::vector<Mention> Snapshot::all_mentions(std::string_view name) const {
  std::vector<Mention> found;
  uint64_t hash = name_hash(name);
  for (size_t i = layers_.size(); i-- > 0;)
    if (std::optional<uint64_t> array = layers_[i]->find(name, hash))
      found.push_back({layers_[i].get(), *array});
  return found;
}

uint64_t Snapshot::mention_count() const {
  uint64_t count = 0;
  for (const auto& layer : layers_) count += layer->footer().array_count();
  return count;
}

void Snapshot::walk_arrays(uint64_t first,
                           const std::function<bool(uint64_t position, const Mention&)>& visit) const {
  auto has_arrays = [](const auto& layer) { return layer->footer().array_count() != 0; };
  // One layer of ours names nothing twice: no table of names is needed, however many there are.
  auto only = std::ranges::find_if(layers_, has_arrays);
  if (std::ranges::count_if(layers_, has_arrays) > 1 || (only != layers_.end() && (*only)->foreign())) {
    std::vector<Mention> listing = merged_listing();
    for (uint64_t i = first; i < listing.size() && visit(i, listing[i]); i++) {
    }
    return;
  }
  for (uint64_t i = first; only != layers_.end() && i < (*only)->footer().array_count(); i++)
    if (!(*only)->footer().array(i).deleted() && !visit(i, {only->get(), i})) return;
}

void Snapshot::for_each_array(const std::function<void(const Mention&)>& visit) const {
  walk_arrays(0, [&](uint64_t, const Mention& mention) { return visit(mention), true; });
}

namespace {

// Where the names met so far stand in a listing. Those of one layer of ours, which has an index of its own
// and is listed first, are only looked up.
class ListedNames {
 public:
  static constexpr size_t kNowhere = SIZE_MAX;

  explicit ListedNames(const Layer* first) : first_(first) {}

  size_t& place_of(std::string_view name) {
    uint64_t hash = name_hash(name);
    auto known = table_.find(hash, [&](uint32_t i) { return entries_[i].name == name; });
    if (known) return entries_[*known].place;
    std::optional<uint64_t> listed = first_ ? first_->find(name, hash) : std::nullopt;
    table_.make_room();
    table_.insert(hash, static_cast<uint32_t>(entries_.size()));
    entries_.push_back({name, listed ? static_cast<size_t>(*listed) : kNowhere});
    return entries_.back().place;
  }

 private:
  struct Entry {
    std::string_view name;
    size_t place;
  };
  const Layer* first_;
  NameTable table_;
  std::vector<Entry> entries_;
};

}  // namespace

std::vector<Mention> Snapshot::merged_listing() const {
  constexpr Mention kRemoved{};
  std::vector<Mention> order;
  auto lowest = std::ranges::find_if(layers_, [](const auto& l) { return l->footer().array_count() != 0; });
  // Not worth it where most names are in other layers.
  uint64_t others = mention_count() - (*lowest)->footer().array_count();
  bool indexed = !(*lowest)->foreign() && others <= (*lowest)->footer().array_count();
  ListedNames names(indexed ? lowest->get() : nullptr);
  for (auto layer = lowest; layer != layers_.end(); ++layer) {
    for (uint64_t i = 0; i < (*layer)->footer().array_count(); i++) {
      ArrayView view = (*layer)->footer().array(i);
      Mention mention = view.deleted() ? kRemoved : Mention{layer->get(), i};
      if (indexed && layer == lowest) {
        order.push_back(mention);
        continue;
      }
      size_t& place = names.place_of(view.name());
      // What the lowest layer deletes was not there.
      if (place != ListedNames::kNowhere && !order[place].layer) place = ListedNames::kNowhere;
      if (view.deleted()) {
        if (place != ListedNames::kNowhere) order[place] = kRemoved;
        place = ListedNames::kNowhere;
      } else if (place == ListedNames::kNowhere) {
        place = order.size();
        order.push_back(mention);
      } else {
        order[place] = mention;
      }
    }
  }
  std::erase_if(order, [](const Mention& mention) { return mention.layer == nullptr; });
  return order;
}

std::optional<FoundChunk> find_chunk(const std::vector<Mention>& mentions, const Extents& coord,
                                     std::vector<uint64_t>* hints) {
  for (size_t i = 0; i < mentions.size(); i++) {
    const Mention& mention = mentions[i];
    uint64_t hint = hints ? (*hints)[i] : 0;
    if (std::optional<uint64_t> position = mention.layer->find_chunk(mention.array, coord, hint)) {
      if (hints) (*hints)[i] = *position + 1;
      return FoundChunk{mention.layer, mention.array, *position};
    }
  }
  return {};
}

std::vector<Extents> chunk_coords(const std::vector<Mention>& mentions, const Grid& grid) {
  std::vector<Extents> coords;
  for (const Mention& mention : mentions) {
    ArrayView view = mention.view();
    uint64_t count = view.chunk_count();
    for (uint64_t i = 0; i < count; i++) {
      std::optional<Extents> coord = view.chunk_coord(i, grid.shape().rank());
      if (coord && grid.contains(*coord)) coords.push_back(*coord);
    }
  }
  if (mentions.size() > 1 || (!mentions.empty() && mentions[0].layer->foreign())) {
    std::ranges::sort(coords, [](const Extents& a, const Extents& b) { return a < b; });
    coords.erase(std::unique(coords.begin(), coords.end()), coords.end());
  }
  return coords;
}

}  // namespace af
