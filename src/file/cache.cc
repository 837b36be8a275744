#include "file/cache.h"

namespace af {

size_t BlockCache::KeyHash::operator()(const Key& key) const {
  return (key.layer * 0x9e3779b97f4a7c15u) ^ (key.block * 0xc2b2ae3d27d4eb4fu);
}

BlockCache::BlockCache(int64_t capacity) : capacity_(capacity) {}

BlockCache::Part& BlockCache::part_of(const Key& key) { return parts_[(KeyHash()(key) >> 32) % kParts]; }

std::shared_ptr<const DecodedBlock> BlockCache::find(uint64_t layer, uint32_t block) {
  Key key{layer, block};
  Part& part = part_of(key);
  std::lock_guard lock(part.mutex);
  auto found = part.entries.find(key);
  if (found == part.entries.end()) return nullptr;
  part.by_use.splice(part.by_use.begin(), part.by_use, found->second);
  return found->second->decoded;
}

void BlockCache::insert(uint64_t layer, uint32_t block, std::shared_ptr<const DecodedBlock> decoded) {
  Key key{layer, block};
  int64_t budget = capacity_ / static_cast<int64_t>(kParts),
          size = static_cast<int64_t>(decoded->bytes.size());
  if (size > budget) return;
  Part& part = part_of(key);
  std::list<Entry> dropped;  // freed after the lock
  std::lock_guard lock(part.mutex);
  if (auto found = part.entries.find(key); found != part.entries.end()) {
    part.size -= static_cast<int64_t>(found->second->decoded->bytes.size());
    dropped.splice(dropped.end(), part.by_use, found->second);
    part.entries.erase(found);
  }
  while (!part.by_use.empty() && part.size + size > budget) {
    auto last = std::prev(part.by_use.end());
    part.size -= static_cast<int64_t>(last->decoded->bytes.size());
    part.entries.erase(last->key);
    dropped.splice(dropped.end(), part.by_use, last);
  }
  part.by_use.push_front({key, std::move(decoded)});
  part.entries[key] = part.by_use.begin();
  part.size += size;
}

int64_t BlockCache::size() const {
  int64_t total = 0;
  for (const Part& part : parts_) {
    std::lock_guard lock(part.mutex);
    total += part.size;
  }
  return total;
}

}  // namespace af
