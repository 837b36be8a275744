// Stores and objects named by URLs: s3://bucket/key, https://host/path, ...
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/store.h"

namespace af {

// Whether it begins with a scheme that is known here; all else is a path.
bool is_store_url(std::string_view text);

// The store of everything below a URL. `options`: lines of "name=value". Throws kInvalidArgument,
// kUnsupported (also for all schemes in a library that was built without libcurl).
std::shared_ptr<ObjectStore> open_store_url(std::string_view url, std::string_view options);

// A URL as the store that it lies in and the last segment of its path.
struct UrlPlace {
  std::shared_ptr<ObjectStore> store;
  std::string key;
};
UrlPlace open_url_place(std::string_view url);

// The parts of "scheme://authority/path?query"; only http(s) has a query.
struct StoreUrl {
  std::string scheme;
  std::string authority;
  std::string path;  // without the first '/'
  std::string query;
};
StoreUrl parse_store_url(std::string_view text);

}  // namespace af
