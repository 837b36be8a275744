#include "file/cache.h"

namespace af {

size_t BlockCache::KeyHash::operator()(const Key& key) const {
  return (key.layer * 0x9e3779b97f4a7c15u) ^ (key.block * 0xc2b2ae3d27d4eb4fu);
}

BlockCache::BlockCache(int64_t capacity) : capacity_(capacity) {}

size_t BlockCache::part_of(const Key& key) const { return (KeyHash()(key) >> 32) % kParts; }

std::shared_ptr<const DecodedBlock> BlockCache::find(uint64_t layer, uint32_t block) {
  Key key{layer, block};
  Part& part = parts_[part_of(key)];
  std::lock_guard lock(part.mutex);
  auto found = part.entries.find(key);
  if (found == part.entries.end()) return nullptr;
  part.by_use.splice(part.by_use.begin(), part.by_use, found->second);
  return found->second->decoded;
}

void BlockCache::shrink(Part& part, size_t least, std::list<Entry>* dropped) {
  while (size_ > capacity_ && part.by_use.size() > least) {
    auto last = std::prev(part.by_use.end());
    size_ -= static_cast<int64_t>(last->decoded->room.size());
    part.entries.erase(last->key);
    dropped->splice(dropped->end(), part.by_use, last);
  }
}

void BlockCache::insert(uint64_t layer, uint32_t block, std::shared_ptr<const DecodedBlock> decoded) {
  Key key{layer, block};
  int64_t size = static_cast<int64_t>(decoded->room.size());
  if (size > capacity_ / 2) return;
  size_t own = part_of(key);
  std::list<Entry> dropped;  // freed after the locks
  {
    Part& part = parts_[own];
    std::lock_guard lock(part.mutex);
    part.by_use.push_front({key, std::move(decoded)});
    auto [place, added] = part.entries.try_emplace(key, part.by_use.begin());
    size_ += size;
    if (!added) {
      size_ -= static_cast<int64_t>(place->second->decoded->room.size());
      dropped.splice(dropped.end(), part.by_use, place->second);
      place->second = part.by_use.begin();
    }
    shrink(part, 1, &dropped);
  }
  // A large block in a part of small ones: the others make room, too.
  for (size_t i = 1; i < kParts && size_ > capacity_; i++) {
    Part& part = parts_[(own + i) % kParts];
    std::lock_guard lock(part.mutex);
    shrink(part, 0, &dropped);
  }
}

}  // namespace af
