// A user's store for tests: af_store_callbacks over a map. Each function can be told to answer something
// else.
#pragma once

#include <arrayformat/arrayformat.h>

#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace af {

class MapCallbacks {
 public:
  // The struct to give away. It points here: this must live until it was released.
  af_store_callbacks functions() {
    return {sizeof(af_store_callbacks), 0, this, stat_of, get_of, put_of, remove_of, list_of, release_of};
  }

  // What the next calls answer instead of doing their work.
  std::optional<af_status> stat_answer, get_answer, put_answer, remove_answer, list_answer;
  // What list does instead of its work.
  std::function<af_status(af_store_emit_fn emit, void* emit_context)> emit_instead;
  // Called at the beginning of each call, without the lock; what it answers, if not AF_OK, is the call's
  // answer.
  std::function<af_status()> before_call;
  // Called at the end of each put that stored something, without the lock.
  std::function<void()> after_put;
  int released = 0;

  void place(const std::string& key, const std::string& bytes) {
    std::lock_guard lock(mutex_);
    objects_[key] = {bytes, ++versions_};
  }
  void drop(const std::string& key) {
    std::lock_guard lock(mutex_);
    objects_.erase(key);
  }

 private:
  struct Item {
    std::string bytes;
    int64_t version;
    std::string token() const { return "v" + std::to_string(version); }
  };

  af_status refusal() const { return before_call ? before_call() : AF_OK; }

  static MapCallbacks& self(void* context) { return *static_cast<MapCallbacks*>(context); }

  static af_status stat_of(void* context, const char* key, int64_t key_len, int64_t* size,
                           char token[AF_VERSION_TOKEN_SIZE]) {
    MapCallbacks& map = self(context);
    if (af_status refused = map.refusal()) return refused;
    std::lock_guard lock(map.mutex_);
    if (map.stat_answer) return *map.stat_answer;
    auto found = map.objects_.find({key, static_cast<size_t>(key_len)});
    if (found == map.objects_.end()) return AF_NOT_FOUND;
    *size = static_cast<int64_t>(found->second.bytes.size());
    std::strcpy(token, found->second.token().c_str());
    return AF_OK;
  }

  static af_status get_of(void* context, const char* key, int64_t key_len, const char* token, int64_t offset,
                          void* dst, int64_t dst_len) {
    MapCallbacks& map = self(context);
    if (af_status refused = map.refusal()) return refused;
    std::lock_guard lock(map.mutex_);
    if (map.get_answer) return *map.get_answer;
    auto found = map.objects_.find({key, static_cast<size_t>(key_len)});
    if (found == map.objects_.end()) return AF_NOT_FOUND;
    if (found->second.token() != token) return AF_STALE;
    const std::string& bytes = found->second.bytes;
    if (offset < 0 || dst_len < 0 || offset + dst_len > static_cast<int64_t>(bytes.size()))
      return AF_INVALID_ARGUMENT;
    std::memcpy(dst, bytes.data() + offset, static_cast<size_t>(dst_len));
    return AF_OK;
  }

  static af_status put_of(void* context, const char* key, int64_t key_len, const void* src, int64_t src_len,
                          int32_t condition, const char* token, char new_token[AF_VERSION_TOKEN_SIZE]) {
    MapCallbacks& map = self(context);
    if (af_status refused = map.refusal()) return refused;
    {
      std::lock_guard lock(map.mutex_);
      if (map.put_answer) return *map.put_answer;
      std::string name(key, static_cast<size_t>(key_len));
      auto found = map.objects_.find(name);
      if (condition == AF_PUT_IF_ABSENT && found != map.objects_.end()) return AF_CONFLICT;
      if (condition == AF_PUT_IF_MATCH && (found == map.objects_.end() || found->second.token() != token))
        return AF_CONFLICT;
      if ((condition == AF_PUT_IF_MATCH) != (token != nullptr)) return AF_INVALID_ARGUMENT;
      map.objects_[name] = {
          src_len > 0 ? std::string(static_cast<const char*>(src), static_cast<size_t>(src_len)) : "",
          ++map.versions_};
      std::strcpy(new_token, map.objects_[name].token().c_str());
    }
    if (map.after_put) map.after_put();
    return AF_OK;
  }

  static af_status remove_of(void* context, const char* key, int64_t key_len, const char* token) {
    MapCallbacks& map = self(context);
    if (af_status refused = map.refusal()) return refused;
    std::lock_guard lock(map.mutex_);
    if (map.remove_answer) return *map.remove_answer;
    auto found = map.objects_.find({key, static_cast<size_t>(key_len)});
    if (found == map.objects_.end()) return AF_NOT_FOUND;
    if (token && found->second.token() != token) return AF_CONFLICT;
    map.objects_.erase(found);
    return AF_OK;
  }

  // Last key first, and those below further '/' too: order and filtering are the library's work.
  static af_status list_of(void* context, const char* prefix, int64_t prefix_len, af_store_emit_fn emit,
                           void* emit_context) {
    MapCallbacks& map = self(context);
    if (af_status refused = map.refusal()) return refused;
    std::lock_guard lock(map.mutex_);
    if (map.list_answer) return *map.list_answer;
    if (map.emit_instead) return map.emit_instead(emit, emit_context);
    std::string_view wanted(prefix, static_cast<size_t>(prefix_len));
    for (auto it = map.objects_.rbegin(); it != map.objects_.rend(); ++it) {
      if (!it->first.starts_with(wanted)) continue;
      af_status answer = emit(emit_context, it->first.data(), static_cast<int64_t>(it->first.size()),
                              static_cast<int64_t>(it->second.bytes.size()));
      if (answer != AF_OK) return answer;
    }
    return AF_OK;
  }

  static void release_of(void* context) { self(context).released++; }

  std::mutex mutex_;
  std::map<std::string, Item> objects_;
  int64_t versions_ = 0;
};

}  // namespace af
