// The only file that knows libcurl. Each call drives its transfers on the thread that made it: there are no
// threads of ours, so nothing is lost by a fork().
#include "store/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <deque>
#include <exception>
#include <mutex>

#include "core/interrupt.h"
#include "core/parallel.h"
#include "store/http_retry.h"

namespace af {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Answers without a sink are lists and errors.
constexpr size_t kMaxGathered = 64 << 20;
// How often a call that waits looks whether it is still wanted.
constexpr milliseconds kGlance{50};
// How often a request is sent again without a pause: the region, the key and the time may all be wrong.
constexpr int kAtOnceMost = 3;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// Connections and the handles that use them. Used by one call at a time.
struct Engine {
  std::vector<Easy> idle;  // freed after the connections' owner
  std::unique_ptr<CURLM, FreeMulti> multi{curl_multi_init()};
};

std::string_view host_of(std::string_view url) {
  size_t begin = url.find("://");
  begin = begin == std::string_view::npos ? 0 : begin + 3;
  std::string_view host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  size_t user = host.rfind('@');
  return user == std::string_view::npos ? host : host.substr(user + 1);
}

// One request and what became of it.
class Transfer {
 public:
  Transfer(const HttpRequest& request, const HttpOptions& options) : original_(request), options_(options) {}

  void start(Easy easy, CURLM* multi);
  // Ends an attempt and gives its handle back.
  Easy stop(CURLM* multi);
  bool is_active() const { return easy_ != nullptr; }
  CURL* easy() const { return easy_.get(); }

  // Why nothing has come for too long; nullptr while it has not been too long.
  const char* overdue(Clock::time_point now) const;
  const HttpRequest& request() const { return original_; }
  std::string host() const { return std::string(host_of(sent_.url)); }
  int64_t sent_bytes() const { return static_cast<int64_t>(body_at_); }
  int64_t received_bytes() const { return static_cast<int64_t>(received_); }
  // What a callback of ours threw.
  std::exception_ptr failure;

  HttpResponse response;
  Clock::time_point due{};
  bool done = false;
  int at_once = 0;  // how often it was sent again without a pause

 private:
  void set_body();
  void set_headers();
  static size_t on_body(char* data, size_t, size_t size, void* self);
  static size_t on_header(char* data, size_t, size_t size, void* self);
  static size_t on_send(char* data, size_t, size_t size, void* self);
  static int on_rewind(void* self, curl_off_t offset, int origin);
  static int on_connected(void* self, char*, char*, int, int);
  void take(ByteView bytes);
  void take_header(std::string_view line);

  template <typename T>
  void set(CURLoption option, T value) {
    CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK)
      fail(Status::kUnsupported, "libcurl does not take option ", static_cast<int>(option), ": ",
           curl_easy_strerror(code));
  }

  const HttpRequest& original_;
  const HttpOptions& options_;
  HttpRequest sent_;
  Easy easy_;
  HeaderList headers_;
  uint64_t body_size_ = 0, body_at_ = 0, received_ = 0;
  bool connected_ = false, answered_ = false;
  Clock::time_point active_{};  // when something last happened
};

void Transfer::start(Easy easy, CURLM* multi) {
  easy_ = std::move(easy);
  curl_easy_reset(easy_.get());
  sent_ = original_;
  sent_.headers.insert(sent_.headers.end(), options_.headers.begin(), options_.headers.end());
  if (sent_.signer) sent_.signer->sign(sent_);
  response.status = 0;
  response.headers.clear();
  response.body.clear();
  body_at_ = received_ = 0;
  connected_ = answered_ = false;
  active_ = Clock::now();
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_URL, sent_.url.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_BUFFERSIZE, 256L << 10);
  set(CURLOPT_USERAGENT, "arrayformat");
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  if (!options_.proxy.empty() || options_.passes_proxies) set(CURLOPT_PROXY, options_.proxy.c_str());
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  set(CURLOPT_SSL_VERIFYPEER, options_.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, options_.verify_tls ? 2L : 0L);
  if (sent_.follows_redirects) {
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 5L);
    set(CURLOPT_REDIR_PROTOCOLS_STR, sent_.url.starts_with("https:") ? "https" : "http,https");
  }
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  set(CURLOPT_PREREQDATA, this);
  set_body();
  set_headers();
  if (curl_multi_add_handle(multi, easy_.get()) != CURLM_OK) throw std::bad_alloc();
}

void Transfer::set_body() {
  body_size_ = 0;
  for (ByteView part : sent_.body) body_size_ += part.size();
  if (sent_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (sent_.method == "PUT" || sent_.method == "POST" || body_size_ > 0) {
    // Also without a body: it then says that its length is 0.
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body_size_));
    set(CURLOPT_READFUNCTION, &Transfer::on_send);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &Transfer::on_rewind);
    set(CURLOPT_SEEKDATA, this);
  }
  if (sent_.method != "GET" && sent_.method != "HEAD") set(CURLOPT_CUSTOMREQUEST, sent_.method.c_str());
}

void Transfer::set_headers() {
  headers_.reset();
  auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    headers_.release();
    headers_.reset(longer);
  };
  // Left out: a pause before bodies, which some servers also want to be signed.
  add("Expect:");
  for (const auto& [name, value] : sent_.headers) {
    // What would be a further header, or a request of its own.
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      fail(Status::kInvalidArgument, "the header ", quoted(name), " holds a line end or a NUL");
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
}

Easy Transfer::stop(CURLM* multi) {
  curl_multi_remove_handle(multi, easy_.get());
  headers_.reset();
  return std::move(easy_);
}

const char* Transfer::overdue(Clock::time_point now) const {
  if (!connected_) return nullptr;  // libcurl's part
  bool waits = !answered_ && body_at_ == body_size_;
  if (now - active_ <= (waits ? options_.first_byte_timeout : options_.stall_timeout)) return nullptr;
  return waits ? "no answer came in time" : "it stalled";
}

int Transfer::on_connected(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.connected_ = true;
  transfer.active_ = Clock::now();
  return CURL_PREREQFUNC_OK;
}

size_t Transfer::on_send(char* data, size_t, size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.active_ = Clock::now();
  uint64_t begin = 0;
  for (ByteView part : transfer.sent_.body) {
    if (transfer.body_at_ < begin + part.size()) {
      uint64_t offset = transfer.body_at_ - begin;
      size_t length = std::min<size_t>(size, part.size() - offset);
      std::copy_n(part.data() + offset, length, reinterpret_cast<std::byte*>(data));
      transfer.body_at_ += length;
      return length;
    }
    begin += part.size();
  }
  return 0;
}

int Transfer::on_rewind(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (origin != SEEK_SET || offset < 0 || static_cast<uint64_t>(offset) > transfer.body_size_)
    return CURL_SEEKFUNC_FAIL;
  transfer.body_at_ = static_cast<uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

size_t Transfer::on_header(char* data, size_t, size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.take_header({data, size});
    return size;
  } catch (...) {
    transfer.failure = std::current_exception();
    return 0;
  }
}

void Transfer::take_header(std::string_view line) {
  active_ = Clock::now();
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    answered_ = status >= 200;
    response.headers.clear();
    return;
  }
  size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  size_t value = line.find_first_not_of(" \t", colon + 1);
  response.headers.emplace_back(line.substr(0, colon),
                                value == std::string_view::npos ? "" : line.substr(value));
}

size_t Transfer::on_body(char* data, size_t, size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.take(as_bytes({data, size}));
    return size;
  } catch (...) {
    transfer.failure = std::current_exception();
    return 0;
  }
}

void Transfer::take(ByteView bytes) {
  active_ = Clock::now();
  uint64_t at = received_;
  received_ += bytes.size();
  if (original_.sink && response.ok()) {
    original_.sink(at, bytes);
    return;
  }
  if (response.body.size() + bytes.size() > kMaxGathered)
    fail(Status::kIo, sent_.method, " ", original_.subject, ": the answer is longer than ", kMaxGathered,
         " bytes");
  response.body += as_text(bytes);
}

bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_HTTP2:
    case CURLE_WEIRD_SERVER_REPLY: return true;
    default: return false;
  }
}

// The transfers of one call.
class Call {
 public:
  Call(Engine& engine, const HttpOptions& options, RetryBudget& budget, std::span<const HttpRequest> requests)
      : engine_(engine), options_(options), budget_(budget), deadline_(Clock::now() + options.call_timeout) {
    for (const HttpRequest& request : requests) transfers_.emplace_back(request, options);
    random_.seed(static_cast<unsigned>(Clock::now().time_since_epoch().count()) ^
                 static_cast<unsigned>(reinterpret_cast<uintptr_t>(this)));
  }
  ~Call() {
    for (Transfer& transfer : transfers_)
      if (transfer.is_active()) engine_.idle.push_back(transfer.stop(engine_.multi.get()));
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  std::vector<HttpResponse> run();
  HttpCounts counts;

 private:
  void start_due();
  void finish_some();
  void end_overdue();
  void wait();
  void look_up();
  void end_attempt(Transfer& transfer);
  void judge(Transfer& transfer);
  void failed(Transfer& transfer, CURLcode code, const char* why);
  void again(Transfer& transfer, milliseconds pause);
  [[noreturn]] void give_up(const Transfer& transfer, Status status, std::string_view why) const;

  Engine& engine_;
  const HttpOptions& options_;
  RetryBudget& budget_;
  Clock::time_point deadline_, looked_up_ = Clock::now();
  std::deque<Transfer> transfers_;
  size_t left_ = 0;
  int active_ = 0;
  std::minstd_rand random_;
};

std::vector<HttpResponse> Call::run() {
  left_ = transfers_.size();
  while (true) {
    start_due();
    int running = 0;
    if (curl_multi_perform(engine_.multi.get(), &running) == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
    finish_some();
    if (left_ == 0) break;
    end_overdue();
    wait();
    look_up();
  }
  std::vector<HttpResponse> responses;
  for (Transfer& transfer : transfers_) responses.push_back(std::move(transfer.response));
  return responses;
}

void Call::start_due() {
  Clock::time_point now = Clock::now();
  for (Transfer& transfer : transfers_) {
    if (active_ >= options_.max_connections) return;
    if (transfer.done || transfer.is_active() || transfer.due > now) continue;
    Easy easy;
    if (engine_.idle.empty()) {
      easy.reset(curl_easy_init());
      if (!easy) throw std::bad_alloc();
    } else {
      easy = std::move(engine_.idle.back());
      engine_.idle.pop_back();
    }
    transfer.start(std::move(easy), engine_.multi.get());
    active_++;
    counts.requests++;
  }
}

void Call::finish_some() {
  int more = 0;
  while (CURLMsg* message = curl_multi_info_read(engine_.multi.get(), &more)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result;
    void* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    auto& transfer = *static_cast<Transfer*>(self);
    end_attempt(transfer);
    if (code == CURLE_OK)
      judge(transfer);
    else
      failed(transfer, code, curl_easy_strerror(code));
  }
}

void Call::end_attempt(Transfer& transfer) {
  engine_.idle.push_back(transfer.stop(engine_.multi.get()));
  active_--;
  counts.bytes_sent += transfer.sent_bytes();
  counts.bytes_received += transfer.received_bytes();
  if (transfer.failure) std::rethrow_exception(std::exchange(transfer.failure, nullptr));
}

void Call::judge(Transfer& transfer) {
  const HttpRequest& request = transfer.request();
  HttpResponse& response = transfer.response;
  Verdict verdict = request.judge ? request.judge(response) : common_verdict(response.status);
  if (verdict == Verdict::kRenew &&
      !(transfer.at_once < kAtOnceMost && request.signer && request.signer->renew()))
    verdict = Verdict::kFinal;
  if (verdict == Verdict::kAtOnce && transfer.at_once >= kAtOnceMost) verdict = Verdict::kFinal;
  if (verdict == Verdict::kRetry) {
    auto pause = retry_pause(options_, response.attempts,
                             parse_retry_after(response.header("Retry-After"), std::time(nullptr)), random_);
    bool may = response.attempts < options_.max_attempts && Clock::now() + pause < deadline_;
    if (may && request.repeatable && budget_.take()) {
      if (response.status >= 500) response.uncertain = true;
      again(transfer, pause);
      return;
    }
  } else if (verdict != Verdict::kFinal) {
    transfer.at_once++;
    again(transfer, milliseconds(0));
    return;
  }
  if (response.ok()) budget_.earn();
  transfer.done = true;
  left_--;
}

void Call::again(Transfer& transfer, milliseconds pause) {
  transfer.due = Clock::now() + pause;
  transfer.response.attempts++;
  counts.retries++;
}

void Call::failed(Transfer& transfer, CURLcode code, const char* why) {
  HttpResponse& response = transfer.response;
  bool sent = code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_COULDNT_RESOLVE_PROXY &&
              code != CURLE_COULDNT_CONNECT && code != CURLE_SSL_CONNECT_ERROR;
  milliseconds pause = retry_pause(options_, response.attempts, {}, random_);
  bool in_time = Clock::now() + pause < deadline_;
  if (may_pass(code) && response.attempts < options_.max_attempts && in_time &&
      (transfer.request().repeatable || !sent) && budget_.take()) {
    response.uncertain = response.uncertain || sent;
    again(transfer, pause);
    return;
  }
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  give_up(transfer, code == CURLE_OPERATION_TIMEDOUT || !in_time ? Status::kTimedOut : Status::kIo, why);
}

void Call::give_up(const Transfer& transfer, Status status, std::string_view why) const {
  fail(status, transfer.request().method, " ", transfer.request().subject, " at ", transfer.host(), ": ", why,
       ", after ", transfer.response.attempts, transfer.response.attempts == 1 ? " attempt" : " attempts");
}

void Call::end_overdue() {
  Clock::time_point now = Clock::now();
  for (Transfer& transfer : transfers_) {
    if (!transfer.done && now > deadline_) give_up(transfer, Status::kTimedOut, "the call took too long");
    if (!transfer.is_active()) continue;
    if (const char* why = transfer.overdue(now)) {
      end_attempt(transfer);
      failed(transfer, CURLE_OPERATION_TIMEDOUT, why);
    }
  }
}

void Call::wait() {
  milliseconds longest = kGlance;
  Clock::time_point now = Clock::now();
  for (const Transfer& transfer : transfers_)
    if (!transfer.done && !transfer.is_active() && active_ < options_.max_connections)
      longest = std::min(longest,
                         std::chrono::ceil<milliseconds>(std::max(transfer.due - now, Clock::duration(0))));
  curl_multi_poll(engine_.multi.get(), nullptr, 0, static_cast<int>(longest.count()), nullptr);
}

// Whether the caller still wants it; not asked more often than need be.
void Call::look_up() {
  Clock::time_point now = Clock::now();
  if (now - looked_up_ < kGlance) return;
  looked_up_ = now;
  check_interrupt();
}

class CurlClient : public HttpClient {
 public:
  explicit CurlClient(const HttpOptions& options) : options_(options) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) fail(Status::kInternal, "libcurl: ", curl_easy_strerror(ready));
  }
  ~CurlClient() override {
    if (birth_ != fork_generation()) abandon();
  }

  HttpResponse send(const HttpRequest& request) override {
    return std::move(send_all(std::span(&request, 1)).front());
  }
  std::vector<HttpResponse> send_all(std::span<const HttpRequest> requests) override;
  HttpCounts counts() const override {
    std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  std::unique_ptr<Engine> take_engine();
  // A child of fork() shares the connections with its parent and must not even close them.
  void abandon() {
    for (std::unique_ptr<Engine>& engine : engines_) (void)engine.release();
    engines_.clear();
  }

  const HttpOptions options_;
  RetryBudget budget_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Engine>> engines_;
  uint64_t birth_ = fork_generation();
  HttpCounts counts_;
};

std::unique_ptr<Engine> CurlClient::take_engine() {
  std::lock_guard lock(mutex_);
  if (birth_ != fork_generation()) {
    abandon();
    birth_ = fork_generation();
  }
  if (!engines_.empty()) {
    std::unique_ptr<Engine> engine = std::move(engines_.back());
    engines_.pop_back();
    return engine;
  }
  auto engine = std::make_unique<Engine>();
  if (!engine->multi) throw std::bad_alloc();
  curl_multi_setopt(engine->multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_connections));
  return engine;
}

std::vector<HttpResponse> CurlClient::send_all(std::span<const HttpRequest> requests) {
  if (requests.empty()) return {};
  std::unique_ptr<Engine> engine = take_engine();
  auto give_back = [&](const HttpCounts& more) {
    std::lock_guard lock(mutex_);
    counts_.requests += more.requests;
    counts_.retries += more.retries;
    counts_.waves++;
    counts_.bytes_sent += more.bytes_sent;
    counts_.bytes_received += more.bytes_received;
    engines_.push_back(std::move(engine));
  };
  HttpCounts counts;
  std::vector<HttpResponse> responses;
  try {
    Call call(*engine, options_, budget_, requests);
    try {
      responses = call.run();
      counts = call.counts;
    } catch (...) {
      counts = call.counts;
      throw;
    }
  } catch (...) {
    give_back(counts);
    throw;
  }
  give_back(counts);
  return responses;
}

}  // namespace

std::shared_ptr<HttpClient> create_http_client(const HttpOptions& options) {
  return std::make_shared<CurlClient>(options);
}

}  // namespace af
