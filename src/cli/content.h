// What af dump --json says of the elements of an array: a digest, or the values of strings and binary.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/elements.h"
#include "cli/json.h"
#include "cli/sha256.h"

namespace af::cli {

// A small file may declare shapes that would take hours to hash: what reading may still cost.
class ContentBudget {
 public:
  explicit ContentBudget(int64_t bytes) : left_(bytes) {}
  // Throws Failure(kLimit) when it is used up.
  void spend(int64_t count, int64_t each);

 private:
  int64_t left_;
};

// In proportion to what is stored in `size` bytes.
int64_t usual_budget(int64_t size);
// The largest buffer that a file of `size` bytes may ask for, in the same manner.
int64_t usual_allocation(int64_t size);

// Read before anything is written, so that a failure can be told instead.
struct Content {
  std::string digest;  // of fixed-width elements
  int64_t pieces = 0;  // of strings and binary
  Values values;       // those of the last piece
};

// Of dtypes other than lists.
Content read_content(const ElementSource& source, ContentBudget& budget);
// Adds fixed-width elements to a digest.
void digest_elements(const ElementSource& source, ContentBudget& budget, Sha256& sha);
// {"sha256": ...} or {"values": [...]}
void write_content(JsonWriter& json, const ElementSource& source, Content content);
// {"error": "error"}
void write_unreadable(JsonWriter& json);

// {"min": ..., "max": ..., "null_count": ..., "row_count": ...}, or null where they are not known.
void write_statistics(JsonWriter& json, const af_stats* stats);

}  // namespace af::cli
