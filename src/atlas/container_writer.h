// Writes containers of format 8.
#pragma once

#include <memory>
#include <string_view>

#include "atlas/container.h"
#include "atlas/copy_source.h"

namespace af {

// Writes `prefix`data.atlas, variable by variable, so that each array file of a store of variables is read
// through once. `options` gives codec, block size, threads, and whether a container that is there is
// replaced: its mask goes first. Throws kAlreadyExists when a store is there, kUnsupported, before anything
// is written, for attributes that are timestamps, kCancelled, and what reading and writing throw.
void write_container(ObjectStore& store, std::string_view prefix, const CopySource& source,
                     const FileOptions& options, const Progress& progress = {});

}  // namespace af
