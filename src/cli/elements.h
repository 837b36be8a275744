// The elements of one array, wherever it lies.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "cli/handles.h"

namespace af::cli {

// The handle and the schema must live longer.
struct ElementSource {
  const af_schema* schema;
  std::function<void(const Region&, std::span<std::byte>)> read_fixed;
  std::function<Values(const Region&)> read_variable;
};

template <typename Handle>
ElementSource elements_of(const Handle* handle, std::string name, const af_schema* schema) {
  return {schema,
          [handle, name](const Region& region, std::span<std::byte> into) {
            read_fixed(handle, name, region, into);
          },
          [handle, name](const Region& region) { return read_variable(handle, name, region); }};
}

}  // namespace af::cli
