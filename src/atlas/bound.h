// Bounds of different kinds beside each other, as predicates compare them.
#pragma once

#include "format/statistics.h"

namespace af {

// What can be compared at all: numbers with numbers, bytes with bytes, timestamps with timestamps.
enum class BoundClass : uint8_t { kNumber, kBytes, kTimestamp };

BoundClass class_of(const StatValue& value);

// Below 0, 0 or above 0. Numbers by their exact values, whatever their kinds; floats in IEEE total order, but
// -0 equals 0; a class before the next.
int compare_bounds(const StatValue& a, const StatValue& b);

}  // namespace af
