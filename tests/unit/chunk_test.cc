#include "format/chunk.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "support/expect_error.h"
#include "support/hex.h"

namespace af {
namespace {

using Kind = FillValue::Kind;

FillValue fill_int(int64_t value) { return {Kind::kInt, static_cast<uint64_t>(value), {}}; }
FillValue fill_uint(uint64_t value) { return {Kind::kUInt, value, {}}; }
FillValue fill_float(double value) { return {Kind::kFloat, std::bit_cast<uint64_t>(value), {}}; }
FillValue fill_bool(bool value) { return {Kind::kBool, value, {}}; }
FillValue fill_text_of(std::string text) { return {Kind::kString, 0, std::move(text)}; }
FillValue fill_time(int64_t value) { return {Kind::kTimestampNs, static_cast<uint64_t>(value), {}}; }

template <typename T>
T filled(TypeId type, const std::optional<FillValue>& fill) {
  std::array<std::byte, 8> element = fill_element(type, fill);
  return load<T>(element.data());
}

TEST(FillElements, OfSignedIntegers) {
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_int(-3)), -3);
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_int(300)), 44) << "wraps";
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_uint(255)), -1) << "wraps";
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_float(3.9)), 3) << "cut off";
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_float(-3.9)), -3);
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_float(1e9)), 127) << "saturates";
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_float(-1e9)), -128);
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_float(std::nan(""))), 0);
  EXPECT_EQ(filled<int8_t>(TypeId::kInt8, fill_bool(true)), 0) << "a bool is no signed number";
  EXPECT_EQ(filled<int16_t>(TypeId::kInt16, fill_int(-40000)), 25536);
  EXPECT_EQ(filled<int32_t>(TypeId::kInt32, fill_float(-INFINITY)), INT32_MIN);
  EXPECT_EQ(filled<int64_t>(TypeId::kInt64, fill_float(INFINITY)), INT64_MAX);
  EXPECT_EQ(filled<int64_t>(TypeId::kInt64, fill_float(9.3e18)), INT64_MAX);
  EXPECT_EQ(filled<int64_t>(TypeId::kInt64, fill_uint(UINT64_MAX)), -1);
  EXPECT_EQ(filled<int64_t>(TypeId::kInt64, fill_text_of("7")), 0);
  EXPECT_EQ(filled<int64_t>(TypeId::kInt64, fill_time(7)), 0);
  EXPECT_EQ(filled<int64_t>(TypeId::kInt64, std::nullopt), 0);
}

TEST(FillElements, OfUnsignedIntegers) {
  EXPECT_EQ(filled<uint8_t>(TypeId::kUInt8, fill_int(-1)), 255);
  EXPECT_EQ(filled<uint8_t>(TypeId::kUInt8, fill_uint(256)), 0);
  EXPECT_EQ(filled<uint8_t>(TypeId::kUInt8, fill_float(-1)), 0);
  EXPECT_EQ(filled<uint8_t>(TypeId::kUInt8, fill_float(256)), 255);
  EXPECT_EQ(filled<uint8_t>(TypeId::kUInt8, fill_bool(true)), 1);
  EXPECT_EQ(filled<uint16_t>(TypeId::kUInt16, fill_int(65537)), 1);
  EXPECT_EQ(filled<uint32_t>(TypeId::kUInt32, fill_float(1e18)), UINT32_MAX);
  EXPECT_EQ(filled<uint64_t>(TypeId::kUInt64, fill_float(1e30)), UINT64_MAX);
  EXPECT_EQ(filled<uint64_t>(TypeId::kUInt64, fill_int(-1)), UINT64_MAX);
}

TEST(FillElements, OfTheOtherTypes) {
  EXPECT_EQ(filled<float>(TypeId::kFloat32, fill_float(0.1)), 0.1f);
  EXPECT_EQ(filled<float>(TypeId::kFloat32, fill_float(1e300)), INFINITY);
  EXPECT_EQ(filled<double>(TypeId::kFloat64, fill_int(-7)), -7);
  EXPECT_EQ(filled<double>(TypeId::kFloat64, fill_uint(UINT64_MAX)), 18446744073709551616.0);
  EXPECT_EQ(filled<double>(TypeId::kFloat64, fill_bool(true)), 0);
  EXPECT_EQ(
      filled<uint64_t>(TypeId::kFloat64, fill_float(std::bit_cast<double>(uint64_t{0x7ff8000000000123}))),
      0x7ff8000000000123u);
  EXPECT_EQ(filled<uint8_t>(TypeId::kBool, fill_bool(true)), 1);
  EXPECT_EQ(filled<uint8_t>(TypeId::kBool, fill_int(1)), 0);
  EXPECT_EQ(filled<int64_t>(TypeId::kTimestampNs, fill_time(-5)), -5);
  EXPECT_EQ(filled<int64_t>(TypeId::kTimestampNs, fill_int(-5)), -5);
  EXPECT_EQ(filled<int64_t>(TypeId::kTimestampNs, fill_uint(5)), 0);
  EXPECT_EQ(fill_text(TypeId::kString, fill_text_of("x")), "x");
  EXPECT_EQ(fill_text(TypeId::kString, fill_int(1)), "");
  EXPECT_EQ(fill_text(TypeId::kBinary, fill_text_of("x")), "");
}

TEST(FillPayloads, RepeatTheElement) {
  auto payload = [](TypeId type, const std::optional<FillValue>& fill, int64_t elements) {
    return hex_dump(fill_payload(type, fill, elements));
  };
  EXPECT_EQ(payload(TypeId::kInt16, fill_int(-2), 3), hex_dump(from_hex("feff feff feff")));
  EXPECT_EQ(payload(TypeId::kFloat64, std::nullopt, 2), hex_dump(from_hex("16 x 00")));
  EXPECT_EQ(payload(TypeId::kString, fill_text_of("ab"), 2),
            hex_dump(from_hex("00000000 02000000 04000000") + "abab"));
  EXPECT_EQ(payload(TypeId::kBinary, fill_text_of("ab"), 1), hex_dump(from_hex("8 x 00")));
  EXPECT_EQ(payload(TypeId::kInt8, fill_int(1), 0), "");
}

TEST(TextPayloads, ByteForByte) {
  EXPECT_EQ(hex_dump(variable_payload({"one", "", "\u00e4"})),
            hex_dump(from_hex("00000000 03000000 03000000 05000000") + "one\u00e4"));
  EXPECT_EQ(hex_dump(variable_payload({})), hex_dump(from_hex("4 x 00")));
}

TEST(TextPayloads, AreLookedAtInPlace) {
  std::vector<std::byte> bytes = variable_payload({"one", "", "three"});
  VariablePayload payload(bytes, 3);
  EXPECT_EQ(payload.count(), 3);
  EXPECT_EQ(payload.element(0), "one");
  EXPECT_EQ(payload.element(1), "");
  EXPECT_EQ(payload.element(2), "three");
}

TEST(TextPayloads, ThatAreNoneAreRefused) {
  std::string good(as_text(variable_payload({"one", "three"})));
  auto open = [](const std::string& bytes, int64_t elements) { VariablePayload(as_bytes(bytes), elements); };
  EXPECT_NO_THROW(open(good, 2));
  EXPECT_NO_THROW(open(good + "spare", 2));
  for (int64_t elements : {int64_t{4}, int64_t{1} << 61, INT64_MAX})
    expect_error(Status::kCorrupt, [&] { open(good, elements); });
  for (size_t size = 0; size < good.size(); size++)
    expect_error(Status::kCorrupt, [&] { open(good.substr(0, size), 2); });
  expect_error(Status::kCorrupt, [&] { open(from_hex("00000000 02000000 01000000") + "abc", 2); });
  expect_error(Status::kCorrupt, [&] { open(from_hex("ffffffff 00000000") + "abc", 1); });
  expect_error(Status::kCorrupt, [&] { open(from_hex("00000000 ffffffff") + "abc", 1); });
}

TEST(Payloads, HaveTheElementsOfTheirChunk) {
  std::string twelve(12, 'x');
  auto check = [&](TypeId type, int64_t elements) { check_payload(type, as_bytes(twelve), elements); };
  EXPECT_NO_THROW(check(TypeId::kInt32, 3));
  EXPECT_NO_THROW(check(TypeId::kInt64, 1)) << "a remainder of less than an element is ignored";
  expect_error(Status::kCorrupt, [&] { check(TypeId::kInt32, 2); });
  expect_error(Status::kCorrupt, [&] { check(TypeId::kInt32, 4); });
  expect_error(Status::kCorrupt, [&] { check(TypeId::kInt64, 0); });
  DType list(TypeId::kList);
  list.child = std::make_shared<DType>(TypeId::kInt8);
  EXPECT_NO_THROW(check_payload(list, as_bytes(twelve), 77));
}

}  // namespace
}  // namespace af
