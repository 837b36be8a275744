// The version and the element types.
#include "arrayformat/arrayformat.h"
#include "core/dtype.h"
#include "core/shape.h"

#define AF_TEXT_OF(number) #number
#define AF_DOTTED(major, minor, patch) AF_TEXT_OF(major) "." AF_TEXT_OF(minor) "." AF_TEXT_OF(patch)

static_assert(AF_MAX_RANK == af::kMaxRank);

namespace {

bool is_type(af_data_type dtype) { return dtype >= 0 && dtype < af::kTypeCount; }

}  // namespace

int32_t af_version(void) { return AF_VERSION_MAJOR * 1000000 + AF_VERSION_MINOR * 1000 + AF_VERSION_PATCH; }

const char* af_version_text(void) { return AF_DOTTED(AF_VERSION_MAJOR, AF_VERSION_MINOR, AF_VERSION_PATCH); }

int32_t af_abi_version(void) { return AF_ABI_VERSION; }

int64_t af_data_type_size(af_data_type dtype) {
  return is_type(dtype) ? af::element_size(static_cast<af::TypeId>(dtype)) : 0;
}

const char* af_data_type_name(af_data_type dtype) {
  return is_type(dtype) ? af::type_name(static_cast<af::TypeId>(dtype)) : "unknown";
}
