// Statistics of chunks: which elements count, in which order they are, and how chunks are merged.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "format/chunk.h"
#include "format/statistics.h"
#include "support/expect_error.h"

namespace af {
namespace {

using Kind = StatValue::Kind;

StatValue bound(Kind kind, uint64_t bits) { return {kind, bits, {}}; }
StatValue real(double value) { return {Kind::kFloat, std::bit_cast<uint64_t>(value), {}}; }
StatValue real_bits(uint64_t bits) { return {Kind::kFloat, bits, {}}; }
StatValue bytes(std::string text) { return {Kind::kBytes, 0, std::move(text)}; }

template <typename T>
Summary summarise_all(TypeId type, const std::vector<T>& elements, std::optional<FillValue> fill = {}) {
  return summarise(type, fill, std::as_bytes(std::span(elements)), static_cast<int64_t>(elements.size()));
}
FillValue fill(FillValue::Kind kind, uint64_t bits) { return {kind, bits, {}}; }
FillValue fill_float(double value) { return {FillValue::Kind::kFloat, std::bit_cast<uint64_t>(value), {}}; }

TEST(Summaries, OfIntegers) {
  EXPECT_EQ(summarise_all<int8_t>(TypeId::kInt8, {3, -128, 127}),
            (Summary{bound(Kind::kInt, static_cast<uint64_t>(-128)), bound(Kind::kInt, 127), 3}));
  EXPECT_EQ(summarise_all<uint16_t>(TypeId::kUInt16, {3, 65535}),
            (Summary{bound(Kind::kUInt, 3), bound(Kind::kUInt, 65535), 2}));
  EXPECT_EQ(summarise_all<uint64_t>(TypeId::kUInt64, {UINT64_MAX, 1}),
            (Summary{bound(Kind::kUInt, 1), bound(Kind::kUInt, UINT64_MAX), 2}));
  EXPECT_EQ(summarise_all<int64_t>(TypeId::kInt64, {INT64_MIN, INT64_MAX}),
            (Summary{bound(Kind::kInt, uint64_t{1} << 63), bound(Kind::kInt, INT64_MAX), 2}));
  EXPECT_EQ(summarise_all<int32_t>(TypeId::kInt32, {}), Summary{});
}

TEST(Summaries, FillValuesOfIntegersWrap) {
  EXPECT_EQ(summarise_all<int8_t>(TypeId::kInt8, {-1, 5}, fill(FillValue::Kind::kUInt, 255)),
            (Summary{bound(Kind::kInt, 5), bound(Kind::kInt, 5), 1}));
  EXPECT_EQ(
      summarise_all<uint8_t>(TypeId::kUInt8, {255, 5}, fill(FillValue::Kind::kInt, UINT64_MAX)).non_fill, 1u);
  EXPECT_EQ(summarise_all<int8_t>(TypeId::kInt8, {5, 5}, fill(FillValue::Kind::kInt, 5)), Summary{});
  // Other kinds of fill value match no integer.
  EXPECT_EQ(summarise_all<int8_t>(TypeId::kInt8, {5}, fill_float(5)).non_fill, 1u);
  EXPECT_EQ(summarise_all<int8_t>(TypeId::kInt8, {1}, fill(FillValue::Kind::kBool, 1)).non_fill, 1u);
  EXPECT_EQ(summarise_all<int64_t>(TypeId::kInt64, {5}, fill(FillValue::Kind::kTimestampNs, 5)).non_fill, 1u);
}

TEST(Summaries, OfTimestamps) {
  EXPECT_EQ(summarise_all<int64_t>(TypeId::kTimestampNs, {7, -7, 5}, fill(FillValue::Kind::kTimestampNs, 5)),
            (Summary{bound(Kind::kTimestampNs, static_cast<uint64_t>(-7)), bound(Kind::kTimestampNs, 7), 2}));
  EXPECT_EQ(summarise_all<int64_t>(TypeId::kTimestampNs, {5}, fill(FillValue::Kind::kInt, 5)).non_fill, 0u);
  EXPECT_EQ(summarise_all<int64_t>(TypeId::kTimestampNs, {5}, fill(FillValue::Kind::kUInt, 5)).non_fill, 1u);
}

TEST(Summaries, OfBools) {
  EXPECT_EQ(summarise_all<uint8_t>(TypeId::kBool, {1, 0, 1}),
            (Summary{bound(Kind::kUInt, 0), bound(Kind::kUInt, 1), 3}));
  EXPECT_EQ(summarise_all<uint8_t>(TypeId::kBool, {1, 0}, fill(FillValue::Kind::kBool, 1)),
            (Summary{bound(Kind::kUInt, 0), bound(Kind::kUInt, 0), 1}));
  EXPECT_EQ(summarise_all<uint8_t>(TypeId::kBool, {1}, fill(FillValue::Kind::kInt, 1)).non_fill, 1u);
}

// -NaN < -inf < ... < -0 < 0 < ... < inf < NaN
TEST(Summaries, OfFloatsAreInTotalOrder) {
  double nan = std::bit_cast<double>(uint64_t{0x7ff8000000000001}),
         minus_nan = std::bit_cast<double>(uint64_t{0xfff8000000000001});
  EXPECT_EQ(summarise_all<double>(TypeId::kFloat64, {0.0, -0.0}), (Summary{real(-0.0), real(0.0), 2}));
  EXPECT_EQ(summarise_all<double>(TypeId::kFloat64, {1, INFINITY, nan, -INFINITY}),
            (Summary{real(-INFINITY), real(nan), 4}));
  EXPECT_EQ(summarise_all<double>(TypeId::kFloat64, {minus_nan, -INFINITY}),
            (Summary{real(minus_nan), real(-INFINITY), 2}));
  std::vector<StatValue> order{real(minus_nan), real(-INFINITY), real(-1),       real(-0.0),
                               real(0.0),       real(1),         real(INFINITY), real(nan)};
  for (size_t i = 0; i < order.size(); i++)
    for (size_t j = 0; j < order.size(); j++)
      EXPECT_EQ(stat_less(order[i], order[j]), i < j) << i << ", " << j;
}

TEST(Summaries, FillValuesOfFloatsCompareAsNumbers) {
  double nan = std::bit_cast<double>(uint64_t{0x7ff8000000000001}),
         other_nan = std::bit_cast<double>(uint64_t{0xfff8000000000077});
  EXPECT_EQ(summarise_all<double>(TypeId::kFloat64, {-0.0, 0.0, 1}, fill_float(0)),
            (Summary{real(1), real(1), 1}));
  EXPECT_EQ(summarise_all<double>(TypeId::kFloat64, {nan, other_nan}, fill_float(nan)), Summary{});
  EXPECT_EQ(summarise_all<float>(TypeId::kFloat32, {0.1f, 2}, fill_float(0.1)),
            (Summary{real(2), real(2), 1}));
  EXPECT_EQ(summarise_all<double>(TypeId::kFloat64, {5}, fill(FillValue::Kind::kInt, 5)).non_fill, 1u);
}

TEST(Summaries, OfFloat32AreWidened) {
  float signalling = std::bit_cast<float>(0x7fa00000u);
  EXPECT_EQ(summarise_all<float>(TypeId::kFloat32, {0.1f, signalling}),
            (Summary{real(0.1f), real_bits(0x7ffc000000000000), 2}))
      << "quieted";
  EXPECT_EQ(summarise_all<float>(TypeId::kFloat32, {std::bit_cast<float>(0x00000001u)}).min,
            real(std::ldexp(1.0, -149)));
}

TEST(Summaries, OfTextsAreInByteOrder) {
  auto texts = [](TypeId type, const std::vector<std::string_view>& elements, std::optional<FillValue> fill) {
    return summarise(type, fill, variable_payload(elements), static_cast<int64_t>(elements.size()));
  };
  EXPECT_EQ(texts(TypeId::kString, {"b", "\u00e4", "B"}, {}), (Summary{bytes("B"), bytes("\u00e4"), 3}));
  EXPECT_EQ(texts(TypeId::kBinary, {"\xff", std::string_view("\0", 1)}, {}),
            (Summary{bytes(std::string(1, '\0')), bytes("\xff"), 2}));
  FillValue fill{FillValue::Kind::kString, 0, "none"};
  EXPECT_EQ(texts(TypeId::kString, {"none", ""}, fill), (Summary{bytes(""), bytes(""), 1}));
  EXPECT_EQ(texts(TypeId::kBinary, {"none"}, fill), Summary{}) << "of binary too";
}

TEST(Summaries, OfListsSayNothing) {
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(TypeId::kInt8);
  EXPECT_EQ(summarise(list, {}, as_bytes("anything"), 3), Summary{});
}

TEST(Summaries, OfWhatIsNoPayloadFail) {
  expect_error(Status::kCorrupt, [] { summarise(TypeId::kInt32, {}, as_bytes("123"), 1); });
  expect_error(Status::kCorrupt, [] { summarise(TypeId::kString, {}, as_bytes("123"), 1); });
}

TEST(Summaries, MergeInAnyOrder) {
  Summary a{real(1), real(5), 2}, b{real(-3), real(2), 4}, none{};
  Summary ab = a, ba = b, with_none = a, none_with = none;
  ab.merge(b);
  ba.merge(a);
  with_none.merge(none);
  none_with.merge(a);
  EXPECT_EQ(ab, (Summary{real(-3), real(5), 6}));
  EXPECT_EQ(ba, ab);
  EXPECT_EQ(with_none, a);
  EXPECT_EQ(none_with, a);
  EXPECT_EQ(array_stats(ab, 10), (ArrayStats{real(-3), real(5), 4, 10}));
}

}  // namespace
}  // namespace af
