// Many arrays of a file at once: looked up together, read together, each block decoded once.
#pragma once

#include <memory>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <vector>

#include "file/array_file.h"

namespace af {

struct ArrayInUse;

// Keeps changers of the file waiting while it lives: for the length of a call.
class ArrayBatch {
 public:
  // Arrays that the file does not have are just not there.
  ArrayBatch(std::shared_ptr<const ArrayFile> file, std::span<const std::string_view> names);
  ~ArrayBatch();

  size_t size() const { return positions_.size(); }
  bool contains(size_t i) const { return positions_[i] != kMissing; }
  // The others only of arrays that are there.
  const DType& dtype(size_t i) const;
  Extents shape(size_t i) const;
  std::optional<FillValue> fill(size_t i) const;
  NamedStats stats(size_t i) const;

  // A region, which must lie inside the array, and where its elements go.
  struct Part {
    size_t array;
    Region region;
    Extents strides;
    std::byte* first;
  };
  // Adds a part to what `read` reads. All of one element size.
  void add(const Part& part);
  void read();
  // Strings or binary: to `texts` in C order, valid as long as the batch.
  void add_texts(size_t array, const Region& region, std::string_view* texts);
  void read_texts();
  // Throws kLimitExceeded when the caller does not allow for so many.
  std::vector<std::string_view> room_for_texts(int64_t count) const;
  // `repair`: what is not UTF-8 is replaced.
  VariableData join_texts(const std::vector<std::string_view>& texts, bool repair) const;

 private:
  static constexpr uint32_t kMissing = UINT32_MAX;
  ArrayInUse array(size_t i) const;

  struct Arrays;
  struct Plans;
  std::shared_ptr<const ArrayFile> file_;
  std::shared_lock<FairSharedMutex> lock_;
  std::vector<uint32_t> positions_;
  std::unique_ptr<Arrays> arrays_;
  std::unique_ptr<Plans> plans_;
};

}  // namespace af
