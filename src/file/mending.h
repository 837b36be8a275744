// Damaged layers, opened as far as they can be.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "file/layer.h"

namespace af {

// Is told each thing that is wrong with a layer and what has become of it.
using ReportDamage = std::function<void(std::string text)>;

// Opens a layer whatever its state; nullptr if nothing of it can be read. What its checksums allow to be put
// right in memory is put right: one changed byte in a head, a page of metadata or a small block, and lengths
// and marks that the head repeats. Where the head is lost, what the footer says is taken without checksums.
// Throws what is no damage: kOutOfMemory, kNotFound.
std::shared_ptr<const Layer> open_damaged_layer(const ObjectStore& store, const std::string& key,
                                                uint32_t number, const Limits& limits,
                                                const std::shared_ptr<IoCounters>& counters,
                                                const ReportDamage& report);

// The one byte whose change gives the bytes this checksum, changed in place; false if there is none. Of more
// than 2 KiB only single bits are tried, of more than 64 KiB nothing.
bool undo_one_change(MutableBytes bytes, uint64_t wanted);

}  // namespace af
