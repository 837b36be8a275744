// Looking at objects, and writing and removing them under conditions.
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "store/remote_parts.h"

namespace af {
namespace {

// Ids of so many writes before the last one are kept with an object.
constexpr size_t kWritesKept = 24;
constexpr size_t kOwnTails = 8;
constexpr size_t kKnown = 4096;

// "id,id,...", the newest first.
std::string joined_writes(const std::string& id, const std::string& before) {
  constexpr size_t kLongest = kWritesKept * 17;
  std::string all = before.empty() ? id : id + "," + before;
  if (all.size() > kLongest) all.resize(all.rfind(',', kLongest));
  return all;
}

bool holds_write(std::string_view writes, std::string_view id) {
  for (size_t begin = 0; begin < writes.size();) {
    size_t end = std::min(writes.find(',', begin), writes.size());
    if (writes.substr(begin, end - begin) == id) return true;
    begin = end + 1;
  }
  return false;
}

uint64_t size_of(std::span<const ByteView> parts) {
  uint64_t size = 0;
  for (ByteView part : parts) size += part.size();
  return size;
}

// Bytes [begin, begin + length) of what the parts are together.
std::vector<ByteView> cut(std::span<const ByteView> parts, uint64_t begin, uint64_t length) {
  std::vector<ByteView> found;
  for (ByteView part : parts) {
    uint64_t skip = std::min<uint64_t>(begin, part.size());
    begin -= skip;
    uint64_t take = std::min<uint64_t>(length, part.size() - skip);
    if (take > 0) found.push_back(part.subspan(skip, take));
    length -= take;
  }
  return found;
}

}  // namespace

std::string random_write_id() {
  std::array<std::byte, 8> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    fail_os(errno, "getrandom");
  constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (std::byte byte : bytes) {
    id += kHex[std::to_integer<int>(byte >> 4)];
    id += kHex[std::to_integer<int>(byte & std::byte{15})];
  }
  return id;
}

std::string RemoteCore::full(std::string_view key) const {
  std::string whole = prefix_ + std::string(key);
  for (size_t begin = 0; begin <= whole.size();) {
    size_t end = std::min(whole.find('/', begin), whole.size());
    std::string_view segment = std::string_view(whole).substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == ".." || segment.find('\0') != std::string_view::npos)
      fail(Status::kInvalidName, "key ", quoted(key),
           ": expected names with '/' between, none of them empty, '.' or '..'");
    begin = end + 1;
  }
  return whole;
}

// ---------------------------------------------------------------- looking

void RemoteCore::remember(std::string_view key, const std::string& version, std::string writes) {
  std::lock_guard lock(mutex_);
  if (known_.size() >= kKnown) known_.clear();
  known_.insert_or_assign(std::string(key), Known{version, std::move(writes)});
}

std::optional<ObjectInfo> RemoteCore::stat(std::string_view key) {
  HttpRequest request = service_->head(full(key));
  HttpResponse answer = send(request);
  Outcome outcome = service_->outcome_of(answer);
  if (outcome == Outcome::kAbsent) return {};
  if (outcome != Outcome::kDone) throw service_->failure_of(request, answer);
  ObjectInfo info = service_->info_of(key, answer);
  if (info.size < 0) fail(Status::kIo, request.subject, ": the service does not say how long it is");
  remember(key, info.version, service_->writes_of(answer));
  return info;
}

HttpRequest RemoteCore::tail_request(std::string_view key, const std::string& version) const {
  return service_->get(full(key), ByteRange::last(kTail), version);
}

HttpRequest RemoteCore::listed_tail_request(const ObjectInfo& object) const {
  auto size = static_cast<uint64_t>(object.size), length = std::min(size, kTail);
  ByteRange range = length == 0 ? ByteRange::of(0, 1) : ByteRange::of(size - length, length);
  return service_->get(full(object.key), range, object.version);
}

std::optional<Tail> RemoteCore::tail_of(std::string_view key, const HttpRequest& request,
                                        const HttpResponse& answer) {
  if (answer.status == 416) {  // nothing can be asked for of an empty object
    std::optional<ObjectInfo> info = stat(key);
    if (!info) return {};
    if (info->size != 0) fail(Status::kIo, request.subject, ": the service answers no ranges of it");
    return Tail{std::move(*info), 0, {}};
  }
  Outcome outcome = service_->outcome_of(answer);
  if (outcome == Outcome::kAbsent || outcome == Outcome::kConditionFailed) return {};
  if (outcome != Outcome::kDone) throw service_->failure_of(request, answer);
  Tail tail{service_->info_of(key, answer), 0, answer.body};
  if (std::optional<ContentRange> range = content_range_of(answer); range && answer.status == 206) {
    tail.begin = range->begin;
    tail.info.size = static_cast<int64_t>(range->total);
  } else {
    tail.info.size = static_cast<int64_t>(tail.bytes.size());
  }
  if (tail.begin + tail.bytes.size() != static_cast<uint64_t>(tail.info.size))
    fail(Status::kIo, request.subject, ": the answer is not the end of the object's ", tail.info.size,
         " bytes");
  remember(key, tail.info.version, service_->writes_of(answer));
  return tail;
}

std::optional<Tail> RemoteCore::fetch_tail(std::string_view key, const std::string& version) {
  if (service_->has_suffix_ranges()) {
    HttpRequest request = tail_request(key, version);
    return tail_of(key, request, send(request));
  }
  // It may be replaced between the two requests; where any version will do, the next one is as good.
  constexpr int kMostReplacements = 100;
  for (int i = 0; i < kMostReplacements; i++) {
    std::optional<ObjectInfo> info = stat(key);
    if (!info || (!version.empty() && info->version != version)) return {};
    if (info->size == 0) return Tail{std::move(*info), 0, {}};
    HttpRequest request = listed_tail_request(*info);
    std::optional<Tail> tail = tail_of(key, request, send(request));
    if (tail || !version.empty()) return tail;
  }
  fail(Status::kStale, describe(), ": ", quoted(key), " is replaced again and again while it is opened");
}

// ---------------------------------------------------------------- what was put here

void RemoteCore::keep_own_tail(std::string_view key, const std::string& version,
                               std::span<const ByteView> body) {
  uint64_t size = size_of(body), length = std::min(size, kTail);
  Tail tail{{std::string(key), static_cast<int64_t>(size), version}, size - length, {}};
  for (ByteView part : cut(body, tail.begin, length)) tail.bytes += as_text(part);
  std::lock_guard lock(mutex_);
  std::erase_if(own_tails_, [&](const Tail& known) { return known.info.key == key; });
  if (own_tails_.size() >= kOwnTails) own_tails_.erase(own_tails_.begin());
  own_tails_.push_back(std::move(tail));
}

std::optional<Tail> RemoteCore::take_own_tail(const ObjectInfo& object) {
  std::lock_guard lock(mutex_);
  auto found = std::ranges::find_if(own_tails_, [&](const Tail& tail) {
    return tail.info.key == object.key && tail.info.version == object.version && !object.version.empty();
  });
  if (found == own_tails_.end()) return {};
  Tail tail = std::move(*found);
  own_tails_.erase(found);
  return tail;
}

// ---------------------------------------------------------------- writing

// The writes that made the version that is about to be replaced; nothing if another one is there.
std::optional<std::string> RemoteCore::writes_before(std::string_view key, const std::string& version) {
  for (bool asked : {false, true}) {
    if (asked && !stat(key)) return {};
    std::lock_guard lock(mutex_);
    auto found = known_.find(key);
    if (found != known_.end() && found->second.version == version) return found->second.writes;
  }
  return {};
}

HttpResponse RemoteCore::send_body(const std::string& key, std::span<const ByteView> body,
                                   const WriteTerms& terms, HttpRequest* last) {
  if (service_->takes_parts() && size_of(body) > options_.multipart_size)
    return send_in_parts(key, body, terms, last);
  *last = service_->put(key, body, terms);
  return send(*last);
}

HttpResponse RemoteCore::send_in_parts(const std::string& key, std::span<const ByteView> body,
                                       const WriteTerms& terms, HttpRequest* last) {
  std::string upload = terms.writes.substr(0, terms.writes.find(','));
  if (std::optional<HttpRequest> begin = service_->begin_upload(key, terms)) {
    *last = *begin;
    HttpResponse answer = send(*last);
    if (service_->outcome_of(answer) != Outcome::kDone) throw service_->failure_of(*last, answer);
    upload = service_->upload_id(answer);
  }
  uint64_t size = size_of(body), most = static_cast<uint64_t>(service_->most_parts());
  uint64_t part_size = std::max(options_.part_size, size / most + (size % most != 0));
  std::vector<HttpRequest> requests;
  for (uint64_t at = 0; at < size; at += part_size)
    requests.push_back(service_->put_part(key, upload, static_cast<int>(requests.size() + 1),
                                          cut(body, at, std::min(part_size, size - at))));
  try {
    std::vector<HttpResponse> answers = service_->client().send_all(requests);
    std::vector<StoredPart> parts;
    for (size_t i = 0; i < answers.size(); i++) {
      if (service_->outcome_of(answers[i]) != Outcome::kDone)
        throw service_->failure_of(requests[i], answers[i]);
      parts.push_back(service_->part_of(static_cast<int>(i + 1), answers[i]));
    }
    std::string document;
    *last = service_->complete_upload(key, upload, parts, terms, &document);
    HttpResponse answer = send(*last);
    last->body.clear();
    clear(key, upload, parts.size(), service_->outcome_of(answer) == Outcome::kDone);
    return answer;
  } catch (...) {
    clear(key, upload, requests.size(), false);
    throw;
  }
}

void RemoteCore::clear(const std::string& key, const std::string& upload, size_t parts, bool completed) {
  try {
    service_->client().send_all(service_->clear_upload(key, upload, static_cast<int>(parts), completed));
  } catch (const std::exception&) {
    // What could not be removed is found by whoever collects what was left behind.
  }
}

// The version that a write of this id made; "" if it was made and has been replaced since; nothing if the
// object does not come from it.
std::optional<std::string> RemoteCore::look_for(std::string_view key, const std::string& id) {
  std::optional<ObjectInfo> info = stat(key);
  if (!info) return {};
  std::lock_guard lock(mutex_);
  const Known& known = known_.find(key)->second;
  if (!holds_write(known.writes, id)) return {};
  return known.writes.starts_with(id) ? known.version : std::string();
}

bool RemoteCore::holds_now(std::string_view key, const Condition& condition) {
  std::optional<ObjectInfo> info = stat(key);
  if (condition.kind == Condition::Kind::kIfAbsent) return !info;
  return info && info->version == condition.version;
}

std::optional<std::string> RemoteCore::put(std::string_view key, std::span<const ByteView> body,
                                           const Condition& condition) {
  std::string whole = full(key);
  bool conditional = condition.kind != Condition::Kind::kAlways;
  if (conditional) {
    require_conditions(Conditions::kPut);
    if (options_.single_writer && !holds_now(key, condition)) return {};
  }
  std::string before, id = random_write_id();
  if (condition.kind == Condition::Kind::kIfMatch) {
    std::optional<std::string> known = writes_before(key, condition.version);
    if (!known) return {};
    before = std::move(*known);
  }
  WriteTerms terms{condition, joined_writes(id, before)};
  HttpRequest request;
  std::optional<std::string> version;
  try {
    HttpResponse answer = send_body(whole, body, terms, &request);
    switch (service_->outcome_of(answer)) {
      case Outcome::kDone: version = service_->info_of(key, answer).version; break;
      // It may be that an attempt whose answer was lost is why it does not hold.
      case Outcome::kConditionFailed:
      case Outcome::kAbsent:
        if (!conditional) throw service_->failure_of(request, answer);
        version = look_for(key, id);
        if (!version) return {};
        break;
      case Outcome::kFailed: throw service_->failure_of(request, answer);
    }
  } catch (const Error& error) {
    if (error.status() == Status::kCancelled) throw;
    try {
      version = look_for(key, id);
    } catch (const Error&) {
    }
    if (!version) throw;
  }
  remember(key, *version, terms.writes);
  keep_own_tail(key, *version, body);
  return version;
}

// ---------------------------------------------------------------- removing

bool RemoteCore::remove(std::string_view key, const std::optional<std::string>& version) {
  std::string whole = full(key);
  if (version) require_conditions(Conditions::kRemove);
  // Services do not say whether there was something to remove.
  std::optional<ObjectInfo> info = stat(key);
  if (!info || (version && info->version != *version)) return false;
  HttpRequest request = service_->remove(whole, version);
  HttpResponse answer = send(request);
  switch (service_->outcome_of(answer)) {
    case Outcome::kDone: return true;
    case Outcome::kAbsent:
    case Outcome::kConditionFailed: return false;
    case Outcome::kFailed: throw service_->failure_of(request, answer);
  }
  __builtin_unreachable();
}

}  // namespace af
