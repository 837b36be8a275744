#include "store/gathered_upload.h"

#include <algorithm>

namespace af {

void GatheredUpload::append(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

void GatheredUpload::read(uint64_t offset, MutableBytes into) const {
  if (!within(offset, into.size(), bytes_.size()))
    fail(Status::kInternal, "an upload has ", bytes_.size(), " bytes; expected ", into.size(), " at offset ",
         offset);
  std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(offset), into.size(), into.begin());
}

std::optional<std::string> GatheredUpload::finish(std::string_view key, std::span<const ByteView> tail,
                                                  const Condition& condition) {
  size_t appended = bytes_.size();
  std::optional<std::string> version;
  try {
    for (ByteView part : tail) append(part);
    version = put(key, bytes_, condition);
  } catch (...) {
    bytes_.resize(appended);
    throw;
  }
  if (!version) bytes_.resize(appended);
  return version;
}

}  // namespace af
