// Opening stores of many datasets for the commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/stack.h"

namespace af::cli {

// Whether a path goes for a store: a folder, a URL that names no stack, or the file in it that says what the
// store holds.
bool is_store(const std::string& path);
// The folder of such a path.
std::string store_folder(const std::string& path);

// Opens for reading. `max_allocation`: see af_atlas_options, 0 for no ceiling.
Atlas open_store(const Source& source, int64_t max_allocation = 0);
Atlas open_store_for_change(const std::string& path, const Encoding& encoding);
// The options of a store whose data is written as asked.
af_atlas_options store_options_of(const Encoding& encoding);
Dataset dataset_of(const af_atlas* atlas, std::string_view name);

std::vector<std::string> dataset_names(const af_atlas* atlas);
std::vector<std::string> variable_names(const af_atlas* atlas);
af_atlas_info info_of(const af_atlas* atlas);
// The bytes of all files in the store's folder; -1 for a URL.
int64_t store_size(const std::string& path);

// "schema 3", "container of format 8"
std::string generation_text(int32_t generation);
// "Zstd", "Lz4", "Uncompressed": as stores say it.
const char* codec_text(int32_t codec);
std::string_view array_name_at(const af_atlas_schema* schema, int64_t array);
// As they were given: there may be more or fewer than axes.
std::vector<std::string> given_dimensions(const af_atlas_schema* schema, int64_t array);

// Each takes the place of the command's run().
ExitCode info_store(const InfoCommand& command);
ExitCode ls_store(const LsCommand& command);
ExitCode dump_store(const DumpCommand& command);
ExitCode compact_store(const CompactCommand& command);
ExitCode copy_store(const CopyCommand& command);
ExitCode stats_of_store(const StatsCommand& command);
ExitCode import_to_store(const ImportCommand& command);
ExitCode export_from_store(const ExportCommand& command);

}  // namespace af::cli
