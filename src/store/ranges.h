// Ranges of objects: checking them, and grouping neighbours so that one fetch serves several.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/store.h"

namespace af {

// Throws kCorrupt, naming the object and the numbers, unless the range lies within the object's size.
void check_range(const ObjectInfo& object, uint64_t offset, uint64_t length);

// Which neighbours share a fetch.
struct Neighbours {
  uint64_t gap;          // at most so many unwanted bytes between two requests
  uint64_t total;        // at most so many bytes in all, unless a single request is longer
  size_t most_requests;  // at most so many requests
};

// Sorts the requests by offset, leaves out the empty ones and cuts the rest into groups, each to be fetched
// at once. Those of a group do not overlap. The answer points into `requests`. No request may end beyond
// 2^64-1.
std::vector<std::span<const ReadRequest>> group_neighbours(std::vector<ReadRequest>& requests,
                                                           const Neighbours& limits);

}  // namespace af
