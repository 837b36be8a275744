#include "capi/place.h"

#include "capi/arguments.h"

namespace af {
namespace {

Place place_of(std::string_view path, Durability durability) {
  if (is_store_url(path)) return open_url_place(path);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {open_local_store(".", durability), std::string(path)};
  const std::string_view folder = path.substr(0, slash == 0 ? 1 : slash);
  return {open_local_store(folder, durability), std::string(path.substr(slash + 1))};
}

}  // namespace

Place place_argument(const char* path, int64_t path_len, Durability durability, const char* name) {
  const auto text = path_argument(path, path_len, name);
  Place place = place_of(text, durability);
  if (place.key.empty()) fail(Status::kInvalidName, name, " has no file name: ", quoted(text));
  return place;
}

}  // namespace af
