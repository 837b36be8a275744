// Names of datasets and variables, and the folders that variables live in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace af {

// Attributes of datasets live in this folder (schema 2 and 3); no variable may have its name.
inline constexpr std::string_view kGlobalFolder = "_global";

// Throws kInvalidName for names that the reference refuses: empty, "." and "..", with a '/', beginning with
// '_'; and for what is not UTF-8.
void check_dataset_name(std::string_view name);
void check_variable_name(std::string_view name);

// The folder of a variable: the name with some characters as %XX.
std::string folder_of_variable(std::string_view name);
// Where the reference's writers put sidecars and statistics of a variable whose name needs escapes: escaped
// twice. The same as folder_of_variable for other names.
std::string twice_escaped_folder(std::string_view name);
// The variable of a folder, or nothing when folder_of_variable never answers it.
std::optional<std::string> variable_of_folder(std::string_view folder);

}  // namespace af
