// Where a container and what belongs to it lie.
#pragma once

#include <string>
#include <string_view>

namespace af {

// `prefix`: "" or a folder with its '/'.
inline std::string container_key(std::string_view prefix) { return std::string(prefix) + "data.atlas"; }
inline std::string container_lock_key(std::string_view prefix) { return container_key(prefix) + ".lock"; }
inline std::string mask_key(std::string_view prefix) { return std::string(prefix) + "deleted.mask"; }

}  // namespace af
