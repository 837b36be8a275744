// Where bytes live: objects under keys. Local files, memory, a user's callbacks; later S3, GCS, Azure, HTTP.
// Backends have no headers of their own: one factory each, below.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"

struct af_store_callbacks;

namespace af {

struct ObjectInfo {
  std::string key;
  int64_t size = 0;
  // Changes whenever the object does (inode and times, an ETag, a generation); may be "" in listings.
  std::string version;
};

struct ReadRequest {
  uint64_t offset;
  MutableBytes into;
};

// A range of an object as memory. It stays valid while the Mapping lives, also after the object was replaced
// or removed.
class Mapping {
 public:
  virtual ~Mapping() = default;
  ByteView bytes() const { return bytes_; }

 protected:
  ByteView bytes_;
};

// One object as it was when it was opened: reads answer its bytes or throw kStale, never those of a successor
// under the same key. Safe for many threads at once.
class Object {
 public:
  virtual ~Object() = default;
  virtual const ObjectInfo& info() const = 0;
  // Reads exactly into.size() bytes. Throws kCorrupt (past the end), kStale, kIo.
  virtual void read(uint64_t offset, MutableBytes into) const = 0;
  // Many ranges, in any order; a backend may fetch neighbours together and ranges side by side.
  virtual void read_many(std::vector<ReadRequest> requests) const;
  // Whether each request is a journey, so that one for many ranges is better than several side by side.
  virtual bool is_far() const { return false; }
  // A range as memory, or nullptr where the backend has no way but copying: the caller then reads it in
  // pieces as needed.
  virtual std::unique_ptr<Mapping> map(uint64_t offset, uint64_t length) const;
};

// When a put may take effect.
struct Condition {
  enum class Kind { kAlways, kIfAbsent, kIfMatch };
  Kind kind = Kind::kAlways;
  std::string version;  // of kIfMatch

  static Condition always() { return {}; }
  static Condition if_absent() { return {Kind::kIfAbsent, {}}; }
  static Condition if_match(std::string version) { return {Kind::kIfMatch, std::move(version)}; }
};

// An object being written in pieces. Nothing is visible under any key before `finish`; dropping an unfinished
// upload leaves nothing behind (a process killed in between may leave a temporary file that no reader looks
// at).
class Upload {
 public:
  virtual ~Upload() = default;
  // Bytes appended so far.
  virtual uint64_t size() const = 0;
  virtual void append(ByteView bytes) = 0;
  // Reads back what was appended.
  virtual void read(uint64_t offset, MutableBytes into) const = 0;
  // Makes the object `appended bytes + tail` appear under `key`, durably, at once. Answers its version token,
  // or nothing when the condition does not hold: then it may be called again with another key, tail and
  // condition. After success the upload is spent.
  virtual std::optional<std::string> finish(std::string_view key, std::span<const ByteView> tail,
                                            const Condition& condition) = 0;
  std::optional<std::string> finish(std::string_view key, ByteView tail, const Condition& condition) {
    return finish(key, std::span(&tail, 1), condition);
  }
};

// Held for as long as it lives; released by the system when the process dies.
class StoreLock {
 public:
  virtual ~StoreLock() = default;
};

// Calls that ask for several things at once: of stores where each request is a journey, and listings show
// versions.
class BatchedStore {
 public:
  virtual ~BatchedStore() = default;
  // `open` and `list` side by side. The object is null if it is not there.
  struct View {
    std::unique_ptr<Object> object;
    std::vector<ObjectInfo> listed;
  };
  virtual View open_and_list(std::string_view key, std::string_view prefix, int64_t limit) const = 0;
  // Objects as they were listed; null for those that are gone or have changed since.
  virtual std::vector<std::unique_ptr<Object>> open_listed(std::span<const ObjectInfo> objects) const = 0;
};

// All keys are UTF-8 with '/' between segments. Safe for many threads at once. Errors name the key.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  // A short text for messages: the folder, "memory", ...
  virtual std::string describe() const = 0;
  // Throws kNotFound.
  virtual std::unique_ptr<Object> open(std::string_view key) const = 0;
  virtual std::optional<ObjectInfo> stat(std::string_view key) const = 0;
  // Stores a whole object, durably. Answers its version token ("", which matches nothing, where the store
  // cannot tell it), or nothing when the condition does not hold.
  virtual std::optional<std::string> put(std::string_view key, ByteView bytes,
                                         const Condition& condition) = 0;
  // `near`: the key it will probably get, so that a local temporary file lies on the same file system.
  virtual std::unique_ptr<Upload> start_upload(std::string_view near) = 0;
  // Removes an object, durably; with `version`, only if it still has it. Answers whether it was removed.
  virtual bool remove(std::string_view key, const std::optional<std::string>& version = {}) = 0;
  // Gives an object another key, which must be free. Answers whether it was.
  virtual bool rename(std::string_view from, std::string_view to) = 0;
  // Keys that begin with `prefix` and have no '/' after it, sorted by bytes. Throws kLimitExceeded beyond
  // `limit` keys.
  virtual std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const = 0;
  // Throws away what uploads to keys of this prefix left behind whose writers died, if they were begun before
  // this Unix time. Answers how many there were.
  virtual int64_t abort_uploads(std::string_view, int64_t) { return 0; }
  // nullptr where nothing is gained by it.
  virtual const BatchedStore* batched() const { return nullptr; }
  // Makes room for keys that begin with `folder` and a '/', where a store has folders; the folder above it
  // must be there.
  virtual void make_folder(std::string_view) {}
  // Removes what writers that died have left of objects whose keys begin with `prefix` and `belongs` takes,
  // never what one that lives is at work on. Answers how many bytes that gives back.
  virtual int64_t remove_abandoned(std::string_view, const std::function<bool(std::string_view key)>&) {
    return 0;
  }
  // Shuts out other writers of ours until it is dropped; nullptr where the store has no locks: callers then
  // rely on conditions alone.
  virtual std::unique_ptr<StoreLock> lock(std::string_view key) = 0;
};

enum class Durability { kFull, kNone };

// A folder; keys are paths below it. The folder need not exist until something is written into it, and is not
// made.
std::shared_ptr<ObjectStore> open_local_store(std::string_view folder, Durability durability);
std::shared_ptr<ObjectStore> create_memory_store();
// For reading, with one object under `key`: bytes that live as long as `owner`; a file that is open already,
// of which the caller's descriptor may then be closed. The latter throws kInvalidArgument and kInvalidName.
std::shared_ptr<ObjectStore> open_buffer_store(ByteView bytes, std::shared_ptr<const void> owner,
                                               std::string key);
std::shared_ptr<ObjectStore> open_descriptor_store(int descriptor, std::string key);
// The functions are those of arrayformat.h; the struct is copied.
std::shared_ptr<ObjectStore> create_callback_store(const af_store_callbacks& callbacks);

}  // namespace af
