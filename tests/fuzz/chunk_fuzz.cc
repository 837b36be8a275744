// A chunk's payload: a byte for the dtype, one for the fill value's kind and eight for it, the number of
// elements, then the payload.
#include "format/chunk.h"
#include "format/statistics.h"
#include "fuzz/fuzz.h"

namespace {

std::optional<af::FillValue> fill_from(uint8_t kind, uint64_t bits) {
  if (kind % 7 == 6) return {};
  af::FillValue fill;
  fill.kind = static_cast<af::FillValue::Kind>(kind % 7);
  if (fill.kind == af::FillValue::Kind::kString)
    fill.text = std::string(reinterpret_cast<const char*>(&bits), 3);
  else
    fill.bits = bits;
  return fill;
}

void target(af::ByteView bytes) {
  af::fuzz::Input input(bytes);
  af::DType dtype(static_cast<af::TypeId>(input.take<uint8_t>() % 16));
  if (af::is_list(dtype.id)) dtype.child = std::make_shared<af::DType>(af::TypeId::kInt16);
  uint8_t kind = input.take<uint8_t>();
  uint64_t bits = input.take<uint64_t>();
  int64_t elements = input.take<uint32_t>();
  af::fuzz::attempt([&] {
    auto fill = fill_from(kind, bits);
    bool fits = af::fuzz::attempt([&] { af::check_payload(dtype, input.rest(), elements); });
    af::Summary summary = af::summarise(dtype, fill, input.rest(), elements);
    if (!fits) return;
    af::fuzz::require(summary.non_fill <= static_cast<uint64_t>(elements));
    if (summary.min && summary.max) af::fuzz::require(!af::stat_less(*summary.max, *summary.min));
    af::array_stats(summary, static_cast<uint64_t>(elements));
    if (!af::is_variable(dtype.id)) return;
    af::VariablePayload payload(input.rest(), elements);
    std::vector<std::string_view> texts;
    for (int64_t i = 0; i < payload.count(); i++) texts.push_back(payload.element(i));
    af::check_payload(dtype, af::variable_payload(texts), elements);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, target);
}
