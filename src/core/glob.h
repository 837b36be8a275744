// Patterns of names.
#pragma once

#include <string_view>

namespace af {

// Whether all of `name` matches: '*' stands for any text, '/' included, '?' for one character of UTF-8, [a-z]
// for one of these (ASCII) characters, [!a-z] for one that is none of them; '\' takes the next character as
// it is. A '[' that is never closed stands for itself. No pattern takes more than the product of both
// lengths.
bool matches_glob(std::string_view pattern, std::string_view name);

}  // namespace af
