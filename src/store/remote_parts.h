// What the parts of the remote store share.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/object_service.h"

namespace af {

// The end of an object, which is fetched when it is opened.
struct Tail {
  ObjectInfo info;
  uint64_t begin = 0;
  std::string bytes;
};

// Which conditions a service minds: some answer 200 and overwrite or remove all the same.
struct Honoured {
  bool put = false;
  bool remove = false;
};

// What the store shares with its objects and uploads, which may outlive it.
class RemoteCore {
 public:
  static constexpr uint64_t kTail = 64 << 10;

  RemoteCore(std::shared_ptr<const ObjectService> service, std::string prefix, const RemoteOptions& options)
      : service_(std::move(service)), prefix_(std::move(prefix)), options_(options) {}

  const ObjectService& service() const { return *service_; }
  const RemoteOptions& options() const { return options_; }
  const std::string& prefix() const { return prefix_; }
  std::string describe() const { return service_->describe() + (prefix_.empty() ? "" : "/" + prefix_); }
  // The key as the service knows it. Throws kInvalidName for what some services would change.
  std::string full(std::string_view key) const;

  HttpResponse send(const HttpRequest& request) const { return service_->client().send(request); }

  // Nothing if there is no such object.
  std::optional<ObjectInfo> stat(std::string_view key);
  // The request for an object's end, and what its answer is; nothing if the object is not there, or no longer
  // of the version asked for.
  HttpRequest tail_request(std::string_view key, const std::string& version) const;
  // The same of an object whose size is known, for which no suffix range is needed.
  HttpRequest listed_tail_request(const ObjectInfo& object) const;
  std::optional<Tail> tail_of(std::string_view key, const HttpRequest& request, const HttpResponse& answer);
  std::optional<Tail> fetch_tail(std::string_view key, const std::string& version);
  // Of an object that was put through this store, once.
  std::optional<Tail> take_own_tail(const ObjectInfo& object);

  // As ObjectStore says.
  std::optional<std::string> put(std::string_view key, std::span<const ByteView> body,
                                 const Condition& condition);
  bool remove(std::string_view key, const std::optional<std::string>& version);

 private:
  struct Known {
    std::string version;
    std::string writes;
  };

  void remember(std::string_view key, const std::string& version, std::string writes);
  std::optional<std::string> writes_before(std::string_view key, const std::string& version);
  HttpResponse send_body(const std::string& key, std::span<const ByteView> body, const WriteTerms& terms,
                         HttpRequest* last);
  HttpResponse send_in_parts(const std::string& key, std::span<const ByteView> body, const WriteTerms& terms,
                             HttpRequest* last);
  std::optional<std::string> look_for(std::string_view key, const std::string& id);
  void keep_own_tail(std::string_view key, const std::string& version, std::span<const ByteView> body);
  bool holds_now(std::string_view key, const Condition& condition);
  void clear(const std::string& key, const std::string& upload, size_t parts, bool completed);
  // Makes sure that the service does what such conditions ask. Throws kUnsupported.
  enum class Conditions { kPut, kRemove };
  void require_conditions(Conditions wanted);
  Honoured probe_conditions() const;
  bool is_refused(const HttpRequest& request) const;

  std::shared_ptr<const ObjectService> service_;
  std::string prefix_;
  RemoteOptions options_;
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;
  std::vector<Tail> own_tails_;
  std::mutex probe_mutex_;
  std::optional<Honoured> honoured_;
};

std::string random_write_id();
std::unique_ptr<Object> make_remote_object(std::shared_ptr<RemoteCore> core, Tail tail);

}  // namespace af
