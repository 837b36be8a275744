// What readers must find in a stack, for those who are not of this program.
#pragma once

#include "world.h"

namespace af::model {

// If the environment variable AF_PROPERTY_KEEP names a folder, copies the stack into a new folder below it,
// with expected.json beside it: as `af dump --json` prints stacks, but for what takes a hash, which stands
// there itself: "listing" the names in order, "elements" all elements as hex, "payloads" the chunks of lists.
// "clean": 0 after something stopped in the middle, when the listing order and the statistics of other
// readers may be old.
void keep_stack(const World& world);
// The same of the stack s.af of a store that must hold these contents.
void keep_contents(const std::string& test, const ObjectStore& store, const Contents& contents,
                   int footer_version, bool clean);

}  // namespace af::model
