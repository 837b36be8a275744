// Requests over HTTP, for the stores that are reached by it. Only http_client.cc knows libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.h"

namespace af {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of this name, in whatever case; "" if there is none.
std::string_view header_of(const HttpHeaders& headers, std::string_view name);

struct HttpRequest;
struct HttpResponse;

// Authenticates requests. Called by many threads at once.
class RequestSigner {
 public:
  virtual ~RequestSigner() = default;
  // Completes a copy of the request for one attempt, now: signatures carry the time. It may change the URL.
  virtual void sign(HttpRequest& request) = 0;
  // The service says that what it was signed with is no longer good. Answers whether there may be something
  // newer to sign with: then the request is sent once more.
  virtual bool renew() { return false; }
};

// What becomes of an answer.
enum class Verdict {
  kFinal,   // the caller gets it
  kRetry,   // after a pause, if the tries and the budget last
  kAtOnce,  // once, without a pause: something that `sign` uses has changed, such as the region
  kRenew,   // once, after RequestSigner::renew
};

// kRetry for 408, 429 and 5xx but 501, else kFinal.
Verdict common_verdict(int status);

struct HttpRequest {
  std::string method = "GET";
  // Absolute and escaped: sent exactly so. It may hold secrets and is never shown.
  std::string url;
  // Without Host and Content-Length, which the client adds.
  HttpHeaders headers;
  // One after another. They are sent anew at each attempt and must live until the answer is there.
  std::vector<ByteView> body;
  // What the body points into beside that, if anything.
  std::shared_ptr<const void> body_owner;
  // What it is about, for errors: "s3://bucket/key".
  std::string subject;
  // Takes the body of a successful answer piece by piece; `offset` counts from its start, and begins at 0
  // again when the request is sent again. Without it the body is gathered in the response.
  std::function<void(uint64_t offset, ByteView bytes)> sink;
  // May be null.
  RequestSigner* signer = nullptr;
  // Null: common_verdict.
  std::function<Verdict(const HttpResponse&)> judge;
  bool follows_redirects = false;
  // Whether it does no harm to send it when an earlier attempt may have taken effect.
  bool repeatable = true;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  // Of answers that are not successful, and of all without a sink.
  std::string body;
  int attempts = 1;
  // An earlier attempt may have taken effect: it was sent, and its answer was lost or was a failure.
  bool uncertain = false;

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view header(std::string_view name) const { return header_of(headers, name); }
};

struct HttpOptions {
  std::chrono::milliseconds connect_timeout{10000};
  std::chrono::milliseconds first_byte_timeout{30000};
  // No byte for so long in the middle of an answer or of a body that is sent.
  std::chrono::milliseconds stall_timeout{30000};
  // One call with all its attempts.
  std::chrono::milliseconds call_timeout{300000};
  int max_attempts = 8;
  // The n-th pause is a random part of retry_base * 2^n, at most retry_cap; Retry-After may lengthen it.
  std::chrono::milliseconds retry_base{100};
  std::chrono::milliseconds retry_cap{10000};
  // Side by side in one call.
  int max_connections = 16;
  std::string proxy;            // "": what the environment says
  bool passes_proxies = false;  // none, whatever the environment says
  std::string ca_file;          // "": the system's
  bool verify_tls = true;
  HttpHeaders headers;  // sent with every request
};

struct HttpCounts {
  int64_t requests = 0;  // attempts included
  int64_t retries = 0;
  int64_t waves = 0;  // calls: how often somebody waited for the network
  int64_t bytes_sent = 0;
  int64_t bytes_received = 0;
};

// Connections are kept and used again. Safe for many threads at once, and after fork().
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Sends a request until its verdict is final. Throws kIo, kTimedOut or kCancelled when there is no answer;
  // an answer that is a failure is the caller's to judge.
  virtual HttpResponse send(const HttpRequest& request) = 0;
  // The same for many side by side; each answer is where its request was. The first that throws ends all.
  virtual std::vector<HttpResponse> send_all(std::span<const HttpRequest> requests) = 0;
  virtual HttpCounts counts() const = 0;
};

// Throws kUnsupported where the library was built without libcurl.
std::shared_ptr<HttpClient> create_http_client(const HttpOptions& options);

// What a ranged answer says it is: "bytes 0-99/1234". Nothing if it says nothing, or nonsense.
struct ContentRange {
  uint64_t begin = 0;
  uint64_t length = 0;
  uint64_t total = 0;
};
std::optional<ContentRange> content_range_of(const HttpResponse& answer);
// A whole number and nothing else.
std::optional<uint64_t> parse_number(std::string_view text);

// Escapes all but A-Z a-z 0-9 - . _ ~, and '/' too unless `keep_slashes`. One function for URLs and for what
// is signed of them.
std::string url_escape(std::string_view text, bool keep_slashes);

}  // namespace af
