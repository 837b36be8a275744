#include "store/signing/crc32c.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

#include <array>

#include "store/signing/encoding.h"

namespace af {
namespace {

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0x82f63b78 : 0);
    table[i] = value;
  }
  return table;
}

uint32_t add_plain(uint32_t crc, ByteView bytes) {
  static constexpr std::array<uint32_t, 256> kTable = make_table();
  for (std::byte byte : bytes) crc = crc >> 8 ^ kTable[(crc ^ std::to_integer<uint32_t>(byte)) & 255];
  return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) uint32_t add_by_instruction(uint32_t crc, ByteView bytes) {
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8)
    crc = static_cast<uint32_t>(__builtin_ia32_crc32di(crc, load<uint64_t>(bytes.data() + i)));
  return add_plain(crc, bytes.subspan(i));
}

// The compiler's own way to ask would run a constructor when the library is loaded.
bool has_instruction() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_SSE4_2) != 0;
}
#endif

uint32_t add(uint32_t crc, ByteView bytes) {
#ifdef __x86_64__
  static const bool kHasInstruction = has_instruction();
  if (kHasInstruction) return add_by_instruction(crc, bytes);
#endif
  return add_plain(crc, bytes);
}

}  // namespace

uint32_t crc32c(std::span<const ByteView> parts) {
  uint32_t crc = ~0u;
  for (ByteView part : parts) crc = add(crc, part);
  return ~crc;
}

std::string crc32c_text(std::span<const ByteView> parts) {
  uint32_t crc = __builtin_bswap32(crc32c(parts));
  std::array<std::byte, 4> bytes;
  store(bytes.data(), crc);
  return base64_of(bytes);
}

}  // namespace af
