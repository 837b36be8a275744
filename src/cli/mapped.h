// Commands on mapped arrays: files whose name ends in ".mmap".
#pragma once

#include <string_view>

#include "cli/commands.h"

namespace af::cli {

bool is_mapped_array(std::string_view path);

// Each takes the place of the command's run().
ExitCode info_mapped(const InfoCommand& command);
ExitCode dump_mapped(const DumpCommand& command);
ExitCode get_mapped(const GetCommand& command);
// One of the two is a mapped array, the other a stack.
ExitCode copy_mapped(const CopyCommand& command);

}  // namespace af::cli
