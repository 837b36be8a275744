// af_file_options, checked and turned into what the library uses.
#pragma once

#include "arrayformat/arrayformat.h"
#include "atlas/atlas.h"
#include "file/array_file.h"
#include "store/store.h"

namespace af {

struct OpenOptions {
  FileOptions file;
  Durability durability = Durability::kFull;
};

// NULL: the defaults. Throws as options_argument does.
struct OpenAtlasOptions {
  AtlasOptions atlas;
  Durability durability = Durability::kFull;
};
OpenAtlasOptions atlas_options_argument(const af_atlas_options* options);

// NULL: none.
Progress progress_argument(af_progress_fn progress, void* context);

// NULL: the defaults. Throws kInvalidArgument naming the field, kUnsupported for fields of a later version.
// `footer_version`: the one that counts where the caller chose none.
OpenOptions options_argument(const af_file_options* options,
                             int footer_version = FileOptions{}.footer_version);

}  // namespace af
