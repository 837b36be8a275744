// Strings or binary as the C ABI takes them: one run of bytes and offsets into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace af::cli {

struct Texts {
  std::string bytes;
  std::vector<int64_t> offsets = {0};

  int64_t count() const { return static_cast<int64_t>(offsets.size()) - 1; }
  void add(std::string_view text) {
    bytes += text;
    offsets.push_back(static_cast<int64_t>(bytes.size()));
  }
  std::string_view at(int64_t i) const {
    return std::string_view(bytes).substr(static_cast<size_t>(offsets[i]),
                                          static_cast<size_t>(offsets[i + 1] - offsets[i]));
  }
};

}  // namespace af::cli
