#include "store/gcs_service.h"

#include <array>
#include <charconv>
#include <cstring>

#include "store/bearer.h"
#include "store/json.h"
#include "store/service_answer.h"
#include "store/signing/crc32c.h"
#include "store/signing/encoding.h"

namespace af {
namespace {

constexpr char kWritesName[] = "af-writes";
constexpr std::string_view kWritesHeader = "x-goog-meta-af-writes";
constexpr char kBoundary[] = "af-part-of-an-upload-5d1f0c7b9a64e382";

// Only this has a generation: 0 stands for an object that is not there.
bool is_generation(std::string_view version) {
  std::optional<uint64_t> number = parse_number(version);
  return number && *number > 0 && *number <= INT64_MAX;
}

// "notFound", "conditionNotMet", ... "": not said. The message is left alone: it may repeat what was sent.
std::string reason_in(const HttpResponse& answer) {
  try {
    Json error = Json::parse(answer.body, "")["error"];
    return error["errors"].elements().empty() ? error["status"].text()
                                              : error["errors"].elements()[0]["reason"].text();
  } catch (const Error&) {
    return {};
  }
}

Verdict judge(const HttpResponse& answer) {
  if (answer.status == 401) return Verdict::kRenew;
  // Another spelling of 429.
  if (answer.status == 403 && reason_in(answer).ends_with("ateLimitExceeded")) return Verdict::kRetry;
  return common_verdict(answer.status);
}

class GcsService : public ObjectService {
 public:
  GcsService(const GcsOptions& options, std::shared_ptr<HttpClient> client,
             std::shared_ptr<TokenSource> token)
      : options_(options), client_(std::move(client)), signer_(std::move(token)) {}

  std::string describe() const override { return "gs://" + options_.bucket; }
  std::string place() const override { return "gs " + options_.endpoint + " " + options_.bucket; }
  HttpClient& client() const override { return *client_; }

  HttpRequest get(std::string_view key, const ByteRange& range, std::string_view version) const override;
  HttpRequest head(std::string_view key) const override;
  HttpRequest put(std::string_view key, std::span<const ByteView> body,
                  const WriteTerms& terms) const override;
  HttpRequest remove(std::string_view key, const std::optional<std::string>& version) const override;
  HttpRequest list(std::string_view prefix, std::string_view from) const override;

  // Parts are objects of their own, under names that no reader looks at, and are composed to one.
  int most_parts() const override { return 32; }
  std::optional<HttpRequest> begin_upload(std::string_view, const WriteTerms&) const override { return {}; }
  std::string upload_id(const HttpResponse&) const override { return {}; }
  HttpRequest put_part(std::string_view key, std::string_view upload, int number,
                       std::span<const ByteView> body) const override;
  StoredPart part_of(int number, const HttpResponse& put) const override {
    return {number, info_of("", put).version};
  }
  HttpRequest complete_upload(std::string_view key, std::string_view upload,
                              std::span<const StoredPart> parts, const WriteTerms& terms,
                              std::string* body) const override;
  std::vector<HttpRequest> clear_upload(std::string_view key, std::string_view upload, int parts,
                                        bool completed) const override;
  std::vector<OpenUpload> open_uploads(std::string_view) const override { return {}; }

  Outcome outcome_of(const HttpResponse& answer) const override;
  Error failure_of(const HttpRequest& request, const HttpResponse& answer) const override;
  ObjectInfo info_of(std::string_view key, const HttpResponse& answer) const override;
  std::string writes_of(const HttpResponse& answer) const override;
  ListPage page_of(const HttpResponse& answer) const override;

 private:
  HttpRequest request(std::string_view method, std::string_view key, std::string_view path,
                      std::string query) const;
  Json document_in(const HttpResponse& answer, std::string_view key) const;
  HttpRequest object_request(std::string_view method, std::string_view key, std::string query) const {
    return request(
        method, key,
        text_of("/storage/v1/b/", url_escape(options_.bucket, false), "/o/", url_escape(key, false)),
        std::move(query));
  }

  const GcsOptions options_;
  std::shared_ptr<HttpClient> client_;
  mutable BearerSigner signer_;
};

// ---------------------------------------------------------------- requests

HttpRequest GcsService::request(std::string_view method, std::string_view key, std::string_view path,
                                std::string query) const {
  if (!options_.user_project.empty()) query += "&userProject=" + url_escape(options_.user_project, false);
  if (query.starts_with('&')) query.erase(0, 1);
  HttpRequest request;
  request.method = method;
  request.url = text_of(options_.endpoint, path, query.empty() ? "" : "?", query);
  request.subject = describe() + (key.empty() ? "" : "/" + std::string(key));
  request.signer = &signer_;
  request.judge = judge;
  return request;
}

std::string generation_is(std::string_view version) {
  // A text that is no generation is one that no object has.
  return text_of("&ifGenerationMatch=", is_generation(version) ? version : std::string_view("1"));
}

std::string condition_query(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::kAlways: break;
    case Condition::Kind::kIfAbsent: return "&ifGenerationMatch=0";
    case Condition::Kind::kIfMatch: return generation_is(condition.version);
  }
  return {};
}

HttpRequest GcsService::get(std::string_view key, const ByteRange& range, std::string_view version) const {
  HttpRequest get = object_request("GET", key, "alt=media" + (version.empty() ? "" : generation_is(version)));
  get.headers.emplace_back(
      "range", range.from_end ? text_of("bytes=-", range.length)
                              : text_of("bytes=", range.offset, "-", range.offset + range.length - 1));
  return get;
}

HttpRequest GcsService::head(std::string_view key) const {
  return object_request("GET", key, "fields=generation,size,metadata");
}

// One request says what the object is and gives its bytes.
HttpRequest GcsService::put(std::string_view key, std::span<const ByteView> body,
                            const WriteTerms& terms) const {
  HttpRequest put =
      request("POST", key, text_of("/upload/storage/v1/b/", url_escape(options_.bucket, false), "/o"),
              "uploadType=multipart&fields=generation,size" + condition_query(terms.condition));
  auto around = std::make_shared<std::pair<std::string, std::string>>();
  around->first = text_of(
      "--", kBoundary,
      "\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"name\":", json_quoted(key),
      ",\"crc32c\":", json_quoted(crc32c_text(body)), ",\"metadata\":{", json_quoted(kWritesName), ":",
      json_quoted(terms.writes), "}}\r\n--", kBoundary, "\r\nContent-Type: application/octet-stream\r\n\r\n");
  around->second = text_of("\r\n--", kBoundary, "--\r\n");
  put.headers.emplace_back("content-type", text_of("multipart/related; boundary=", kBoundary));
  put.body.push_back(as_bytes(around->first));
  put.body.insert(put.body.end(), body.begin(), body.end());
  put.body.push_back(as_bytes(around->second));
  put.body_owner = std::move(around);
  return put;
}

// The name of a temporary file beside the object's own; `upload` is 16 hex digits.
std::string part_key(std::string_view key, std::string_view upload, int number) {
  uint64_t id = 0;
  std::from_chars(upload.data(), upload.data() + upload.size(), id, 16);
  std::array<std::byte, 8> bytes;
  id = __builtin_bswap64(id ^ static_cast<uint64_t>(number));
  std::memcpy(bytes.data(), &id, sizeof id);
  size_t name = key.rfind('/') + 1;  // npos + 1 is 0
  return text_of(key.substr(0, name), ".", key.substr(name), ".tmp-", hex_of(bytes));
}

HttpRequest GcsService::put_part(std::string_view key, std::string_view upload, int number,
                                 std::span<const ByteView> body) const {
  return put(part_key(key, upload, number), body, {Condition::always(), std::string(upload)});
}

HttpRequest GcsService::complete_upload(std::string_view key, std::string_view upload,
                                        std::span<const StoredPart> parts, const WriteTerms& terms,
                                        std::string* body) const {
  *body = R"({"sourceObjects":[)";
  for (const StoredPart& part : parts)
    *body +=
        text_of(part.number > 1 ? "," : "", R"({"name":)", json_quoted(part_key(key, upload, part.number)),
                R"(,"generation":)", json_quoted(part.tag), "}");
  *body += text_of(R"(],"destination":{"contentType":"application/octet-stream","metadata":{)",
                   json_quoted(kWritesName), ":", json_quoted(terms.writes), "}}}");
  HttpRequest compose =
      object_request("POST", key, "fields=generation,size" + condition_query(terms.condition));
  compose.url.insert(compose.url.find('?'), "/compose");
  compose.headers.emplace_back("content-type", "application/json");
  compose.body.push_back(as_bytes(*body));
  return compose;
}

std::vector<HttpRequest> GcsService::clear_upload(std::string_view key, std::string_view upload, int parts,
                                                  bool) const {
  std::vector<HttpRequest> requests;
  for (int number = 1; number <= parts; number++)
    requests.push_back(remove(part_key(key, upload, number), {}));
  return requests;
}

HttpRequest GcsService::remove(std::string_view key, const std::optional<std::string>& version) const {
  return object_request("DELETE", key, version ? generation_is(*version) : "");
}

HttpRequest GcsService::list(std::string_view prefix, std::string_view from) const {
  std::string query =
      "delimiter=%2F&fields=items(name,size,generation),nextPageToken&prefix=" + url_escape(prefix, false);
  if (!from.empty()) query += "&pageToken=" + url_escape(from, false);
  HttpRequest list =
      request("GET", "", text_of("/storage/v1/b/", url_escape(options_.bucket, false), "/o"), query);
  list.subject += "/" + std::string(prefix);
  return list;
}

// ---------------------------------------------------------------- answers

Outcome GcsService::outcome_of(const HttpResponse& answer) const {
  if (answer.ok()) return Outcome::kDone;
  if (answer.status == 412) return Outcome::kConditionFailed;
  return answer.status == 404 ? Outcome::kAbsent : Outcome::kFailed;
}

Error GcsService::failure_of(const HttpRequest& request, const HttpResponse& answer) const {
  std::string reason = reason_in(answer);
  bool is_told = !reason.empty() && reason.size() < 100;
  return failure_told(request, answer, status_of_failure(answer.status), is_told ? quoted(reason) : "",
                      answer.header("x-guploader-uploadid"));
}

// Bytes come with their generation in a header; all else is answered by a document.
bool is_bytes(const HttpResponse& answer) { return !answer.header("x-goog-generation").empty(); }

// A service that talks nonsense has not said that an object is damaged.
Json GcsService::document_in(const HttpResponse& answer, std::string_view key) const {
  try {
    return Json::parse(answer.body, "the answer");
  } catch (const Error& error) {
    throw Error(Status::kIo, text_of(describe(), key.empty() ? "" : "/", key, ": ", error.message()), 0,
                answer.status);
  }
}

ObjectInfo object_of(std::string key, const Json& resource) {
  ObjectInfo info{std::move(key), resource["size"].integer().value_or(-1), resource["generation"].text()};
  if (info.size < 0) info.size = -1;
  return info;
}

ObjectInfo GcsService::info_of(std::string_view key, const HttpResponse& answer) const {
  if (!is_bytes(answer)) return object_of(std::string(key), document_in(answer, key));
  return {std::string(key), object_size_in(answer), std::string(answer.header("x-goog-generation"))};
}

std::string GcsService::writes_of(const HttpResponse& answer) const {
  if (is_bytes(answer)) return std::string(answer.header(kWritesHeader));
  return document_in(answer, "")["metadata"][kWritesName].text();
}

ListPage GcsService::page_of(const HttpResponse& answer) const {
  Json list = document_in(answer, "");
  ListPage page;
  for (const Json& item : list["items"].elements()) {
    ObjectInfo object = object_of(item["name"].text(), item);
    if (object.size < 0)
      fail(Status::kIo, describe(), ": the list of objects gives ", quoted(object.key), " no size");
    page.objects.push_back(std::move(object));
  }
  page.next = list["nextPageToken"].text();
  return page;
}

}  // namespace

std::shared_ptr<const ObjectService> create_gcs_service(const GcsOptions& options,
                                                        std::shared_ptr<HttpClient> client,
                                                        std::shared_ptr<TokenSource> token) {
  return std::make_shared<GcsService>(options, std::move(client), std::move(token));
}

}  // namespace af
