#pragma once

#include <string>

#include "cli/handles.h"
#include "cli/progress.h"

namespace af::cli {

// Shows the long calls of a store, and cancels them on Ctrl-C. The store must be closed first.
class StoreProgress {
 public:
  StoreProgress(std::string label, af_atlas* atlas) : progress_(std::move(label)) {
    call(af_atlas_set_progress, atlas, &Progress::report, static_cast<void*>(&progress_));
  }

 private:
  Progress progress_;
};

}  // namespace af::cli
