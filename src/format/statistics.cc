#include "format/statistics.h"

#include <bit>
#include <cmath>
#include <limits>

#include "format/chunk.h"

namespace af {
namespace {

// IEEE total order as unsigned integers: -NaN < -inf < ... < -0 < 0 < ... < inf < NaN.
template <typename Bits>
Bits total_order(Bits bits) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  return bits & kSign ? ~bits : bits | kSign;
}
template <typename Bits>
Bits from_total_order(Bits order) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  return order & kSign ? order & ~kSign : ~order;
}

// Least and greatest key of the elements that are not the fill value; written so that the compiler can use
// vectors.
template <typename Key>
struct Scan {
  Key min = std::numeric_limits<Key>::max();
  Key max = std::numeric_limits<Key>::lowest();
  uint64_t count = 0;
};

template <typename Element, typename ToKey, typename IsFill>
auto scan(ByteView payload, int64_t elements, ToKey to_key, IsFill is_fill) {
  using Key = decltype(to_key(Element{}));
  Scan<Key> found;
  const std::byte* at = payload.data();
  for (int64_t i = 0; i < elements; i++) {
    Element element = load<Element>(at + i * sizeof(Element));
    bool fill = is_fill(element);
    Key key = to_key(element);
    Key low = fill ? std::numeric_limits<Key>::max() : key;
    Key high = fill ? std::numeric_limits<Key>::lowest() : key;
    found.min = low < found.min ? low : found.min;
    found.max = high > found.max ? high : found.max;
    found.count += !fill;
  }
  return found;
}

template <typename Element>
Summary summarise_integers(ByteView payload, int64_t elements, const std::optional<FillValue>& fill,
                           StatValue::Kind kind) {
  FillValue::Kind other =
      kind == StatValue::Kind::kTimestampNs ? FillValue::Kind::kTimestampNs : FillValue::Kind::kUInt;
  bool has_fill = fill && (fill->kind == FillValue::Kind::kInt || fill->kind == other);
  Element fill_value = has_fill ? static_cast<Element>(fill->bits) : Element{};
  auto same = [](Element e) { return e; };
  auto found = has_fill ? scan<Element>(payload, elements, same, [=](Element e) { return e == fill_value; })
                        : scan<Element>(payload, elements, same, [](Element) { return false; });
  Summary summary;
  summary.non_fill = found.count;
  if (found.count == 0) return summary;
  auto widen = [&](Element e) { return StatValue{kind, static_cast<uint64_t>(e), {}}; };
  summary.min = widen(found.min);
  summary.max = widen(found.max);
  return summary;
}

template <typename Float, typename Bits>
Summary summarise_floats(ByteView payload, int64_t elements, const std::optional<FillValue>& fill) {
  bool has_fill = fill && fill->kind == FillValue::Kind::kFloat;
  Float fill_value = has_fill ? static_cast<Float>(std::bit_cast<double>(fill->bits)) : Float{};
  auto key = [](Bits bits) { return total_order(bits); };
  auto run = [&](auto is_fill) { return scan<Bits>(payload, elements, key, is_fill); };
  auto found = !has_fill                ? run([](Bits) { return false; })
               : std::isnan(fill_value) ? run([](Bits b) {
                   Float f = std::bit_cast<Float>(b);
                   return f != f;
                 })
                                        : run([=](Bits b) { return std::bit_cast<Float>(b) == fill_value; });
  Summary summary;
  summary.non_fill = found.count;
  if (found.count == 0) return summary;
  // Bounds within a chunk are found in the element's own width, then widened (a signalling NaN is quieted),
  // as the reference does.
  auto widen = [](Bits order) {
    double wide = static_cast<double>(std::bit_cast<Float>(from_total_order(order)));
    return StatValue{StatValue::Kind::kFloat, std::bit_cast<uint64_t>(wide), {}};
  };
  summary.min = widen(found.min);
  summary.max = widen(found.max);
  return summary;
}

Summary summarise_bools(ByteView payload, int64_t elements, const std::optional<FillValue>& fill) {
  bool has_fill = fill && fill->kind == FillValue::Kind::kBool;
  uint8_t fill_value = has_fill ? static_cast<uint8_t>(fill->bits) : 0;
  auto same = [](uint8_t e) { return e; };
  auto found = scan<uint8_t>(payload, elements, same,
                             [=](uint8_t e) { return has_fill && (e != 0) == (fill_value != 0); });
  Summary summary;
  summary.non_fill = found.count;
  if (found.count == 0) return summary;
  summary.min = StatValue{StatValue::Kind::kUInt, found.min, {}};
  summary.max = StatValue{StatValue::Kind::kUInt, found.max, {}};
  return summary;
}

Summary summarise_texts(ByteView payload, int64_t elements, const std::optional<FillValue>& fill) {
  VariablePayload texts(payload, elements);
  bool has_fill = fill && fill->kind == FillValue::Kind::kString;
  Summary summary;
  std::string_view min, max;
  for (int64_t i = 0; i < elements; i++) {
    std::string_view text = texts.element(i);
    if (has_fill && text == fill->text) continue;
    if (summary.non_fill == 0 || text < min) min = text;
    if (summary.non_fill == 0 || text > max) max = text;
    summary.non_fill++;
  }
  if (summary.non_fill == 0) return summary;
  summary.min = StatValue{StatValue::Kind::kBytes, 0, std::string(min)};
  summary.max = StatValue{StatValue::Kind::kBytes, 0, std::string(max)};
  return summary;
}

}  // namespace

bool stat_less(const StatValue& a, const StatValue& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  switch (a.kind) {
    case StatValue::Kind::kInt:
    case StatValue::Kind::kTimestampNs: return static_cast<int64_t>(a.bits) < static_cast<int64_t>(b.bits);
    case StatValue::Kind::kUInt: return a.bits < b.bits;
    case StatValue::Kind::kFloat: return total_order(a.bits) < total_order(b.bits);
    case StatValue::Kind::kBytes: break;
  }
  return a.bytes < b.bytes;
}

void Summary::merge(const Summary& other) {
  if (other.min && (!min || stat_less(*other.min, *min))) min = other.min;
  if (other.max && (!max || stat_less(*max, *other.max))) max = other.max;
  non_fill += other.non_fill;
}

uint64_t SummaryList::bits_of(const StatValue& bound) {
  if (bound.kind != StatValue::Kind::kBytes) return bound.bits;
  texts_.push_back(bound.bytes);
  return texts_.size() - 1;
}

void SummaryList::push_back(const std::optional<Summary>& summary) {
  Record record;
  record.known = summary.has_value();
  if (summary) record.non_fill = summary->non_fill;
  record.bounded = summary && summary->min;
  if (record.bounded) {
    record.kind = summary->min->kind;
    record.min = bits_of(*summary->min);
    record.max = bits_of(*summary->max);
  }
  records_.push_back(record);
}

StatValue SummaryList::bound(const Record& record, uint64_t bits) const {
  bool text = record.kind == StatValue::Kind::kBytes;
  return {record.kind, text ? 0 : bits, text ? texts_[bits] : std::string()};
}

std::optional<Summary> SummaryList::operator[](size_t i) const {
  const Record& record = records_[i];
  if (!record.known) return {};
  if (!record.bounded) return Summary{{}, {}, record.non_fill};
  return Summary{bound(record, record.min), bound(record, record.max), record.non_fill};
}

ArrayStats array_stats(const Summary& summary, uint64_t row_count) {
  return {summary.min, summary.max, row_count - summary.non_fill, row_count};
}

Summary summarise(const DType& dtype, const std::optional<FillValue>& fill, ByteView payload,
                  int64_t elements) {
  check_payload(dtype, payload, elements);
  using Kind = StatValue::Kind;
  switch (dtype.id) {
    case TypeId::kBool: return summarise_bools(payload, elements, fill);
    case TypeId::kInt8: return summarise_integers<int8_t>(payload, elements, fill, Kind::kInt);
    case TypeId::kInt16: return summarise_integers<int16_t>(payload, elements, fill, Kind::kInt);
    case TypeId::kInt32: return summarise_integers<int32_t>(payload, elements, fill, Kind::kInt);
    case TypeId::kInt64: return summarise_integers<int64_t>(payload, elements, fill, Kind::kInt);
    case TypeId::kUInt8: return summarise_integers<uint8_t>(payload, elements, fill, Kind::kUInt);
    case TypeId::kUInt16: return summarise_integers<uint16_t>(payload, elements, fill, Kind::kUInt);
    case TypeId::kUInt32: return summarise_integers<uint32_t>(payload, elements, fill, Kind::kUInt);
    case TypeId::kUInt64: return summarise_integers<uint64_t>(payload, elements, fill, Kind::kUInt);
    case TypeId::kFloat32: return summarise_floats<float, uint32_t>(payload, elements, fill);
    case TypeId::kFloat64: return summarise_floats<double, uint64_t>(payload, elements, fill);
    case TypeId::kString:
    case TypeId::kBinary: return summarise_texts(payload, elements, fill);
    case TypeId::kTimestampNs:
      return summarise_integers<int64_t>(payload, elements, fill, Kind::kTimestampNs);
    case TypeId::kFixedSizeList:
    case TypeId::kList: break;
  }
  return {};
}

}  // namespace af
