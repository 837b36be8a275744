// http://host/path and https://host/path: for reading. A '?' and what follows it is sent with every request.
#include <ctime>

#include "store/remote_parts.h"
#include "store/remote_schemes.h"
#include "store/service_answer.h"

namespace af {
namespace {

[[noreturn]] void refuse(const std::string& where) {
  fail(Status::kReadOnly, where, " cannot be changed: by HTTP objects are only read");
}

class HttpService : public ObjectService {
 public:
  HttpService(const StoreUrl& url, std::shared_ptr<HttpClient> client, bool follows_redirects)
      : base_(url.scheme + "://" + url.authority),
        query_(url.query.empty() ? "" : "?" + url.query),
        client_(std::move(client)),
        follows_redirects_(follows_redirects) {}

  std::string describe() const override { return base_; }
  std::string place() const override { return base_; }
  HttpClient& client() const override { return *client_; }

  HttpRequest get(std::string_view key, const ByteRange& range, std::string_view version) const override {
    HttpRequest get = request("GET", key);
    get.headers.emplace_back(
        "range", range.from_end ? text_of("bytes=-", range.length)
                                : text_of("bytes=", range.offset, "-", range.offset + range.length - 1));
    // Weak tags and dates are compared when the answer is there.
    if (version.starts_with('"')) get.headers.emplace_back("if-match", version);
    return get;
  }
  HttpRequest head(std::string_view key) const override { return request("HEAD", key); }
  HttpRequest put(std::string_view, std::span<const ByteView>, const WriteTerms&) const override {
    refuse(base_);
  }
  HttpRequest remove(std::string_view, const std::optional<std::string>&) const override { refuse(base_); }
  HttpRequest list(std::string_view, std::string_view) const override { refuse(base_); }
  std::optional<HttpRequest> begin_upload(std::string_view, const WriteTerms&) const override {
    refuse(base_);
  }
  std::string upload_id(const HttpResponse&) const override { refuse(base_); }
  HttpRequest put_part(std::string_view, std::string_view, int, std::span<const ByteView>) const override {
    refuse(base_);
  }
  StoredPart part_of(int, const HttpResponse&) const override { refuse(base_); }
  HttpRequest complete_upload(std::string_view, std::string_view, std::span<const StoredPart>,
                              const WriteTerms&, std::string*) const override {
    refuse(base_);
  }
  std::vector<HttpRequest> clear_upload(std::string_view, std::string_view, int, bool) const override {
    refuse(base_);
  }
  std::vector<OpenUpload> open_uploads(std::string_view) const override { return {}; }

  Outcome outcome_of(const HttpResponse& answer) const override {
    if (answer.ok()) return Outcome::kDone;
    if (answer.status == 404 || answer.status == 410) return Outcome::kAbsent;
    return answer.status == 412 ? Outcome::kConditionFailed : Outcome::kFailed;
  }
  Error failure_of(const HttpRequest& request, const HttpResponse& answer) const override {
    return failure_told(request, answer, status_of_failure(answer.status), {}, {});
  }
  ObjectInfo info_of(std::string_view key, const HttpResponse& answer) const override;
  std::string writes_of(const HttpResponse&) const override { return {}; }
  ListPage page_of(const HttpResponse&) const override { return {}; }

 private:
  HttpRequest request(std::string_view method, std::string_view key) const {
    HttpRequest request;
    request.method = method;
    request.url = base_ + "/" + url_escape(key, true) + query_;
    request.subject = base_ + "/" + std::string(key);
    request.follows_redirects = follows_redirects_;
    return request;
  }

  const std::string base_, query_;
  std::shared_ptr<HttpClient> client_;
  const bool follows_redirects_;
};

ObjectInfo HttpService::info_of(std::string_view key, const HttpResponse& answer) const {
  ObjectInfo info{std::string(key), object_size_in(answer), std::string(answer.header("ETag"))};
  if (info.version.empty()) info.version = text_of(answer.header("Last-Modified"), " ", info.size);
  return info;
}

// There are no listings: what belongs to a stack is found by asking for it.
class HttpStore : public ObjectStore {
 public:
  explicit HttpStore(std::shared_ptr<RemoteCore> core) : core_(std::move(core)) {}

  std::string describe() const override { return core_->describe(); }
  std::unique_ptr<Object> open(std::string_view key) const override {
    std::optional<Tail> tail = core_->fetch_tail(key, "");
    if (!tail) fail(Status::kNotFound, describe(), ": there is no ", quoted(key));
    return make_remote_object(core_, std::move(*tail));
  }
  std::optional<ObjectInfo> stat(std::string_view key) const override { return core_->stat(key); }
  std::vector<ObjectInfo> list(std::string_view, int64_t) const override { return {}; }
  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }

  std::optional<std::string> put(std::string_view, ByteView, const Condition&) override {
    refuse(describe());
  }
  std::unique_ptr<Upload> start_upload(std::string_view) override { refuse(describe()); }
  bool remove(std::string_view, const std::optional<std::string>&) override { refuse(describe()); }
  bool rename(std::string_view, std::string_view) override { refuse(describe()); }

 private:
  std::shared_ptr<RemoteCore> core_;
};

}  // namespace

std::shared_ptr<ObjectStore> open_http_url(const StoreUrl& url, const StoreOptions& options) {
  HttpOptions http = http_options(options);
  // What is sent with each request may be a secret, and the place that it is sent on to somebody else's.
  bool follows = http.headers.empty();
  auto service = std::make_shared<HttpService>(url, create_http_client(http), follows);
  return std::make_shared<HttpStore>(std::make_shared<RemoteCore>(
      std::move(service), url.path.empty() ? "" : url.path + "/", remote_options(options)));
}

}  // namespace af
