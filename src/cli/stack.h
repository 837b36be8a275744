// Opening stacks for the commands.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/handles.h"

namespace af::cli {

// Opens for reading. `max_allocation`: see af_file_options, 0 for no ceiling.
File open_stack(const Source& source, int64_t max_allocation = 0);
// The options that write as asked. Throws Failure(kUsage) for words it does not know.
af_file_options options_of(const Encoding& encoding);

std::vector<af_layer_info> layers_of(const af_file* file);
// The bytes of all layers.
int64_t size_of(const std::vector<af_layer_info>& layers);

}  // namespace af::cli
