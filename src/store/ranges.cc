#include "store/ranges.h"

#include <algorithm>

namespace af {
namespace {

uint64_t end_of(const ReadRequest& request) { return request.offset + request.into.size(); }

bool may_join(std::span<const ReadRequest> group, const ReadRequest& next, const Neighbours& limits) {
  uint64_t end = end_of(group.back());
  return next.offset >= end && next.offset - end <= limits.gap && group.size() < limits.most_requests &&
         end_of(next) - group.front().offset <= limits.total;
}

}  // namespace

void check_range(const ObjectInfo& object, uint64_t offset, uint64_t length) {
  uint64_t size = static_cast<uint64_t>(object.size);
  if (!within(offset, length, size))
    fail(Status::kCorrupt, quoted(object.key), " has ", size, " bytes; expected ", length, " at offset ",
         offset);
}

std::vector<std::span<const ReadRequest>> group_neighbours(std::vector<ReadRequest>& requests,
                                                           const Neighbours& limits) {
  std::erase_if(requests, [](const ReadRequest& request) { return request.into.empty(); });
  std::sort(requests.begin(), requests.end(),
            [](const ReadRequest& a, const ReadRequest& b) { return a.offset < b.offset; });
  std::vector<std::span<const ReadRequest>> groups;
  for (const ReadRequest& request : requests) {
    if (groups.empty() || !may_join(groups.back(), request, limits))
      groups.emplace_back(&request, 1);
    else
      groups.back() = {groups.back().data(), groups.back().size() + 1};
  }
  return groups;
}

}  // namespace af
