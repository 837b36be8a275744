// Part of an object as an object of its own.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace af {

// A store for reading whose one object, under `key`, is `length` bytes from `offset` of `whole`, which must
// have them. Its version tells it from other parts and other states of the whole.
std::shared_ptr<ObjectStore> open_segment_store(std::shared_ptr<const Object> whole, uint64_t offset,
                                                uint64_t length, std::string key);

}  // namespace af
