// The layers of a stack as they were at one moment, merged: the newest mention of an array wins, chunk by
// chunk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file/in_store.h"
#include "file/layer.h"
#include "file/stack_name.h"

namespace af {

// An array in a layer.
struct Mention {
  const Layer* layer = nullptr;
  uint64_t array = 0;

  ArrayView view() const { return layer->footer().array(array); }
};

// A chunk in a layer.
struct FoundChunk {
  const Layer* layer = nullptr;
  uint64_t array = 0;
  uint64_t position = 0;  // in the array's chunk table

  ChunkAddress address() const { return layer->footer().array(array).chunk_address(position); }
};

class Snapshot {
 public:
  // Reads the stack as it is now. Layers that `before` holds and that are unchanged are taken over. `count`:
  // 0, or how many of the layers are wanted. `members`: those of a store's commits, to which others of ours
  // do not belong. Throws kNotFound, kOutOfBounds, and what opening a layer throws.
  static std::shared_ptr<const Snapshot> open(const ObjectStore& store, const StackName& name,
                                              const Limits& limits, int count,
                                              const std::shared_ptr<IoCounters>& counters,
                                              const Snapshot* before = nullptr,
                                              const LayerMembers* members = nullptr);

  const std::vector<std::shared_ptr<const Layer>>& layers() const { return layers_; }
  const Layer& base() const { return *chain_.front(); }
  // On which the next one is put, whether it counts or not.
  const Layer& top() const { return *chain_.back(); }
  int version() const { return base().footer().version(); }
  // Whether this is a file without layers and statistics beside it, which is never changed.
  bool immutable() const { return version() == 6; }
  // Sidecars that are there but do not count: absorbed by the base, or put on a layer that is not below them.
  const std::vector<std::shared_ptr<const Layer>>& ignored() const { return ignored_; }
  // Each put on the one before it: those that count, and those that belong to no commit of the store.
  const std::vector<std::shared_ptr<const Layer>>& chain() const { return chain_; }
  // Whether no members were asked for, or not all of them are there.
  bool counts_all() const { return counts_all_; }
  // Those that belong to none.
  std::vector<std::shared_ptr<const Layer>> orphans() const;
  bool has_orphans() const { return chain_.size() != layers_.size(); }
  // Whether the stack in the store is still this one, without reading its layers again.
  bool is_current(const ObjectStore& store, const StackName& name, const Limits& limits) const;
  bool contains_layer(const LayerId& id) const;

  // The mentions that make up the array, newest first, down to where its present generation began. Empty:
  // there is no such array.
  std::vector<Mention> mentions(std::string_view name) const;
  // Every layer's mention of the name, newest first, tombstones and earlier generations included.
  std::vector<Mention> all_mentions(std::string_view name) const;

  // The visible arrays in listing order: first definition first, a tombstone removes.
  void for_each_array(const std::function<void(const Mention&)>& visit) const;
  // The same from a position on, until `visit` answers false. Positions rise, with gaps.
  void walk_arrays(uint64_t first, const std::function<bool(uint64_t position, const Mention&)>& visit) const;
  uint64_t mention_count() const;

 private:
  std::vector<Mention> merged_listing() const;

  using OpenLayer = std::function<std::shared_ptr<const Layer>(const ObjectInfo& info, uint32_t number)>;

  // What open does each time.
  // Whether there is a layer that neither counts nor was absorbed: the one that it was put on is not below
  // it.
  bool has_strays() const;
  enum class Look { kDone, kMissing, kChanged };
  Look read_one_by_one(const ObjectStore& store, const StackName& name, const Limits& limits,
                       const std::shared_ptr<IoCounters>& counters, const Snapshot* before);
  Look read_at_once(const ObjectStore& store, const StackName& name, const Limits& limits,
                    const std::shared_ptr<IoCounters>& counters, const Snapshot* before);
  void check_versions(const StackName& name, int count);
  // Answers false when it may have missed one, because they were given other numbers in the meantime.
  bool add_sidecars(const ObjectStore& store, const StackName& name, const Limits& limits,
                    const OpenLayer& open_layer);
  void add_sidecar(std::shared_ptr<const Layer> layer);
  // Of the chain, what counts.
  void choose_layers(const LayerMembers* members);

  std::vector<std::shared_ptr<const Layer>> chain_;
  std::vector<std::shared_ptr<const Layer>> layers_;
  bool counts_all_ = true;
  std::vector<std::shared_ptr<const Layer>> ignored_;
};

// The newest of the chunks of this coordinate. `hints` (one for each mention, or empty) remember where the
// last one was.
std::optional<FoundChunk> find_chunk(const std::vector<Mention>& mentions, const Extents& coord,
                                     std::vector<uint64_t>* hints = nullptr);

// Whether two mentions belong to one generation: nothing but the shape may change without redefinition.
bool same_generation(const ArrayView& a, const ArrayView& b);

// Whether a sidecar of ours continues the layers below it.
bool continues(const Layer& layer, const std::vector<std::shared_ptr<const Layer>>& below);

// All coordinates inside the grid that any mention holds, sorted.
std::vector<Extents> chunk_coords(const std::vector<Mention>& mentions, const Grid& grid);

// The sidecars of a stack in the store, by number. Files under the name that the reference escapes twice
// count too.
struct SidecarInfo {
  uint32_t number = 0;
  ObjectInfo info;
};
std::vector<SidecarInfo> list_sidecars(const ObjectStore& store, const StackName& name, int64_t limit);

}  // namespace af
