#pragma once

#include <chrono>
#include <cstdint>

namespace af {

inline int64_t now_unix_ms() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace af
