#include "unit/store_conformance.h"

#include <filesystem>

#include "support/map_callbacks.h"
#include "support/temp_folder.h"

namespace af {
namespace {

class LocalBackend {
 public:
  static constexpr bool kHasLocks = true, kHasMaps = true;
  ObjectStore& store() { return *store_; }
  void make_folder(const std::string& name) { std::filesystem::create_directory(folder_ / name); }

 private:
  TempFolder folder_;
  std::shared_ptr<ObjectStore> store_ = open_local_store(folder_.path(), Durability::kFull);
};

// Scratch data: the same promises, but for a loss of power.
class ScratchBackend {
 public:
  static constexpr bool kHasLocks = true, kHasMaps = true;
  ObjectStore& store() { return *store_; }
  void make_folder(const std::string& name) { std::filesystem::create_directory(folder_ / name); }

 private:
  TempFolder folder_;
  std::shared_ptr<ObjectStore> store_ = open_local_store(folder_.path() + "/", Durability::kNone);
};

class MemoryBackend {
 public:
  static constexpr bool kHasLocks = true, kHasMaps = true;
  ObjectStore& store() { return *store_; }
  void make_folder(const std::string&) {}

 private:
  std::shared_ptr<ObjectStore> store_ = create_memory_store();
};

class CallbackBackend {
 public:
  static constexpr bool kHasLocks = false, kHasMaps = false;
  ObjectStore& store() { return *store_; }
  void make_folder(const std::string&) {}

 private:
  MapCallbacks map_;
  std::shared_ptr<ObjectStore> store_ = create_callback_store(map_.functions());
};

using Backends = testing::Types<LocalBackend, ScratchBackend, MemoryBackend, CallbackBackend>;
INSTANTIATE_TYPED_TEST_SUITE_P(Stores, StoreConformance, Backends);

}  // namespace
}  // namespace af
