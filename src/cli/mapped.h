// Commands on mapped arrays.
#pragma once

#include <string>
#include <string_view>

#include "cli/commands.h"

namespace af::cli {

// Whether the name ends in ".mmap".
bool is_mapped_name(std::string_view path);
// Whether a file goes for a mapped array: by such a name, or because it begins as one and has no name of a
// stack.
bool is_mapped_array(const std::string& path);
// Throws Failure(kUsage) for a mapped array.
void expect_stack(const std::string& path);

// Each takes the place of the command's run().
ExitCode info_mapped(const InfoCommand& command);
ExitCode dump_mapped(const DumpCommand& command);
ExitCode get_mapped(const GetCommand& command);
// One of the two is a mapped array, the other a stack.
ExitCode copy_mapped(const CopyCommand& command);

}  // namespace af::cli
