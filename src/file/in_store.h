// What a stack shares with the others of a store whose commits span many stacks, and which of its layers
// belong to such commits.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "core/parallel.h"
#include "core/value.h"
#include "file/cache.h"
#include "file/io_counters.h"
#include "format/extension.h"

namespace af {

// Layers of other libraries always count, and so do ours that hold no arrays.
struct LayerMembers {
  // Whatever the rest says: of a store without commits of ours.
  bool all = false;
  // Those of the store's commits. When one of them is neither there nor absorbed by the base, somebody who
  // knows nothing of such commits has been at work: then all layers count.
  std::set<LayerId> committed;
  // What this handle has written since.
  std::set<LayerId> own;

  bool contains(const LayerId& id) const { return committed.contains(id) || own.contains(id); }
};

struct StackInStore {
  LayerMembers members;
  // Another base name whose sidecars and statistics belong to the stack; "" for none. Statistics are kept
  // there.
  std::string twin;
  std::shared_ptr<ThreadPool> pool;
  std::shared_ptr<BlockCache> cache;  // may be null
  std::shared_ptr<IoCounters> counters;
  // Whether the store knows of an attribute of such a value: in layers of other libraries there are entries
  // that point at something else.
  std::function<bool(std::string_view array, std::string_view key, const Value& value)> declares;
};

}  // namespace af
