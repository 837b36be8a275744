// An upload that gathers its bytes in memory and stores them at once: for stores that take whole objects
// only. It grows with what is appended; bounding that is the caller's part.
#pragma once

#include <vector>

#include "store/store.h"

namespace af {

class GatheredUpload : public Upload {
 public:
  uint64_t size() const override { return bytes_.size(); }
  void append(ByteView bytes) override;
  void read(uint64_t offset, MutableBytes into) const override;
  std::optional<std::string> finish(std::string_view key, std::span<const ByteView> tail,
                                    const Condition& condition) override;

 protected:
  // Stores a whole object as ObjectStore::put does. It may take the vector away when it succeeds, and only
  // then.
  virtual std::optional<std::string> put(std::string_view key, std::vector<std::byte>& bytes,
                                         const Condition& condition) = 0;

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace af
