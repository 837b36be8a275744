// Structs of the Arrow C Data Interface, made from trees of columns.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "arrayformat/arrayformat.h"

namespace af {

// A column, or one level of one: type and elements.
struct ArrowNode {
  std::string format;
  std::string name = "item";
  std::string metadata;  // as Arrow encodes it; "" for none
  int64_t length = 0;
  std::vector<const void*> buffers;
  std::shared_ptr<const void> owner;  // of what the buffers point to
  std::vector<ArrowNode> children;
};

// Pairs of keys and values as Arrow encodes them.
std::string arrow_metadata(const std::vector<std::pair<std::string, std::string>>& pairs);

// Each fills a struct that its release callback frees; a consumer may move children elsewhere and release
// them by themselves.
void export_arrow_schema(const ArrowNode& node, ArrowSchema* out);
void export_arrow_array(const ArrowNode& node, ArrowArray* out);

}  // namespace af
