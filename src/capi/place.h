// Where a caller's path leads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "store/store.h"
#include "store/url.h"

namespace af {

// A path or a URL as the store that is its folder, and the key in it.
using Place = UrlPlace;

// Throws kInvalidName for a path without a file name.
Place place_argument(const char* path, int64_t path_len, Durability durability, const char* name = "path");

}  // namespace af
