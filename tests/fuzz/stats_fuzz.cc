// A statistics file: what is read and written again reads the same.
#include "format/stats_file.h"
#include "fuzz/fuzz.h"

namespace {

void target(af::ByteView bytes) {
  af::fuzz::attempt([&] {
    af::StatsFile stats = af::read_stats(bytes);
    std::vector<std::byte> again = af::write_stats(stats, true);
    af::fuzz::require(af::read_stats(again).entries == stats.entries);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, target);
}
