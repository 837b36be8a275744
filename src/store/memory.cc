#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "store/gathered_upload.h"
#include "store/ranges.h"
#include "store/store.h"

namespace af {
namespace {

using Bytes = std::vector<std::byte>;

struct Entry {
  std::shared_ptr<const Bytes> bytes;
  uint64_t version;
};

// What the store shares with its uploads and locks, which may outlive it.
struct Shelf {
  std::mutex mutex;
  std::map<std::string, Entry, std::less<>> entries;
  uint64_t last_version = 0;
  std::set<std::string, std::less<>> locked;
  std::condition_variable unlocked;

  // Call these with the mutex held.
  bool holds(std::string_view key, const Condition& condition) const;
  void place(std::string_view key, Entry entry);
};

ObjectInfo info_of(std::string_view key, const Entry& entry) {
  return {std::string(key), static_cast<int64_t>(entry.bytes->size()), text_of(entry.version)};
}

bool Shelf::holds(std::string_view key, const Condition& condition) const {
  if (condition.kind == Condition::Kind::kAlways) return true;
  auto found = entries.find(key);
  if (condition.kind == Condition::Kind::kIfAbsent) return found == entries.end();
  return found != entries.end() && text_of(found->second.version) == condition.version;
}

void Shelf::place(std::string_view key, Entry entry) {
  auto found = entries.find(key);
  if (found == entries.end())
    entries.emplace(key, std::move(entry));
  else
    found->second = std::move(entry);
}

class MemoryMapping : public Mapping {
 public:
  MemoryMapping(std::shared_ptr<const Bytes> bytes, uint64_t offset, uint64_t length)
      : owner_(std::move(bytes)) {
    bytes_ = ByteView(*owner_).subspan(offset, length);
  }

 private:
  std::shared_ptr<const Bytes> owner_;
};

class MemoryObject : public Object {
 public:
  MemoryObject(ObjectInfo info, std::shared_ptr<const Bytes> bytes)
      : info_(std::move(info)), bytes_(std::move(bytes)) {}

  const ObjectInfo& info() const override { return info_; }
  void read(uint64_t offset, MutableBytes into) const override {
    check_range(info_, offset, into.size());
    std::copy_n(bytes_->begin() + static_cast<ptrdiff_t>(offset), into.size(), into.begin());
  }
  std::unique_ptr<Mapping> map(uint64_t offset, uint64_t length) const override {
    check_range(info_, offset, length);
    return std::make_unique<MemoryMapping>(bytes_, offset, length);
  }

 private:
  ObjectInfo info_;
  std::shared_ptr<const Bytes> bytes_;
};

// Takes `bytes` away when the condition holds. If it throws, they are still the caller's, who may try again.
std::optional<std::string> put_bytes(Shelf& shelf, std::string_view key, Bytes& bytes,
                                     const Condition& condition) {
  std::lock_guard lock(shelf.mutex);
  if (!shelf.holds(key, condition)) return std::nullopt;
  auto taken = std::make_shared<Bytes>();
  std::string version = text_of(shelf.last_version + 1);
  shelf.place(key, {taken, shelf.last_version + 1});
  shelf.last_version++;
  taken->swap(bytes);
  return version;
}

class MemoryUpload : public GatheredUpload {
 public:
  explicit MemoryUpload(std::shared_ptr<Shelf> shelf) : shelf_(std::move(shelf)) {}

 protected:
  std::optional<std::string> put(std::string_view key, Bytes& bytes, const Condition& condition) override {
    return put_bytes(*shelf_, key, bytes, condition);
  }

 private:
  std::shared_ptr<Shelf> shelf_;
};

class MemoryLock : public StoreLock {
 public:
  MemoryLock(std::shared_ptr<Shelf> shelf, std::string_view key) : shelf_(std::move(shelf)), key_(key) {
    std::unique_lock lock(shelf_->mutex);
    shelf_->unlocked.wait(lock, [this] { return !shelf_->locked.contains(key_); });
    shelf_->locked.insert(key_);
  }
  ~MemoryLock() override {
    {
      std::lock_guard lock(shelf_->mutex);
      shelf_->locked.erase(key_);
    }
    shelf_->unlocked.notify_all();
  }

 private:
  std::shared_ptr<Shelf> shelf_;
  std::string key_;
};

class MemoryStore : public ObjectStore {
 public:
  std::string describe() const override { return "memory"; }

  std::unique_ptr<Object> open(std::string_view key) const override {
    std::lock_guard lock(shelf_->mutex);
    auto found = shelf_->entries.find(key);
    if (found == shelf_->entries.end()) fail(Status::kNotFound, "memory holds no object ", quoted(key));
    return std::make_unique<MemoryObject>(info_of(key, found->second), found->second.bytes);
  }

  std::optional<ObjectInfo> stat(std::string_view key) const override {
    std::lock_guard lock(shelf_->mutex);
    auto found = shelf_->entries.find(key);
    if (found == shelf_->entries.end()) return std::nullopt;
    return info_of(key, found->second);
  }

  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    Bytes copy(bytes.begin(), bytes.end());
    return put_bytes(*shelf_, key, copy, condition);
  }

  std::unique_ptr<Upload> start_upload(std::string_view) override {
    return std::make_unique<MemoryUpload>(shelf_);
  }

  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    std::lock_guard lock(shelf_->mutex);
    auto found = shelf_->entries.find(key);
    if (found == shelf_->entries.end() || (version && *version != text_of(found->second.version)))
      return false;
    shelf_->entries.erase(found);
    return true;
  }

  bool rename(std::string_view from, std::string_view to) override {
    std::lock_guard lock(shelf_->mutex);
    auto found = shelf_->entries.find(from);
    if (found == shelf_->entries.end()) fail(Status::kNotFound, "memory holds no object ", quoted(from));
    if (shelf_->entries.contains(to)) return false;
    Entry entry = found->second;
    shelf_->place(to, std::move(entry));
    shelf_->entries.erase(found);
    return true;
  }

  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const override;

  std::unique_ptr<StoreLock> lock(std::string_view key) override {
    return std::make_unique<MemoryLock>(shelf_, key);
  }

 private:
  std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>();
};

std::vector<ObjectInfo> MemoryStore::list(std::string_view prefix, int64_t limit) const {
  std::lock_guard lock(shelf_->mutex);
  std::vector<ObjectInfo> found;
  for (auto it = shelf_->entries.lower_bound(prefix); it != shelf_->entries.end(); ++it) {
    const std::string& key = it->first;
    if (!key.starts_with(prefix)) break;
    if (key.find('/', prefix.size()) != std::string::npos) continue;
    if (static_cast<int64_t>(found.size()) >= limit)
      fail(Status::kLimitExceeded, "memory holds more than ", limit, " objects beginning with ",
           quoted(prefix));
    found.push_back(info_of(key, it->second));
  }
  return found;
}

}  // namespace

std::shared_ptr<ObjectStore> create_memory_store() { return std::make_shared<MemoryStore>(); }

}  // namespace af
