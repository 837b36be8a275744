#include "store/s3_service.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>

#include "store/http_retry.h"
#include "store/service_answer.h"
#include "store/signing/crc32c.h"
#include "store/signing/crypto.h"
#include "store/signing/encoding.h"
#include "store/xml.h"

namespace af {
namespace {

constexpr std::string_view kWritesHeader = "x-amz-meta-af-writes",
                           kGoogleWritesHeader = "x-goog-meta-af-writes";
constexpr std::string_view kGeneration = "x-goog-generation", kIfGeneration = "x-goog-if-generation-match";

// What the document of a failure says. Its message is left alone: it may repeat what was sent.
struct Failure {
  std::string code;
  std::string request_id;
  std::string region;
};

Failure failure_in(const HttpResponse& answer) {
  Failure failure{
      {}, std::string(answer.header("x-amz-request-id")), std::string(answer.header("x-amz-bucket-region"))};
  if (answer.body.empty()) return failure;
  auto root = parse_xml(answer.body);
  if (!root || root->name() != "Error") return failure;
  failure.code = root->text("Code");
  if (failure.request_id.empty()) failure.request_id = root->text("RequestId");
  if (failure.region.empty()) failure.region = root->text("Region");
  return failure;
}

// A completed upload may fail after its answer has begun, with 200.
bool is_late_failure(const HttpResponse& answer) {
  return answer.ok() && !answer.body.empty() && answer.header("ETag").empty() &&
         answer.body.find("<Error>") != std::string::npos && !failure_in(answer).code.empty();
}

bool is_any_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_stale_key(std::string_view code) {
  return is_any_of(code, {"ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired",
                          "InvalidAccessKeyId"});
}

bool is_transient(std::string_view code) {
  return is_any_of(code, {"ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown",
                          "InternalError", "ServiceUnavailable"});
}

// Signs, at the endpoint of the region and at the service's time, both of which are learned from answers.
class S3Signer : public RequestSigner {
 public:
  S3Signer(const S3Options& options, std::shared_ptr<S3Credentials> keys)
      : options_(options), keys_(std::move(keys)), region_(options.region) {}

  std::string region() const {
    std::lock_guard lock(mutex_);
    return region_;
  }
  // Answers whether it is news.
  bool learn_region(const std::string& region);
  bool learn_time(std::string_view date);
  std::string base() const;
  void sign(HttpRequest& request) override;
  bool renew() override { return keys_ && keys_->renew(); }

 private:
  const S3Options options_;
  std::shared_ptr<S3Credentials> keys_;
  mutable std::mutex mutex_;
  std::string region_;
  std::atomic<int64_t> clock_offset_{0};
};

bool S3Signer::learn_region(const std::string& region) {
  std::lock_guard lock(mutex_);
  if (region.empty() || region == region_) return false;
  region_ = region;
  return true;
}

bool S3Signer::learn_time(std::string_view date) {
  std::optional<int64_t> theirs = parse_http_date(date);
  if (!theirs) return false;
  clock_offset_ = *theirs - std::time(nullptr);
  return true;
}

// "https://host" and, where the bucket is in the path, "/bucket".
std::string S3Signer::base() const {
  std::string endpoint =
      options_.endpoint.empty() ? "https://s3." + region() + ".amazonaws.com" : options_.endpoint;
  if (options_.path_style) return endpoint + "/" + url_escape(options_.bucket, false);
  size_t host = endpoint.find("://") + 3;
  return endpoint.substr(0, host) + options_.bucket + "." + endpoint.substr(host);
}

// The URL of the request is what comes after the base.
void S3Signer::sign(HttpRequest& request) {
  request.url = base() + request.url;
  if (!keys_) return;
  UrlParts url = split_url(request.url);
  Signable signable;
  signable.method = request.method;
  signable.host = url.host;
  signable.path = url.path;
  signable.query = url.query;
  signable.headers = request.headers;
  signable.body_hash = url.scheme == "https" ? std::string(kUnsignedPayload) : hex_of(sha256(request.body));
  Seconds now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
                std::chrono::seconds(clock_offset_.load());
  Sigv4Scope scope{.region = region()};
  if (options_.google) scope = {"auto", "storage", &kGoogle};
  sign_s3(signable, keys_->get(), scope, now);
  request.headers = std::move(signable.headers);
}

class S3Service : public ObjectService {
 public:
  S3Service(const S3Options& options, std::shared_ptr<HttpClient> client, std::shared_ptr<S3Credentials> keys)
      : options_(options), client_(std::move(client)), signer_(options, std::move(keys)) {}

  std::string describe() const override { return (options_.google ? "gs://" : "s3://") + options_.bucket; }
  std::string place() const override {
    return (options_.google ? "gs " : "s3 ") + options_.endpoint + " " + options_.bucket;
  }
  HttpClient& client() const override { return *client_; }

  HttpRequest get(std::string_view key, const ByteRange& range, std::string_view version) const override;
  HttpRequest head(std::string_view key) const override { return request("HEAD", key, ""); }
  HttpRequest put(std::string_view key, std::span<const ByteView> body,
                  const WriteTerms& terms) const override;
  HttpRequest remove(std::string_view key, const std::optional<std::string>& version) const override;
  HttpRequest list(std::string_view prefix, std::string_view from) const override;

  // Google knows no conditions for what is put in parts.
  bool takes_parts() const override { return !options_.google; }
  std::optional<HttpRequest> begin_upload(std::string_view key, const WriteTerms& terms) const override;
  std::string upload_id(const HttpResponse& begun) const override;
  HttpRequest put_part(std::string_view key, std::string_view upload, int number,
                       std::span<const ByteView> body) const override;
  StoredPart part_of(int number, const HttpResponse& put) const override {
    return {number, std::string(put.header("ETag"))};
  }
  HttpRequest complete_upload(std::string_view key, std::string_view upload,
                              std::span<const StoredPart> parts, const WriteTerms& terms,
                              std::string* body) const override;
  std::vector<HttpRequest> clear_upload(std::string_view key, std::string_view upload, int,
                                        bool completed) const override {
    if (completed) return {};
    return {request("DELETE", key, "?uploadId=" + url_escape(upload, false))};
  }
  std::vector<OpenUpload> open_uploads(std::string_view prefix) const override;

  Outcome outcome_of(const HttpResponse& answer) const override;
  Error failure_of(const HttpRequest& request, const HttpResponse& answer) const override;
  ObjectInfo info_of(std::string_view key, const HttpResponse& answer) const override;
  std::string writes_of(const HttpResponse& answer) const override {
    return std::string(answer.header(writes_header()));
  }
  ListPage page_of(const HttpResponse& answer) const override;

 private:
  HttpRequest request(std::string_view method, std::string_view key, const std::string& query) const;
  Verdict judge(const HttpResponse& answer) const;
  std::string_view writes_header() const { return options_.google ? kGoogleWritesHeader : kWritesHeader; }
  void add_condition(HttpRequest& request, const Condition& condition) const;
  void add_encryption(HttpRequest& request) const;

  const S3Options options_;
  std::shared_ptr<HttpClient> client_;
  mutable S3Signer signer_;
};

// ---------------------------------------------------------------- requests

// Versions are entity tags without their quotes.
std::string quoted_tag(std::string_view version) {
  if (version.starts_with("W/")) return std::string(version);
  return text_of("\"", version, "\"");
}

void S3Service::add_condition(HttpRequest& request, const Condition& condition) const {
  if (options_.google && condition.kind != Condition::Kind::kAlways) {
    // A text that is no generation is one that no object has.
    std::string wanted = parse_number(condition.version).value_or(0) > 0 ? condition.version : "1";
    bool absent = condition.kind == Condition::Kind::kIfAbsent;
    request.headers.emplace_back(kIfGeneration, absent ? "0" : wanted);
    return;
  }
  switch (condition.kind) {
    case Condition::Kind::kAlways: break;
    case Condition::Kind::kIfAbsent: request.headers.emplace_back("if-none-match", "*"); break;
    case Condition::Kind::kIfMatch:
      request.headers.emplace_back("if-match", quoted_tag(condition.version));
      break;
  }
}

HttpRequest S3Service::request(std::string_view method, std::string_view key,
                               const std::string& query) const {
  HttpRequest request;
  request.method = method;
  request.url = "/" + url_escape(key, true) + query;
  request.subject = describe() + (key.empty() ? "" : "/" + std::string(key));
  request.signer = &signer_;
  request.judge = [this](const HttpResponse& answer) { return judge(answer); };
  if (options_.requester_pays) request.headers.emplace_back("x-amz-request-payer", "requester");
  return request;
}

HttpRequest S3Service::get(std::string_view key, const ByteRange& range, std::string_view version) const {
  HttpRequest get = request("GET", key, "");
  std::string bytes = range.from_end ? text_of("bytes=-", range.length)
                                     : text_of("bytes=", range.offset, "-", range.offset + range.length - 1);
  get.headers.emplace_back("range", std::move(bytes));
  if (!version.empty()) add_condition(get, Condition::if_match(std::string(version)));
  return get;
}

void S3Service::add_encryption(HttpRequest& request) const {
  if (options_.encryption.empty()) return;
  request.headers.emplace_back("x-amz-server-side-encryption", options_.encryption);
  if (!options_.encryption_key.empty())
    request.headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options_.encryption_key);
}

HttpRequest S3Service::put(std::string_view key, std::span<const ByteView> body,
                           const WriteTerms& terms) const {
  HttpRequest put = request("PUT", key, "");
  put.body.assign(body.begin(), body.end());
  put.headers.emplace_back(writes_header(), terms.writes);
  if (options_.google)
    put.headers.emplace_back("x-goog-hash", "crc32c=" + crc32c_text(body));
  else if (options_.checksums)
    put.headers.emplace_back("x-amz-checksum-crc32c", crc32c_text(body));
  add_condition(put, terms.condition);
  add_encryption(put);
  return put;
}

HttpRequest S3Service::remove(std::string_view key, const std::optional<std::string>& version) const {
  HttpRequest remove = request("DELETE", key, "");
  if (version) add_condition(remove, Condition::if_match(*version));
  return remove;
}

HttpRequest S3Service::list(std::string_view prefix, std::string_view from) const {
  std::string query = "?";
  if (!from.empty()) query += "continuation-token=" + url_escape(from, false) + "&";
  query += "delimiter=%2F&encoding-type=url&list-type=2&prefix=" + url_escape(prefix, false);
  HttpRequest list = request("GET", "", query);
  list.subject += "/" + std::string(prefix);
  return list;
}

std::optional<HttpRequest> S3Service::begin_upload(std::string_view key, const WriteTerms& terms) const {
  HttpRequest begin = request("POST", key, "?uploads=");
  begin.headers.emplace_back(kWritesHeader, terms.writes);
  add_encryption(begin);
  return begin;
}

std::string S3Service::upload_id(const HttpResponse& begun) const {
  auto root = parse_xml(begun.body);
  std::string id = root ? root->text("UploadId") : "";
  if (id.empty()) fail(Status::kIo, describe(), ": the answer to the beginning of an upload has no id");
  return id;
}

HttpRequest S3Service::put_part(std::string_view key, std::string_view upload, int number,
                                std::span<const ByteView> body) const {
  HttpRequest put =
      request("PUT", key, text_of("?partNumber=", number, "&uploadId=", url_escape(upload, false)));
  put.body.assign(body.begin(), body.end());
  return put;
}

HttpRequest S3Service::complete_upload(std::string_view key, std::string_view upload,
                                       std::span<const StoredPart> parts, const WriteTerms& terms,
                                       std::string* body) const {
  *body = "<CompleteMultipartUpload>";
  for (const StoredPart& part : parts)
    *body += text_of("<Part><PartNumber>", part.number, "</PartNumber><ETag>", xml_escape(part.tag),
                     "</ETag></Part>");
  *body += "</CompleteMultipartUpload>";
  HttpRequest complete = request("POST", key, "?uploadId=" + url_escape(upload, false));
  complete.body.push_back(as_bytes(*body));
  add_condition(complete, terms.condition);
  return complete;
}

std::vector<OpenUpload> S3Service::open_uploads(std::string_view prefix) const {
  std::vector<OpenUpload> found;
  std::string key_marker, id_marker;
  while (true) {
    std::string query = "?encoding-type=url";
    if (!key_marker.empty()) query += "&key-marker=" + url_escape(key_marker, false);
    query += "&prefix=" + url_escape(prefix, false);
    if (!id_marker.empty()) query += "&upload-id-marker=" + url_escape(id_marker, false);
    HttpRequest ask = request("GET", "", query + "&uploads=");
    HttpResponse answer = client_->send(ask);
    if (!answer.ok()) throw failure_of(ask, answer);
    auto root = parse_xml(answer.body);
    if (!root) fail(Status::kIo, describe(), ": the list of uploads is no XML document");
    bool escaped = !root->text("EncodingType").empty();
    root->for_each("Upload", [&](const XmlElement& upload) {
      std::string key = upload.text("Key");
      found.push_back({escaped ? url_unescape(key) : key, upload.text("UploadId"), upload.text("Initiated")});
    });
    std::string next_key = root->text("NextKeyMarker"), next_id = root->text("NextUploadIdMarker");
    if (root->text("IsTruncated") != "true" || (next_key == key_marker && next_id == id_marker)) return found;
    key_marker = escaped ? url_unescape(next_key) : next_key;
    id_marker = next_id;
  }
}

// ---------------------------------------------------------------- answers

Verdict S3Service::judge(const HttpResponse& answer) const {
  if (answer.ok() && !is_late_failure(answer)) return Verdict::kFinal;
  Failure failure = failure_in(answer);
  bool elsewhere = answer.status == 301 || answer.status == 307 || answer.status == 400;
  if (elsewhere && signer_.learn_region(failure.region)) return Verdict::kAtOnce;
  if (failure.code == "RequestTimeTooSkewed" && signer_.learn_time(answer.header("Date")))
    return Verdict::kAtOnce;
  // The answer to a HEAD does not say what is wrong.
  bool unsaid = failure.code.empty() && (answer.status == 400 || answer.status == 403);
  if (is_stale_key(failure.code) || answer.status == 401 || unsaid) return Verdict::kRenew;
  return is_transient(failure.code) ? Verdict::kRetry : common_verdict(answer.status);
}

Outcome S3Service::outcome_of(const HttpResponse& answer) const {
  if (answer.ok()) return is_late_failure(answer) ? Outcome::kFailed : Outcome::kDone;
  if (answer.status == 412) return Outcome::kConditionFailed;
  if (answer.status != 404) return Outcome::kFailed;
  std::string code = failure_in(answer).code;
  return is_any_of(code, {"", "NoSuchKey", "NoSuchUpload", "NotFound"}) ? Outcome::kAbsent : Outcome::kFailed;
}

Error S3Service::failure_of(const HttpRequest& request, const HttpResponse& answer) const {
  Failure failure = failure_in(answer);
  bool is_refused =
      is_stale_key(failure.code) ||
      is_any_of(failure.code, {"SignatureDoesNotMatch", "RequestTimeTooSkewed", "XAdminUserNotFound"});
  Status status = is_refused ? Status::kUnauthenticated : status_of_failure(answer.status);
  return failure_told(request, answer, status, failure.code, failure.request_id);
}

ObjectInfo S3Service::info_of(std::string_view key, const HttpResponse& answer) const {
  ObjectInfo info{
      std::string(key), object_size_in(answer),
      options_.google ? std::string(answer.header(kGeneration)) : version_of_tag(answer.header("ETag"))};
  // The answer to a completed upload has it in its document.
  if (info.version.empty() && !answer.body.empty())
    if (auto root = parse_xml(answer.body)) info.version = version_of_tag(root->text("ETag"));
  return info;
}

ListPage S3Service::page_of(const HttpResponse& answer) const {
  auto root = parse_xml(answer.body);
  if (!root || root->name() != "ListBucketResult")
    fail(Status::kIo, describe(), ": the list of objects is not such a document");
  bool escaped = !root->text("EncodingType").empty();
  ListPage page;
  root->for_each("Contents", [&](const XmlElement& object) {
    std::string key = object.text("Key");
    int64_t size = size_in_text(object.text("Size"));
    if (size < 0) fail(Status::kIo, describe(), ": the list of objects gives ", quoted(key), " no size");
    page.objects.push_back(
        {escaped ? url_unescape(key) : key, size,
         options_.google ? object.text("Generation") : version_of_tag(object.text("ETag"))});
  });
  if (root->text("IsTruncated") == "true") page.next = root->text("NextContinuationToken");
  return page;
}

}  // namespace

std::shared_ptr<const ObjectService> create_s3_service(const S3Options& options,
                                                       std::shared_ptr<HttpClient> client,
                                                       std::shared_ptr<S3Credentials> keys) {
  return std::make_shared<S3Service>(options, std::move(client), std::move(keys));
}

}  // namespace af
