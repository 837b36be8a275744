#include "cli/region.h"

#include <tuple>
#include <utility>

#include "cli/text.h"

namespace af::cli {
namespace {

// "a:b", "a:", ":b", ":" or "i" of an axis with `extent` elements.
std::pair<int64_t, int64_t> parse_range(std::string_view text, int64_t extent) {
  const std::vector<std::string_view> ends = split(text, ':');
  if (ends.size() > 2) fail(kUsage, "--region: expected FIRST:END, found ", in_quotes(text));
  if (ends.size() == 1) {
    const int64_t at = parse_integer(text, "--region");
    return {at, 1};
  }
  const int64_t first = ends[0].empty() ? 0 : parse_integer(ends[0], "--region");
  const int64_t end = ends[1].empty() ? extent : parse_integer(ends[1], "--region");
  if (end < first) fail(kUsage, "--region: ", in_quotes(text), " ends before it begins");
  return {first, end - first};
}

Region parse_region(std::string_view text, const Extents& shape) {
  Region region{Extents(shape.size()), shape};
  const std::vector<std::string_view> ranges = split(text, ',');
  if (ranges.size() > shape.size())
    fail(kUsage, "--region: ", ranges.size(), " ranges for an array of rank ", shape.size());
  for (size_t axis = 0; axis < ranges.size(); axis++)
    std::tie(region.start[axis], region.shape[axis]) = parse_range(ranges[axis], shape[axis]);
  return region;
}

Extents parse_extents(std::string_view text, std::string_view option, size_t rank) {
  Extents extents;
  for (const std::string_view part : split(text, ',')) extents.push_back(parse_integer(part, option));
  if (extents.size() != rank)
    fail(kUsage, option, ": ", extents.size(), " numbers for an array of rank ", rank);
  return extents;
}

Region asked_for(const GetCommand& command, const Extents& shape) {
  if (!command.region.empty()) return parse_region(command.region, shape);
  Region region{Extents(shape.size()), shape};
  if (!command.start.empty()) {
    region.start = parse_extents(command.start, "--start", shape.size());
    for (size_t axis = 0; axis < shape.size(); axis++) region.shape[axis] -= region.start[axis];
  }
  if (!command.shape.empty()) region.shape = parse_extents(command.shape, "--shape", shape.size());
  return region;
}

void check_inside(const Region& region, const Extents& shape) {
  for (size_t axis = 0; axis < shape.size(); axis++) {
    const int64_t start = region.start[axis];
    const int64_t extent = region.shape[axis];
    if (start < 0 || extent < 0 || start > shape[axis] || extent > shape[axis] - start)
      fail(kMismatch, "axis ", axis, " has ", counted(shape[axis], "element"), "; asked for ", extent,
           " from ", start, " on");
  }
}

}  // namespace

Region region_of(const GetCommand& command, const Extents& shape) {
  if (!command.region.empty() && (!command.start.empty() || !command.shape.empty()))
    fail(kUsage, "--region goes without --start and --shape");
  const Region region = asked_for(command, shape);
  check_inside(region, shape);
  return region;
}

}  // namespace af::cli
