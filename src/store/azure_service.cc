#include "store/azure_service.h"

#include <atomic>
#include <chrono>
#include <ctime>

#include "store/http_retry.h"
#include "store/service_answer.h"
#include "store/xml.h"

namespace af {
namespace {

constexpr std::string_view kVersion = "2021-08-06";
constexpr std::string_view kWritesHeader = "x-ms-meta-af_writes";

// Adds what the account's credentials are, at the service's time, which is learned from answers.
class AzureSigner : public RequestSigner {
 public:
  explicit AzureSigner(AzureCredentials credentials) : credentials_(std::move(credentials)) {}

  void sign(HttpRequest& request) override;
  bool renew() override {
    auto token = std::get_if<std::shared_ptr<TokenSource>>(&credentials_);
    return token && (*token)->renew();
  }
  // Answers whether the service's clock is far from ours, which is news.
  bool learn_time(std::string_view date);

 private:
  void sign_by_key(HttpRequest& request, const AccountKey& key) const;

  const AzureCredentials credentials_;
  std::atomic<int64_t> clock_offset_{0};
};

bool AzureSigner::learn_time(std::string_view date) {
  constexpr int64_t kFar = 300;
  std::optional<int64_t> theirs = parse_http_date(date);
  if (!theirs || !std::holds_alternative<AccountKey>(credentials_)) return false;
  int64_t offset = *theirs - std::time(nullptr), before = clock_offset_.exchange(offset);
  return offset > before + kFar || offset < before - kFar;
}

void AzureSigner::sign_by_key(HttpRequest& request, const AccountKey& key) const {
  UrlParts url = split_url(request.url);
  Signable signable{request.method, std::string(url.host), std::string(url.path), std::string(url.query),
                    request.headers};
  for (ByteView part : request.body) signable.body_size += part.size();
  Seconds now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
                std::chrono::seconds(clock_offset_.load());
  sign_shared_key(signable, key, now);
  request.headers = std::move(signable.headers);
}

void AzureSigner::sign(HttpRequest& request) {
  request.headers.emplace_back("x-ms-version", kVersion);
  if (auto key = std::get_if<AccountKey>(&credentials_)) {
    sign_by_key(request, *key);
  } else if (auto sas = std::get_if<SharedAccessSignature>(&credentials_)) {
    request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + sas->query.reveal();
  } else if (auto token = std::get_if<std::shared_ptr<TokenSource>>(&credentials_)) {
    request.headers.emplace_back("authorization", "Bearer " + (*token)->get().reveal());
  }
}

class AzureService : public ObjectService {
 public:
  AzureService(const AzureAccount& account, std::string container, std::shared_ptr<HttpClient> client)
      : base_(account.endpoint + "/" + url_escape(container, false)),
        name_("az://" + container),
        client_(std::move(client)),
        signer_(account.credentials) {}

  std::string describe() const override { return name_; }
  std::string place() const override { return "az " + base_; }
  HttpClient& client() const override { return *client_; }

  // "Range: bytes=-5" is the whole blob there, or a failure.
  bool has_suffix_ranges() const override { return false; }
  HttpRequest get(std::string_view key, const ByteRange& range, std::string_view version) const override;
  HttpRequest head(std::string_view key) const override { return request("HEAD", key, ""); }
  HttpRequest put(std::string_view key, std::span<const ByteView> body,
                  const WriteTerms& terms) const override;
  HttpRequest remove(std::string_view key, const std::optional<std::string>& version) const override;
  HttpRequest list(std::string_view prefix, std::string_view from) const override;

  // Blocks belong to a blob and to nobody in particular: the write's id makes them its own, and the service
  // drops those that nobody lists.
  std::optional<HttpRequest> begin_upload(std::string_view, const WriteTerms&) const override { return {}; }
  std::string upload_id(const HttpResponse&) const override { return {}; }
  HttpRequest put_part(std::string_view key, std::string_view upload, int number,
                       std::span<const ByteView> body) const override;
  StoredPart part_of(int number, const HttpResponse&) const override { return {number, {}}; }
  HttpRequest complete_upload(std::string_view key, std::string_view upload,
                              std::span<const StoredPart> parts, const WriteTerms& terms,
                              std::string* body) const override;
  int most_parts() const override { return 50000; }
  std::vector<HttpRequest> clear_upload(std::string_view, std::string_view, int, bool) const override {
    return {};
  }
  std::vector<OpenUpload> open_uploads(std::string_view) const override { return {}; }

  Outcome outcome_of(const HttpResponse& answer) const override;
  Error failure_of(const HttpRequest& request, const HttpResponse& answer) const override;
  ObjectInfo info_of(std::string_view key, const HttpResponse& answer) const override;
  std::string writes_of(const HttpResponse& answer) const override {
    return std::string(answer.header(kWritesHeader));
  }
  ListPage page_of(const HttpResponse& answer) const override;

 private:
  HttpRequest request(std::string_view method, std::string_view key, const std::string& query) const;
  Verdict judge(const HttpResponse& answer) const;

  const std::string base_;
  const std::string name_;
  std::shared_ptr<HttpClient> client_;
  mutable AzureSigner signer_;
};

// ---------------------------------------------------------------- requests

std::string quoted_tag(std::string_view version) { return text_of("\"", version, "\""); }

// Of equal length for all blocks of a blob, as the service demands.
std::string block_id(std::string_view upload, int number) {
  constexpr size_t kDigits = 8;
  std::string digits = text_of(number);
  return base64_of(as_bytes(text_of(upload, "-", std::string(kDigits - digits.size(), '0'), digits)));
}

void add_terms(HttpRequest& request, const WriteTerms& terms) {
  request.headers.emplace_back(kWritesHeader, terms.writes);
  if (terms.condition.kind == Condition::Kind::kIfAbsent) request.headers.emplace_back("if-none-match", "*");
  if (terms.condition.kind == Condition::Kind::kIfMatch)
    request.headers.emplace_back("if-match", quoted_tag(terms.condition.version));
}

HttpRequest AzureService::request(std::string_view method, std::string_view key,
                                  const std::string& query) const {
  HttpRequest request;
  request.method = method;
  request.url = text_of(base_, key.empty() ? "" : "/", url_escape(key, true), query);
  request.subject = name_ + (key.empty() ? "" : "/" + std::string(key));
  request.signer = &signer_;
  request.judge = [this](const HttpResponse& answer) { return judge(answer); };
  return request;
}

HttpRequest AzureService::get(std::string_view key, const ByteRange& range, std::string_view version) const {
  HttpRequest get = request("GET", key, "");
  get.headers.emplace_back("range", text_of("bytes=", range.offset, "-", range.offset + range.length - 1));
  if (!version.empty()) get.headers.emplace_back("if-match", quoted_tag(version));
  return get;
}

HttpRequest AzureService::put(std::string_view key, std::span<const ByteView> body,
                              const WriteTerms& terms) const {
  HttpRequest put = request("PUT", key, "");
  put.body.assign(body.begin(), body.end());
  put.headers.emplace_back("content-type", "application/octet-stream");
  put.headers.emplace_back("x-ms-blob-type", "BlockBlob");
  add_terms(put, terms);
  return put;
}

HttpRequest AzureService::remove(std::string_view key, const std::optional<std::string>& version) const {
  HttpRequest remove = request("DELETE", key, "");
  if (version) remove.headers.emplace_back("if-match", quoted_tag(*version));
  return remove;
}

HttpRequest AzureService::list(std::string_view prefix, std::string_view from) const {
  std::string query = "?restype=container&comp=list&delimiter=%2F&prefix=" + url_escape(prefix, false);
  if (!from.empty()) query += "&marker=" + url_escape(from, false);
  HttpRequest list = request("GET", "", query);
  list.subject += "/" + std::string(prefix);
  return list;
}

HttpRequest AzureService::put_part(std::string_view key, std::string_view upload, int number,
                                   std::span<const ByteView> body) const {
  HttpRequest put = request("PUT", key, "?comp=block&blockid=" + url_escape(block_id(upload, number), false));
  put.headers.emplace_back("content-type", "application/octet-stream");
  put.body.assign(body.begin(), body.end());
  return put;
}

HttpRequest AzureService::complete_upload(std::string_view key, std::string_view upload,
                                          std::span<const StoredPart> parts, const WriteTerms& terms,
                                          std::string* body) const {
  *body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (const StoredPart& part : parts)
    *body += text_of("<Uncommitted>", block_id(upload, part.number), "</Uncommitted>");
  *body += "</BlockList>";
  HttpRequest complete = request("PUT", key, "?comp=blocklist");
  complete.headers.emplace_back("content-type", "application/xml");
  complete.headers.emplace_back("x-ms-blob-content-type", "application/octet-stream");
  complete.body.push_back(as_bytes(*body));
  add_terms(complete, terms);
  return complete;
}

// ---------------------------------------------------------------- answers

Verdict AzureService::judge(const HttpResponse& answer) const {
  if (answer.status == 403 && answer.header("x-ms-error-code") == "AuthenticationFailed" &&
      signer_.learn_time(answer.header("Date")))
    return Verdict::kAtOnce;
  return answer.status == 401 ? Verdict::kRenew : common_verdict(answer.status);
}

Outcome AzureService::outcome_of(const HttpResponse& answer) const {
  if (answer.ok()) return Outcome::kDone;
  std::string_view code = answer.header("x-ms-error-code");
  if (answer.status == 412 || code == "BlobAlreadyExists") return Outcome::kConditionFailed;
  bool is_absent = code.empty() || code == "BlobNotFound" || code == "ResourceNotFound";
  return answer.status == 404 && is_absent ? Outcome::kAbsent : Outcome::kFailed;
}

Error AzureService::failure_of(const HttpRequest& request, const HttpResponse& answer) const {
  std::string_view code = answer.header("x-ms-error-code");
  bool is_refused = code == "AuthenticationFailed" || code == "InvalidAuthenticationInfo";
  Status status = is_refused ? Status::kUnauthenticated : status_of_failure(answer.status);
  return failure_told(request, answer, status, code, answer.header("x-ms-request-id"));
}

ObjectInfo AzureService::info_of(std::string_view key, const HttpResponse& answer) const {
  return {std::string(key), object_size_in(answer), version_of_tag(answer.header("ETag"))};
}

ListPage AzureService::page_of(const HttpResponse& answer) const {
  auto root = parse_xml(answer.body);
  if (!root || root->name() != "EnumerationResults")
    fail(Status::kIo, describe(), ": the list of blobs is not such a document");
  ListPage page;
  auto add = [&](const XmlElement& blob) {
    ObjectInfo object{blob.text("Name"), -1, {}};
    blob.for_each("Properties", [&](const XmlElement& properties) {
      object.size = size_in_text(properties.text("Content-Length"));
      object.version = version_of_tag(properties.text("Etag"));
    });
    if (object.size < 0)
      fail(Status::kIo, describe(), ": the list of blobs gives ", quoted(object.key), " no size");
    page.objects.push_back(std::move(object));
  };
  root->for_each("Blobs", [&](const XmlElement& blobs) { blobs.for_each("Blob", add); });
  page.next = root->text("NextMarker");
  return page;
}

}  // namespace

std::shared_ptr<const ObjectService> create_azure_service(const AzureAccount& account, std::string container,
                                                          std::shared_ptr<HttpClient> client) {
  return std::make_shared<AzureService>(account, std::move(container), std::move(client));
}

}  // namespace af
