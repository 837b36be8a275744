// Writes a whole new store as a folder: a stack for each variable, and the metadata.
#pragma once

#include <memory>
#include <string_view>

#include "atlas/atlas.h"
#include "atlas/copy_source.h"

namespace af {

// Variable by variable, so that each array file of the source is read through once; the metadata come last.
// `options`: generation 1, 2 or 3, the form of the metadata, the codec, and how stacks are written. On any
// failure nothing stays. Throws kUnsupported, before anything is written, for what the schema cannot hold,
// kAlreadyExists when a store or one of the stacks is there, kCancelled, and what reading and writing throw.
void write_folder(std::shared_ptr<ObjectStore> store, std::string_view prefix, const CopySource& source,
                  const AtlasOptions& options, const Progress& progress);

}  // namespace af
