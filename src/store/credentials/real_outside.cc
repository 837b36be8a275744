#include <fcntl.h>

#include <array>
#include <cerrno>
#include <mutex>

#include "store/credentials/outside.h"
#include "store/posix_file.h"
#include "store/store_options.h"

namespace af {
namespace {

// A client that is made when it is first needed.
class LazyClient {
 public:
  explicit LazyClient(HttpOptions options) : options_(std::move(options)) {}
  HttpResponse send(const HttpRequest& request) {
    std::call_once(made_, [this] { client_ = create_http_client(options_); });
    return client_->send(request);
  }

 private:
  const HttpOptions options_;
  std::once_flag made_;
  std::shared_ptr<HttpClient> client_;
};

std::optional<std::string> text_of_file(const std::string& path) {
  constexpr off_t kLongest = 1 << 20;
  FileDescriptor file = try_open(path, O_RDONLY);
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    fail_os(errno, text_of("open ", quoted(path)));
  }
  off_t size = stat_of(file.get(), path).st_size;
  // Files of metadata, such as tokens that are mounted, may say that they are empty.
  if (size > kLongest) fail(Status::kIo, quoted(path), " has ", size, " bytes, expected at most ", kLongest);
  Buffer bytes(kLongest);
  std::array<MutableBytes, 1> part{bytes.span()};
  bytes.shrink(read_at(file.get(), 0, part, path));
  return std::string(as_text(bytes.view()));
}

}  // namespace

Outside real_outside(const HttpOptions& options) {
  HttpOptions near = options;
  near.proxy.clear();
  near.passes_proxies = true;
  near.connect_timeout = std::chrono::milliseconds(1000);
  near.first_byte_timeout = near.stall_timeout = std::chrono::milliseconds(2000);
  near.call_timeout = std::chrono::milliseconds(10000);
  near.max_attempts = 2;
  HttpOptions far = options;
  // Those are for the store alone.
  far.headers.clear();
  near.headers.clear();
  auto client = std::make_shared<LazyClient>(std::move(far));
  auto near_client = std::make_shared<LazyClient>(std::move(near));
  Outside outside;
  outside.variable = [](const std::string& name) { return environment(name.c_str()); };
  outside.file = text_of_file;
  outside.now = [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
  outside.fetch = [client](const HttpRequest& request) { return client->send(request); };
  outside.fetch_near = [near_client](const HttpRequest& request) { return near_client->send(request); };
  return outside;
}

}  // namespace af
