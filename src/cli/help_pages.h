// Manual pages and shell completion, made from what the command line says of itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace af::cli {

struct OptionHelp {
  std::vector<std::string> names;  // with their dashes; none for what is told by its place
  std::string value;               // "" for a flag
  std::string description;
};

struct CommandHelp {
  std::string name;
  std::string description;
  std::vector<OptionHelp> options;  // those without names in their order
};

// A page of section 1 in the language of man(7).
std::string manual_page(const CommandHelp& command, std::string_view exit_codes);

// A script for bash, zsh or fish. Throws Failure(kUsage) for another shell.
std::string completion_script(std::string_view shell, const std::vector<CommandHelp>& commands);

}  // namespace af::cli
