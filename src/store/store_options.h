// Options of stores, as texts: "name=value", each on a line of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/http_client.h"
#include "store/object_service.h"

namespace af {

class StoreOptions {
 public:
  StoreOptions() = default;
  // Throws kInvalidArgument for what is no such list. No message holds a value: it may be a secret.
  explicit StoreOptions(std::string_view lines);
  // Those that AF_STORE_OPTIONS in the environment gives, with ';' between them, and then `lines`.
  static StoreOptions with_environment(std::string_view lines);

  // The last value given for a name; nothing if there is none.
  std::optional<std::string> text(std::string_view name) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  std::optional<int64_t> number(std::string_view name, int64_t least, int64_t most) const;
  std::optional<bool> flag(std::string_view name) const;  // "1", "true", "0", "false"
  // All values of a name, in the order given.
  std::vector<std::string> all(std::string_view name) const;
  // Throws kInvalidArgument for a name that nobody has asked for.
  void expect_no_others() const;

 private:
  void add(std::string_view line);

  std::vector<std::pair<std::string, std::string>> values_;
  mutable std::set<std::string, std::less<>> asked_;
};

// What all remote stores take.
HttpOptions http_options(const StoreOptions& options);
RemoteOptions remote_options(const StoreOptions& options);

// A variable of the environment; "" if it is not set.
std::string environment(const char* name);

}  // namespace af
