// Living handles: any value whatever may be passed as one. What is no open handle of its type (NULL, closed,
// closed twice, garbage) is found out without touching memory that is not ours, and closing during calls on
// other threads is safe.
//
// A handle is the address of a slot plus a tag that changes with each use of the slot. Slots lie in slabs
// that stay until the library is unloaded, so that a slot can always be looked at once an address was found
// to lie in a slab.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "arrayformat/arrayformat.h"
#include "core/error.h"
#include "core/parallel.h"

namespace af {

class ArrayFile;
class Atlas;
class BlockCache;
class Dataset;
class ObjectStore;

// The object behind each type of living handle.
template <typename Handle>
struct Living;
template <>
struct Living<af_file> {
  using Object = ArrayFile;
  static constexpr const char* kName = "af_file";
};
template <>
struct Living<af_store> {
  using Object = ObjectStore;
  static constexpr const char* kName = "af_store";
};
template <>
struct Living<af_cache> {
  using Object = BlockCache;
  static constexpr const char* kName = "af_cache";
};
template <>
struct Living<af_atlas> {
  using Object = Atlas;
  static constexpr const char* kName = "af_atlas";
};
template <>
struct Living<af_dataset> {
  using Object = Dataset;
  static constexpr const char* kName = "af_dataset";
};

struct alignas(64) HandleSlot {
  static constexpr uint64_t kTags = 63;  // below the alignment, so that address + tag stays inside the slot
  static constexpr uint64_t kOpen = uint64_t{1} << 31;
  static constexpr int kTagShift = 32;

  // Tag, open or not, and below kOpen the number of references: one of the open handle itself and one of each
  // call under way.
  std::atomic<uint64_t> state{0};
  // The rest belongs to whoever holds a reference, or to the table when there are none.
  std::shared_ptr<void> object;
  uint64_t birth = 0;  // fork_generation() when it was opened
  HandleSlot* next_free = nullptr;
};
static_assert(sizeof(HandleSlot) == 64);

// All handles of one type. Looking one up takes no lock.
class HandleTable {
 public:
  constexpr HandleTable() = default;

  void* open(std::shared_ptr<void> object);
  // Takes a reference to an open handle's slot; nullptr if it is none.
  HandleSlot* acquire(const void* handle);
  // Gives a reference back; the last one of a closed handle destroys the object.
  void release(HandleSlot* slot) {
    uint64_t before = slot->state.fetch_sub(1, std::memory_order_acq_rel);
    if ((before & (HandleSlot::kOpen | (HandleSlot::kOpen - 1))) == 1) reclaim(slot);
  }
  // Ends a handle; does nothing for what is none.
  void close(const void* handle);
  // At unload: gives the slabs back, unless handles are still open.
  void free_slabs();

 private:
  // Slab i has kFirstSlab << i slots. A closed slot is used again only after all others of its slab, and with
  // another tag.
  static constexpr size_t kFirstSlab = 1024;
  static constexpr int kSlabs = 24;

  HandleSlot* take_free();
  void grow();
  void reclaim(HandleSlot* slot);

  std::atomic<int> slab_count_{0};
  std::array<std::atomic<HandleSlot*>, kSlabs> slabs_{};
  // Under the lock of handles.cc: free slots, first come, first served.
  HandleSlot* first_free_ = nullptr;
  HandleSlot* last_free_ = nullptr;
  int64_t in_use_ = 0;
};

inline HandleSlot* HandleTable::acquire(const void* handle) {
  const auto address = reinterpret_cast<uintptr_t>(handle);
  // The newest slab first: it has more slots than all others together.
  for (int i = slab_count_.load(std::memory_order_acquire) - 1; i >= 0; i--) {
    HandleSlot* slab = slabs_[i].load(std::memory_order_relaxed);
    const uintptr_t offset = address - reinterpret_cast<uintptr_t>(slab);
    if (offset >= (kFirstSlab << i) * sizeof(HandleSlot)) continue;
    HandleSlot* slot = slab + offset / sizeof(HandleSlot);
    const uint64_t open_with_tag = (offset % sizeof(HandleSlot)) << HandleSlot::kTagShift | HandleSlot::kOpen;
    uint64_t state = slot->state.load(std::memory_order_relaxed);
    do {
      if ((state & ~(HandleSlot::kOpen - 1)) != open_with_tag) return nullptr;
    } while (!slot->state.compare_exchange_weak(state, state + 1, std::memory_order_acquire,
                                                std::memory_order_relaxed));
    return slot;
  }
  return nullptr;
}

template <typename Handle>
inline constinit HandleTable handle_table;

// An open handle in use: its object lives at least as long as this.
template <typename Handle>
class Held {
 public:
  using Object = typename Living<Handle>::Object;

  // Throws kInvalidArgument for what is no open handle, kForked in a child of the process that opened it.
  explicit Held(const Handle* handle) : slot_(handle_table<Handle>.acquire(handle)) {
    if (slot_ == nullptr) fail(Status::kInvalidArgument, Living<Handle>::kName, ": not an open handle");
    if (slot_->birth == fork_generation()) return;
    handle_table<Handle>.release(slot_);
    fail(Status::kForked, Living<Handle>::kName, ": opened by the parent of this process");
  }
  ~Held() { handle_table<Handle>.release(slot_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  Object* operator->() const { return static_cast<Object*>(slot_->object.get()); }
  Object& operator*() const { return *operator->(); }
  std::shared_ptr<Object> shared() const { return std::static_pointer_cast<Object>(slot_->object); }

 private:
  HandleSlot* slot_;
};

template <typename Handle>
Held<Handle> acquire(const Handle* handle) {
  return Held<Handle>(handle);
}

template <typename Handle>
Handle* open_handle(std::shared_ptr<typename Living<Handle>::Object> object) {
  struct Unload {
    ~Unload() { handle_table<Handle>.free_slabs(); }
  };
  static const Unload unload;
  return static_cast<Handle*>(handle_table<Handle>.open(std::move(object)));
}

template <typename Handle>
void close_handle(Handle* handle) {
  handle_table<Handle>.close(handle);
}

}  // namespace af
