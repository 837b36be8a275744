// Finds positions by name without a copy of the names: a table of hashes, so that looking one up touches no
// other name.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace af {

class NameTable {
 public:
  // The position with this hash of which `is_it(position)` says that it has the name.
  template <typename IsIt>
  std::optional<uint32_t> find(uint64_t hash, IsIt is_it) const {
    if (slots_.empty()) return {};
    for (size_t at = first_slot(tag_of(hash)); slots_[at].place != 0; at = (at + 1) & mask())
      if (slots_[at].tag == tag_of(hash) && is_it(slots_[at].place - 1)) return slots_[at].place - 1;
    return {};
  }

  // Room for one more name, so that the next insertion cannot fail.
  void make_room() {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow();
  }
  // The name must not be there, and make_room must have been called.
  void insert(uint64_t hash, uint32_t position) {
    place(tag_of(hash), position + 1);
    count_++;
  }
  void clear() { *this = NameTable(); }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t place = 0;  // position + 1; 0: free
  };

  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  size_t mask() const { return slots_.size() - 1; }
  size_t first_slot(uint32_t tag) const { return tag & mask(); }

  void place(uint32_t tag, uint32_t place) {
    size_t at = first_slot(tag);
    while (slots_[at].place != 0) at = (at + 1) & mask();
    slots_[at] = {tag, place};
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    slots_.swap(old);
    for (const Slot& slot : old)
      if (slot.place != 0) place(slot.tag, slot.place);
  }

  std::vector<Slot> slots_;
  size_t count_ = 0;
};

}  // namespace af
