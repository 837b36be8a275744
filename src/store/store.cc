#include "store/store.h"

namespace af {

// NOLINTNEXTLINE(performance-unnecessary-value-param): others sort what they are given.
void Object::read_many(std::vector<ReadRequest> requests) const {
  for (const ReadRequest& request : requests) read(request.offset, request.into);
}

std::unique_ptr<Mapping> Object::map(uint64_t, uint64_t) const { return nullptr; }

}  // namespace af
