// Where a test's stacks lie: in memory, in a folder, or in a user's store, which has no locks.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "store/store.h"
#include "support/map_callbacks.h"
#include "support/temp_folder.h"

namespace af::model {

enum class PlaceKind { kMemory, kFolder, kCallbacks };

class Place {
 public:
  explicit Place(PlaceKind kind) : kind_(kind) {
    if (kind == PlaceKind::kFolder)
      folder_ = std::make_unique<TempFolder>();
    else if (kind == PlaceKind::kCallbacks)
      store_ = create_callback_store(callbacks_.functions());
    else
      store_ = create_memory_store();
  }
  ~Place() { store_ = nullptr; }

  PlaceKind kind() const { return kind_; }
  // Objects that are replaced or removed can no longer be read, not even by who has them open.
  bool forgets() const { return kind_ == PlaceKind::kCallbacks; }
  bool has_locks() const { return kind_ != PlaceKind::kCallbacks; }
  // A folder gets a store of its own for each user, as in different programs.
  std::shared_ptr<ObjectStore> store() const {
    return folder_ ? open_local_store(folder_->path(), Durability::kNone) : store_;
  }
  // The names of all that is there, temporary files and locks included.
  std::set<std::string> names() const {
    if (folder_) return folder_->names();
    std::set<std::string> found;
    for (const ObjectInfo& info : store_->list("", INT64_MAX)) found.insert(info.key);
    return found;
  }
  const TempFolder& folder() const { return *folder_; }

 private:
  PlaceKind kind_;
  MapCallbacks callbacks_;
  std::unique_ptr<TempFolder> folder_;
  std::shared_ptr<ObjectStore> store_;
};

}  // namespace af::model
