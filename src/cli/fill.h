// Fill values as elements.
#pragma once

#include <arrayformat/arrayformat.h>

#include <cstddef>
#include <vector>

namespace af::cli {

// What unwritten cells of a fixed-width dtype read as: the fill value converted as the format does, integers
// wrapping, floats saturating. Empty where the fill value says nothing about this dtype.
std::vector<std::byte> fill_element(const af_value* fill, af_data_type dtype);

}  // namespace af::cli
