#include "capi/handles.h"

#include <pthread.h>

#include <mutex>

namespace af {
namespace {

// One lock for the free slots of all tables: it is taken when a handle is opened and when its object dies,
// both rare.
constinit std::mutex free_slots;

// A child must not inherit the lock from a thread that it does not have.
void keep_lock_sane_over_fork() {
  static const int registered =
      pthread_atfork([] { free_slots.lock(); }, [] { free_slots.unlock(); }, [] { free_slots.unlock(); });
  (void)registered;
}

}  // namespace

void* HandleTable::open(std::shared_ptr<void> object) {
  keep_lock_sane_over_fork();
  HandleSlot* slot = take_free();
  slot->object = std::move(object);
  slot->birth = fork_generation();
  // A fresh slot's tag is as good as any: it only has to differ from those of the slot's earlier lives.
  const uint64_t tag = slot->state.load(std::memory_order_relaxed) >> HandleSlot::kTagShift;
  slot->state.store(tag << HandleSlot::kTagShift | HandleSlot::kOpen | 1, std::memory_order_release);
  return reinterpret_cast<char*>(slot) + tag;
}

void HandleTable::close(const void* handle) {
  HandleSlot* slot = acquire(handle);
  if (slot == nullptr) return;
  // In a child the object is forgotten, not destroyed: its threads and files are the parent's.
  const bool ours = slot->birth == fork_generation();
  uint64_t state = slot->state.load(std::memory_order_relaxed);
  uint64_t closed;
  do {
    // Another thread may have closed it since, and then the handle's own reference is gone already.
    const bool open = (state & HandleSlot::kOpen) != 0;
    const uint64_t tag = (state >> HandleSlot::kTagShift);
    const uint64_t references = state & (HandleSlot::kOpen - 1);
    closed =
        open ? (tag + 1) % HandleSlot::kTags << HandleSlot::kTagShift | (references - (ours ? 1 : 0)) : state;
  } while (!slot->state.compare_exchange_weak(state, closed, std::memory_order_acq_rel,
                                              std::memory_order_relaxed));
  release(slot);
}

HandleSlot* HandleTable::take_free() {
  std::lock_guard lock(free_slots);
  if (first_free_ == nullptr) grow();
  HandleSlot* slot = first_free_;
  first_free_ = slot->next_free;
  in_use_++;
  return slot;
}

void HandleTable::grow() {
  const int i = slab_count_.load(std::memory_order_relaxed);
  if (i == kSlabs) fail(Status::kLimitExceeded, "too many open handles");
  const size_t slots = kFirstSlab << i;
  auto* slab = new HandleSlot[slots];
  for (size_t k = 0; k + 1 < slots; k++) slab[k].next_free = &slab[k + 1];
  first_free_ = &slab[0];
  last_free_ = &slab[slots - 1];
  slabs_[i].store(slab, std::memory_order_relaxed);
  slab_count_.store(i + 1, std::memory_order_release);
}

void HandleTable::reclaim(HandleSlot* slot) {
  // Dies at the end, without the lock: destroying a file takes time, and may close other handles.
  const std::shared_ptr<void> object = std::move(slot->object);
  std::lock_guard lock(free_slots);
  slot->next_free = nullptr;
  if (first_free_ == nullptr)
    first_free_ = slot;
  else
    last_free_->next_free = slot;
  last_free_ = slot;
  in_use_--;
}

void HandleTable::free_slabs() {
  std::lock_guard lock(free_slots);
  if (in_use_ != 0) return;
  const int count = slab_count_.exchange(0);
  for (int i = 0; i < count; i++) delete[] slabs_[i].exchange(nullptr);
  first_free_ = last_free_ = nullptr;
}

}  // namespace af
