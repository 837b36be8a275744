// What the dumps beside the golden stores say, and the same of a container of ours, as comparable texts.
#pragma once

#include <string>

#include "atlas/container.h"
#include "format/document.h"

namespace af {

// Of each dataset what every reader must find; nothing of what else a dump may carry. Keys are sorted.
std::string comparable(const Document& dump);
// Datasets that are deleted are left out.
std::string comparable(const Container& container);

}  // namespace af
