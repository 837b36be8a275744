#include <arrayformat/arrayformat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <vector>

#include "store/gathered_upload.h"
#include "store/ranges.h"
#include "store/store.h"

namespace af {
namespace {

// An answer of a callback as one of our own: numbers it may not give are failures of its store.
Status status_of(af_status answer) {
  bool known = answer > AF_OK && answer <= AF_INTERNAL;
  return known ? static_cast<Status>(answer) : Status::kIo;
}

[[noreturn]] void fail_answer(af_status answer, std::string_view call, std::string_view key) {
  fail(status_of(answer), "the store's ", call, " of ", quoted(key), " answered status ", answer);
}

int64_t length_of(std::string_view text) { return static_cast<int64_t>(text.size()); }

// The caller's functions, released with their last user.
class Functions {
 public:
  explicit Functions(const af_store_callbacks& given) {
    if (given.struct_size < sizeof given)
      fail(Status::kInvalidArgument, "af_store_callbacks.struct_size is ", given.struct_size,
           "; expected at least ", sizeof given);
    if (!given.stat || !given.get || !given.put || !given.remove || !given.list)
      fail(Status::kInvalidArgument, "af_store_callbacks: stat, get, put, remove and list are needed");
    functions_ = given;
  }
  ~Functions() {
    if (functions_.release) functions_.release(functions_.context);
  }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;

  std::optional<ObjectInfo> stat(std::string_view key) const;
  void get(const ObjectInfo& object, uint64_t offset, MutableBytes into) const;
  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) const;
  bool remove(std::string_view key, const std::optional<std::string>& version) const;
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const;

 private:
  af_store_callbacks functions_{};
};

std::optional<ObjectInfo> Functions::stat(std::string_view key) const {
  int64_t size = 0;
  std::array<char, AF_VERSION_TOKEN_SIZE> token{};
  af_status answer = functions_.stat(functions_.context, key.data(), length_of(key), &size, token.data());
  if (answer == AF_NOT_FOUND) return std::nullopt;
  if (answer != AF_OK) fail_answer(answer, "stat", key);
  if (size < 0) fail(Status::kIo, "the store's stat of ", quoted(key), " gave a size of ", size);
  auto end = std::find(token.begin(), token.end(), '\0');
  if (end == token.end())
    fail(Status::kIo, "the store's stat of ", quoted(key), " gave a version token without an end");
  return ObjectInfo{std::string(key), size, std::string(token.begin(), end)};
}

void Functions::get(const ObjectInfo& object, uint64_t offset, MutableBytes into) const {
  if (into.empty()) return;
  af_status answer =
      functions_.get(functions_.context, object.key.data(), length_of(object.key), object.version.c_str(),
                     static_cast<int64_t>(offset), into.data(), static_cast<int64_t>(into.size()));
  // It was there when it was opened.
  if (answer == AF_NOT_FOUND) answer = AF_STALE;
  if (answer != AF_OK) fail_answer(answer, "get", object.key);
}

int32_t number_of(Condition::Kind kind) {
  switch (kind) {
    case Condition::Kind::kAlways: return AF_PUT_ALWAYS;
    case Condition::Kind::kIfAbsent: return AF_PUT_IF_ABSENT;
    case Condition::Kind::kIfMatch: return AF_PUT_IF_MATCH;
  }
  __builtin_unreachable();
}

bool says_no(af_status answer, Condition::Kind kind) {
  switch (kind) {
    case Condition::Kind::kAlways: return false;
    case Condition::Kind::kIfAbsent: return answer == AF_CONFLICT || answer == AF_ALREADY_EXISTS;
    case Condition::Kind::kIfMatch: return answer == AF_CONFLICT || answer == AF_NOT_FOUND;
  }
  __builtin_unreachable();
}

std::optional<std::string> Functions::put(std::string_view key, ByteView bytes,
                                          const Condition& condition) const {
  const char* token = condition.kind == Condition::Kind::kIfMatch ? condition.version.c_str() : nullptr;
  std::array<char, AF_VERSION_TOKEN_SIZE> new_token{};
  // Once the object is stored nothing may fail any more, not even for want of memory.
  std::string version;
  version.reserve(new_token.size());
  af_status answer =
      functions_.put(functions_.context, key.data(), length_of(key), bytes.data(),
                     static_cast<int64_t>(bytes.size()), number_of(condition.kind), token, new_token.data());
  if (says_no(answer, condition.kind)) return std::nullopt;
  if (answer != AF_OK) fail_answer(answer, "put", key);
  // The object is stored, so a token that is none may not look like a failed put: "" is what no object has.
  auto end = std::find(new_token.begin(), new_token.end(), '\0');
  if (end != new_token.end()) version.assign(new_token.begin(), end);
  return version;
}

bool Functions::remove(std::string_view key, const std::optional<std::string>& version) const {
  af_status answer =
      functions_.remove(functions_.context, key.data(), length_of(key), version ? version->c_str() : nullptr);
  if (answer == AF_NOT_FOUND || (version && answer == AF_CONFLICT)) return false;
  if (answer != AF_OK) fail_answer(answer, "remove", key);
  return true;
}

// What emit works on. Nothing may be thrown through the caller's code: a failure waits here.
struct Listing {
  std::string_view prefix;
  int64_t limit;
  std::vector<ObjectInfo> found;
  std::exception_ptr failure;

  void take(const char* key, int64_t key_len, int64_t size);
};

void Listing::take(const char* key, int64_t key_len, int64_t size) {
  if (!key) fail(Status::kIo, "the store's list of ", quoted(prefix), " gave no key");
  std::string_view name(key, key_len < 0 ? std::strlen(key) : static_cast<size_t>(key_len));
  if (size < 0) fail(Status::kIo, "the store's list gave ", quoted(name), " a size of ", size);
  if (!is_utf8(name)) fail(Status::kIo, "the store's list gave a key that is not UTF-8: ", quoted(name));
  if (!name.starts_with(prefix) || name.find('/', prefix.size()) != std::string_view::npos) return;
  if (static_cast<int64_t>(found.size()) >= limit)
    fail(Status::kLimitExceeded, "the store holds more than ", limit, " objects beginning with ",
         quoted(prefix));
  found.push_back({std::string(name), size, ""});
}

af_status emit(void* context, const char* key, int64_t key_len, int64_t size) {
  auto& listing = *static_cast<Listing*>(context);
  if (listing.failure) return AF_CANCELLED;
  try {
    listing.take(key, key_len, size);
    return AF_OK;
  } catch (...) {
    listing.failure = std::current_exception();
    return AF_CANCELLED;
  }
}

std::vector<ObjectInfo> Functions::list(std::string_view prefix, int64_t limit) const {
  Listing listing{prefix, limit, {}, {}};
  af_status answer = functions_.list(functions_.context, prefix.data(), length_of(prefix), emit, &listing);
  if (listing.failure) std::rethrow_exception(listing.failure);
  if (answer != AF_OK) fail_answer(answer, "list", prefix);
  std::vector<ObjectInfo>& found = listing.found;
  std::sort(found.begin(), found.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.key < b.key; });
  auto same_key = [](const ObjectInfo& a, const ObjectInfo& b) { return a.key == b.key; };
  found.erase(std::unique(found.begin(), found.end(), same_key), found.end());
  return std::move(found);
}

class CallbackObject : public Object {
 public:
  CallbackObject(std::shared_ptr<const Functions> functions, ObjectInfo info)
      : functions_(std::move(functions)), info_(std::move(info)) {}

  const ObjectInfo& info() const override { return info_; }
  void read(uint64_t offset, MutableBytes into) const override {
    check_range(info_, offset, into.size());
    functions_->get(info_, offset, into);
  }

 private:
  std::shared_ptr<const Functions> functions_;
  ObjectInfo info_;
};

class CallbackUpload : public GatheredUpload {
 public:
  explicit CallbackUpload(std::shared_ptr<const Functions> functions) : functions_(std::move(functions)) {}

 protected:
  std::optional<std::string> put(std::string_view key, std::vector<std::byte>& bytes,
                                 const Condition& condition) override {
    return functions_->put(key, bytes, condition);
  }

 private:
  std::shared_ptr<const Functions> functions_;
};

class CallbackStore : public ObjectStore {
 public:
  explicit CallbackStore(std::shared_ptr<const Functions> functions) : functions_(std::move(functions)) {}

  std::string describe() const override { return "callbacks"; }

  std::unique_ptr<Object> open(std::string_view key) const override {
    std::optional<ObjectInfo> info = stat(key);
    if (!info) fail(Status::kNotFound, "the store holds no object ", quoted(key));
    return std::make_unique<CallbackObject>(functions_, std::move(*info));
  }

  std::optional<ObjectInfo> stat(std::string_view key) const override { return functions_->stat(key); }

  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    return functions_->put(key, bytes, condition);
  }

  std::unique_ptr<Upload> start_upload(std::string_view) override {
    return std::make_unique<CallbackUpload>(functions_);
  }

  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    return functions_->remove(key, version);
  }

  bool rename(std::string_view from, std::string_view to) override;

  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const override {
    return functions_->list(prefix, limit);
  }

  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }

 private:
  std::shared_ptr<const Functions> functions_;
};

bool CallbackStore::rename(std::string_view from, std::string_view to) {
  std::unique_ptr<Object> object = open(from);
  if (stat(to)) return false;
  Buffer bytes(static_cast<size_t>(object->info().size));
  object->read(0, bytes.span());
  if (!put(to, bytes.view(), Condition::if_absent())) return false;
  // Where `from` was replaced meanwhile, the successor stays: as if it had been written after the rename.
  remove(from, object->info().version);
  return true;
}

}  // namespace

std::shared_ptr<ObjectStore> create_callback_store(const af_store_callbacks& callbacks) {
  return std::make_shared<CallbackStore>(std::make_shared<const Functions>(callbacks));
}

}  // namespace af
