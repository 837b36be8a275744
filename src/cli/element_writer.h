// The formats of af get: elements in C order, written as they come.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "cli/handles.h"
#include "cli/output.h"

namespace af::cli {

class ElementWriter {
 public:
  virtual ~ElementWriter() = default;
  // Elements of a fixed-width dtype, back to back.
  virtual void add_fixed(std::span<const std::byte> elements) = 0;
  // One string or binary.
  virtual void add_variable(std::string_view element) = 0;
  // What comes after the last element.
  virtual void finish() = 0;
};

// `format`: text, csv, json, raw or npy. Throws Failure(kUsage) for another word, kUnsupported where the
// format cannot hold the dtype.
std::unique_ptr<ElementWriter> make_element_writer(std::string_view format, Output& out,
                                                   std::string_view name, const af_schema* schema,
                                                   const Region& region);

}  // namespace af::cli
