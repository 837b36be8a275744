// Signals interrupt some system calls, which then have to be made again.
#pragma once

#include <cerrno>

namespace af {

// Makes a system call again for as long as signals interrupt it.
template <typename Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace af
