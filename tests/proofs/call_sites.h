// The places in the library's code that call the system, found in the running program by objdump.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace af::proofs {

// Those that none of these addresses, to which such calls return, belongs to; by function. Throws when there
// is no objdump, or it finds no place at all.
std::vector<std::string> call_sites_without(const std::set<const void*>& reached);

}  // namespace af::proofs
