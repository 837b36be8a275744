// A footer archive: all of it is looked at, by position and by name.
#include "format/footer.h"
#include "fuzz/fuzz.h"

namespace {

using af::fuzz::attempt;

void look_at(const af::ArrayView& array) {
  attempt([&] { array.schema(); });
  attempt([&] { array.stats(); });
  attempt([&] { (void)array.deleted(); });
  attempt([&] {
    int rank = array.rank();
    for (uint64_t i = 0; i < array.chunk_count(); i++) {
      array.chunk_coord(i, rank);
      array.chunk_address(i);
      array.chunk_is(i, af::Extents(rank));
    }
  });
  attempt([&] {
    for (uint64_t i = 0; i < array.attribute_count(); i++) array.attribute(i);
  });
}

void target(af::ByteView bytes) {
  attempt([&] {
    af::MetadataBytes metadata(bytes);
    af::FooterView footer(af::ArchiveReader(&metadata, 0, bytes.size()));
    attempt([&] {
      for (uint64_t i = 0; i < footer.block_count(); i++) footer.block(i);
    });
    for (uint64_t i = 0; i < footer.array_count(); i++) look_at(footer.array(i));
    attempt([&] {
      for (uint64_t i = 0; i < footer.key_count(); i++) footer.key(i);
    });
    for (uint64_t i = 0; i < footer.value_count(); i++) attempt([&] { footer.value(i); });
    attempt([&] { footer.overlay_index(), footer.base_hint(); });
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, target);
}
