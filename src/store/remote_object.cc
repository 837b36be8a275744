// Reading: ranges that lie near each other in one request, and the requests side by side.
#include <algorithm>
#include <cstring>

#include "store/ranges.h"
#include "store/remote_parts.h"

namespace af {
namespace {

// Where a range of an object goes: the wanted parts of it, sorted, to their places.
class Scatter {
 public:
  Scatter(uint64_t begin, uint64_t end, std::span<const ReadRequest> wanted)
      : begin_(begin), end_(end), wanted_(wanted) {}

  uint64_t begin() const { return begin_; }
  uint64_t length() const { return end_ - begin_; }
  bool is_complete() const { return got_ == length(); }

  // The body of an answer that begins at `body_begin` of the object.
  void take(uint64_t offset, ByteView bytes) {
    got_ = offset + bytes.size();
    if (got_ > length()) return;  // found out when the answer is complete
    uint64_t from = begin_ + offset, to = from + bytes.size();
    auto next = std::ranges::partition_point(
        wanted_, [&](const ReadRequest& request) { return request.offset + request.into.size() <= from; });
    for (; next != wanted_.end() && next->offset < to; ++next) {
      const ReadRequest& request = *next;
      uint64_t low = std::max(from, request.offset),
               high = std::min(to, request.offset + request.into.size());
      if (low < high)
        std::memcpy(request.into.data() + (low - request.offset), bytes.data() + (low - from), high - low);
    }
  }

 private:
  uint64_t begin_, end_;
  std::span<const ReadRequest> wanted_;
  uint64_t got_ = 0;
};

class RemoteObject : public Object {
 public:
  RemoteObject(std::shared_ptr<RemoteCore> core, Tail tail)
      : core_(std::move(core)), tail_(std::move(tail)) {}

  const ObjectInfo& info() const override { return tail_.info; }
  bool is_far() const override { return true; }
  void read(uint64_t offset, MutableBytes into) const override { read_many({{offset, into}}); }
  void read_many(std::vector<ReadRequest> requests) const override;

 private:
  bool read_from_tail(const ReadRequest& request) const;
  std::vector<Scatter> plan(std::vector<ReadRequest>& requests) const;
  void check(const HttpRequest& request, const HttpResponse& answer, const Scatter& scatter) const;

  std::shared_ptr<RemoteCore> core_;
  const Tail tail_;
};

bool RemoteObject::read_from_tail(const ReadRequest& request) const {
  if (request.into.empty()) return true;
  if (request.offset < tail_.begin) return false;
  std::memcpy(request.into.data(), tail_.bytes.data() + (request.offset - tail_.begin), request.into.size());
  return true;
}

// One for each request that goes out. Long ones are cut, so that their parts come side by side.
std::vector<Scatter> RemoteObject::plan(std::vector<ReadRequest>& requests) const {
  const RemoteOptions& options = core_->options();
  std::vector<Scatter> plan;
  for (std::span<const ReadRequest> group :
       group_neighbours(requests, {options.coalesce_gap, options.coalesce_size, SIZE_MAX})) {
    uint64_t begin = group.front().offset, end = group.back().offset + group.back().into.size();
    for (uint64_t at = begin; at < end; at += options.coalesce_size)
      plan.emplace_back(at, std::min(at + options.coalesce_size, end), group);
  }
  return plan;
}

void RemoteObject::check(const HttpRequest& request, const HttpResponse& answer,
                         const Scatter& scatter) const {
  const ObjectService& service = core_->service();
  const std::string& key = tail_.info.key;
  Outcome outcome = service.outcome_of(answer);
  if (outcome == Outcome::kAbsent || outcome == Outcome::kConditionFailed || answer.status == 416)
    throw Error(Status::kStale, text_of(request.subject, " was replaced or removed since it was opened"), 0,
                answer.status);
  if (outcome != Outcome::kDone) throw service.failure_of(request, answer);
  ObjectInfo info = service.info_of(key, answer);
  if (info.version != tail_.info.version)
    throw Error(Status::kStale, text_of(request.subject, " is not what it was when it was opened"), 0,
                answer.status);
  bool whole = answer.status == 200 && scatter.begin() == 0;
  std::optional<ContentRange> range = content_range_of(answer);
  bool as_asked = whole || (range && range->begin == scatter.begin());
  if (!as_asked || !scatter.is_complete())
    throw Error(Status::kIo,
                text_of(request.subject, ": the answer is not the range that was asked for, ",
                        scatter.length(), " bytes at ", scatter.begin()),
                0, answer.status);
}

void RemoteObject::read_many(std::vector<ReadRequest> requests) const {
  for (const ReadRequest& request : requests) check_range(tail_.info, request.offset, request.into.size());
  std::erase_if(requests, [&](const ReadRequest& request) { return read_from_tail(request); });
  if (requests.empty()) return;
  std::vector<Scatter> scatters = plan(requests);
  std::vector<HttpRequest> asked;
  for (Scatter& scatter : scatters) {
    HttpRequest request = core_->service().get(
        core_->full(tail_.info.key), ByteRange::of(scatter.begin(), scatter.length()), tail_.info.version);
    request.sink = [&scatter](uint64_t offset, ByteView bytes) { scatter.take(offset, bytes); };
    asked.push_back(std::move(request));
  }
  std::vector<HttpResponse> answers = core_->service().client().send_all(asked);
  for (size_t i = 0; i < asked.size(); i++) check(asked[i], answers[i], scatters[i]);
}

}  // namespace

std::unique_ptr<Object> make_remote_object(std::shared_ptr<RemoteCore> core, Tail tail) {
  return std::make_unique<RemoteObject>(std::move(core), std::move(tail));
}

}  // namespace af
