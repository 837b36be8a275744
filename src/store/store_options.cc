#include "store/store_options.h"

#include <charconv>
#include <cstdlib>

namespace af {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

StoreOptions::StoreOptions(std::string_view lines) {
  while (!lines.empty()) {
    size_t end = std::min(lines.find('\n'), lines.size());
    add(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

StoreOptions StoreOptions::with_environment(std::string_view lines) {
  std::string all = environment("AF_STORE_OPTIONS");
  for (char& c : all) c = c == ';' ? '\n' : c;
  return StoreOptions(all.append("\n").append(lines));
}

void StoreOptions::add(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  size_t equals = line.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    fail(Status::kInvalidArgument, "a store's options are lines of the form name=value");
  values_.emplace_back(line.substr(0, equals), line.substr(equals + 1));
}

std::vector<std::string> StoreOptions::all(std::string_view name) const {
  asked_.emplace(name);
  std::vector<std::string> found;
  for (const auto& [given, value] : values_)
    if (given == name) found.push_back(value);
  return found;
}

std::optional<std::string> StoreOptions::text(std::string_view name) const {
  std::vector<std::string> found = all(name);
  if (found.empty()) return {};
  return std::move(found.back());
}

std::string StoreOptions::text(std::string_view name, std::string_view otherwise) const {
  return text(name).value_or(std::string(otherwise));
}

std::optional<int64_t> StoreOptions::number(std::string_view name, int64_t least, int64_t most) const {
  std::optional<std::string> value = text(name);
  if (!value) return {};
  int64_t number = 0;
  auto [end, failed] = std::from_chars(value->data(), value->data() + value->size(), number);
  bool whole = failed == std::errc() && end == value->data() + value->size();
  if (!whole || number < least || number > most)
    fail(Status::kInvalidArgument, "the store option ", name, " is not a number from ", least, " to ", most);
  return number;
}

std::optional<bool> StoreOptions::flag(std::string_view name) const {
  std::optional<std::string> value = text(name);
  if (!value) return {};
  if (*value == "1" || *value == "true") return true;
  if (*value == "0" || *value == "false") return false;
  fail(Status::kInvalidArgument, "the store option ", name, " is not 1, true, 0 or false");
}

void StoreOptions::expect_no_others() const {
  for (const auto& [name, value] : values_)
    if (!asked_.contains(name))
      fail(Status::kInvalidArgument, "there is no store option ", quoted(name), " for this kind of store");
}

HttpOptions http_options(const StoreOptions& options) {
  HttpOptions http;
  auto take_time = [&](std::string_view name, std::chrono::milliseconds& time) {
    constexpr int64_t kDay = 86400000;
    if (auto value = options.number(name, 1, kDay)) time = std::chrono::milliseconds(*value);
  };
  take_time("connect_timeout_ms", http.connect_timeout);
  take_time("first_byte_timeout_ms", http.first_byte_timeout);
  take_time("stall_timeout_ms", http.stall_timeout);
  take_time("call_timeout_ms", http.call_timeout);
  take_time("retry_base_ms", http.retry_base);
  take_time("retry_cap_ms", http.retry_cap);
  http.max_attempts = static_cast<int>(options.number("max_attempts", 1, 100).value_or(http.max_attempts));
  http.max_connections =
      static_cast<int>(options.number("max_connections", 1, 1000).value_or(http.max_connections));
  http.proxy = options.text("proxy", "");
  http.ca_file = options.text("ca_file", "");
  http.verify_tls = options.flag("verify_tls").value_or(true);
  for (const std::string& header : options.all("header")) {
    size_t colon = header.find(':');
    if (colon == 0 || colon == std::string::npos)
      fail(Status::kInvalidArgument, "the store option header is not of the form name: value");
    size_t value = header.find_first_not_of(' ', colon + 1);
    http.headers.emplace_back(header.substr(0, colon),
                              value == std::string::npos ? "" : header.substr(value));
  }
  return http;
}

RemoteOptions remote_options(const StoreOptions& options) {
  constexpr int64_t kMiB = 1 << 20;
  RemoteOptions remote;
  auto take_size = [&](std::string_view name, int64_t least, int64_t most, uint64_t& size) {
    if (auto value = options.number(name, least, most)) size = static_cast<uint64_t>(*value);
  };
  take_size("coalesce_gap", 0, 1024 * kMiB, remote.coalesce_gap);
  take_size("coalesce_size", 4096, 1024 * kMiB, remote.coalesce_size);
  take_size("multipart_size", 5 * kMiB, 4096 * kMiB, remote.multipart_size);
  take_size("part_size", 5 * kMiB, 4096 * kMiB, remote.part_size);
  take_size("upload_memory", 0, 65536 * kMiB, remote.upload_memory);
  remote.single_writer = options.flag("single_writer").value_or(false);
  return remote;
}

}  // namespace af
