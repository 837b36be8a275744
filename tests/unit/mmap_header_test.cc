#include "mmap/mmap_header.h"

#include <cmath>
#include <limits>

#include "mmap/mapped_array.h"
#include "support/mmap_files.h"

namespace {

using af::HeaderCheck;
using af::MmapLayout;
using af::Status;
using af::TypeId;
using mmap_files::Bytes;

const std::string kGoldens = AF_GOLDEN "/mmap/";

Bytes golden(const std::string& name) { return mmap_files::bytes_of(kGoldens + name + ".mmap"); }

// What decoding a whole file's header comes to; kOk with the layout if it is accepted.
struct Verdict {
  Status status = Status::kOk;
  std::optional<MmapLayout> layout;
};

Verdict judge(const Bytes& file, HeaderCheck check) {
  const af::ByteView head = af::ByteView(file).first(std::min<size_t>(file.size(), af::kMmapHeaderSize));
  try {
    return {Status::kOk, af::decode_mmap_header(head, static_cast<int64_t>(file.size()), "a.mmap", check)};
  } catch (const af::Error& error) {
    return {error.status(), std::nullopt};
  }
}

Status refusal_of(TypeId dtype, std::vector<int64_t> shape) {
  try {
    MmapLayout layout(dtype, shape);
    return Status::kOk;
  } catch (const af::Error& error) {
    return error.status();
  }
}

TEST(MmapHeader, HoldsWhatTheFormatSays) {
  const int64_t shape[] = {3, 4};
  const Bytes expected = golden("f64_2d_3x4");
  const auto head = af::encode_mmap_header(MmapLayout(TypeId::kFloat64, shape));
  EXPECT_TRUE(std::equal(head.begin(), head.end(), expected.begin()));
}

TEST(MmapHeader, IsTheOriginalsForEveryGolden) {
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kGoldens)) {
    if (entry.path().extension() != ".mmap" || entry.path().filename().string().starts_with("bad_")) continue;
    const Bytes file = mmap_files::bytes_of(entry.path());
    const Verdict verdict = judge(file, HeaderCheck::kExact);
    ASSERT_EQ(verdict.status, Status::kOk) << entry.path();
    const auto head = af::encode_mmap_header(*verdict.layout);
    EXPECT_TRUE(std::equal(head.begin(), head.end(), file.begin())) << entry.path();
    compared++;
  }
  EXPECT_EQ(compared, 36);
}

struct Damage {
  const char* name;
  Status readable;
  Status exact;
};

class DamagedGolden : public testing::TestWithParam<Damage> {};

TEST_P(DamagedGolden, IsRefusedUnlessItsElementsAreAllThere) {
  const Bytes file = golden(GetParam().name);
  EXPECT_EQ(judge(file, HeaderCheck::kReadable).status, GetParam().readable);
  EXPECT_EQ(judge(file, HeaderCheck::kExact).status, GetParam().exact);
}

INSTANTIATE_TEST_SUITE_P(All, DamagedGolden,
                         testing::Values(Damage{"bad_dtype0", Status::kUnsupported, Status::kUnsupported},
                                         Damage{"bad_dtype9", Status::kUnsupported, Status::kUnsupported},
                                         Damage{"bad_empty", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_header_only", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_huge_dims", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_magic", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_ndim7", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_short_header", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_total_wrong", Status::kOk, Status::kCorrupt},
                                         Damage{"bad_trailing3", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_trailing8", Status::kOk, Status::kCorrupt},
                                         Damage{"bad_truncated_data", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_truncated_midelem", Status::kCorrupt, Status::kCorrupt},
                                         Damage{"bad_unused_shape_nonzero", Status::kOk, Status::kCorrupt},
                                         Damage{"bad_version0", Status::kUnsupported, Status::kUnsupported},
                                         Damage{"bad_version2", Status::kUnsupported, Status::kUnsupported}),
                         [](const auto& info) { return std::string(info.param.name); });

// 64 bytes, each with 255 other values. Where elements lie must not be open to doubt: whatever is accepted
// fits the file, and with kExact only what a writer could have written is.
TEST(MmapHeader, WithAnyByteChangedIsRefusedOrStillWithinTheFile) {
  const Bytes good = golden("f64_2d_3x4");
  const MmapLayout layout = *judge(good, HeaderCheck::kExact).layout;
  int exact_accepted = 0;
  for (size_t at = 0; at < af::kMmapHeaderSize; at++) {
    for (int change = 1; change < 256; change++) {
      Bytes file = good;
      file[at] ^= static_cast<std::byte>(change);
      const Verdict readable = judge(file, HeaderCheck::kReadable);
      const bool decides_nothing = (at >= 8 && at < 16) || at >= 32;
      if (decides_nothing) {
        ASSERT_EQ(readable.status, Status::kOk) << "byte " << at;
        EXPECT_EQ(readable.layout->shape(), layout.shape());
      }
      if (at < 5) {
        EXPECT_NE(readable.status, Status::kOk) << "byte " << at;
      }
      if (readable.layout) {
        EXPECT_LE(readable.layout->file_size(), static_cast<int64_t>(file.size()));
      }
      const Verdict exact = judge(file, HeaderCheck::kExact);
      if (!exact.layout) continue;
      exact_accepted++;
      const auto head = af::encode_mmap_header(*exact.layout);
      EXPECT_TRUE(std::equal(head.begin(), head.end(), file.begin())) << "byte " << at;
    }
  }
  // Float64 taken for Int64: no byte but this one tells them apart.
  EXPECT_EQ(exact_accepted, 1);
}

TEST(MmapHeader, OfAFileCutAnywhereIsRefused) {
  const Bytes good = golden("f64_2d_3x4");
  for (size_t length = 0; length < good.size(); length++) {
    const Bytes file(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(judge(file, HeaderCheck::kReadable).status, Status::kCorrupt) << length << " bytes";
  }
}

TEST(MmapHeader, CountsWholeElementsBehindTheLastAsHarmless) {
  Bytes file = golden("f32_1d_5");
  for (int extra = 1; extra <= 16; extra++) {
    file.push_back(std::byte{0});
    EXPECT_EQ(judge(file, HeaderCheck::kReadable).status, extra % 4 == 0 ? Status::kOk : Status::kCorrupt)
        << extra;
    EXPECT_EQ(judge(file, HeaderCheck::kExact).status, Status::kCorrupt) << extra;
  }
}

TEST(MmapHeader, WithAShapeThatOverflowsIsRefused) {
  Bytes file = golden("f64_2d_3x4");
  const auto with_shape = [&](uint64_t rows, uint64_t columns) {
    af::store(file.data() + 16, rows);
    af::store(file.data() + 24, columns);
    return judge(file, HeaderCheck::kReadable).status;
  };
  EXPECT_EQ(with_shape(uint64_t{1} << 32, uint64_t{1} << 32), Status::kCorrupt);
  EXPECT_EQ(with_shape(uint64_t{1} << 60, 1), Status::kCorrupt);
  EXPECT_EQ(with_shape((uint64_t{1} << 60) - 1, 1), Status::kCorrupt) << "no room for the header";
  EXPECT_EQ(with_shape(uint64_t{1} << 61, 8), Status::kCorrupt);
  EXPECT_EQ(with_shape(UINT64_MAX, 0), Status::kCorrupt);
  // No elements, yet strides that no one can count.
  EXPECT_EQ(with_shape(uint64_t{1} << 62, 0), Status::kCorrupt);
  EXPECT_EQ(with_shape(0, 1000), Status::kOk);
}

TEST(MmapLayout, RefusesWhatTheFileCannotHold) {
  EXPECT_EQ(refusal_of(TypeId::kFloat32, {1, 1, 1, 1, 1, 1}), Status::kOk);
  EXPECT_EQ(refusal_of(TypeId::kFloat32, {1, 1, 1, 1, 1, 1, 1}), Status::kLimitExceeded);
  EXPECT_EQ(refusal_of(TypeId::kInt64, {-1}), Status::kInvalidArgument);
  EXPECT_EQ(refusal_of(TypeId::kInt64, {int64_t{1} << 60}), Status::kLimitExceeded);
  EXPECT_EQ(refusal_of(TypeId::kInt64, {(int64_t{1} << 60) - 1}), Status::kLimitExceeded);
  EXPECT_EQ(refusal_of(TypeId::kInt64, {int64_t{1} << 40, int64_t{1} << 40}), Status::kLimitExceeded);
  EXPECT_EQ(refusal_of(TypeId::kInt64, {0, int64_t{1} << 40, int64_t{1} << 40}), Status::kLimitExceeded);
}

TEST(MmapLayout, HasFourTypes) {
  for (int id = 0; id < af::kTypeCount; id++) {
    const auto dtype = static_cast<TypeId>(id);
    const bool known = dtype == TypeId::kFloat32 || dtype == TypeId::kFloat64 || dtype == TypeId::kInt32 ||
                       dtype == TypeId::kInt64;
    EXPECT_EQ(refusal_of(dtype, {2}), known ? Status::kOk : Status::kUnsupported) << af::type_name(dtype);
  }
}

// The elements that the original wrote to its goldens.
template <typename T>
T golden_element(size_t i);
template <>
float golden_element<float>(size_t i) {
  return static_cast<float>(i) * 0.5f - 1.0f;
}
template <>
double golden_element<double>(size_t i) {
  return i == 1 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(i) * -0.25;
}
template <>
int32_t golden_element<int32_t>(size_t i) {
  return static_cast<int32_t>(i) - 3;
}
template <>
int64_t golden_element<int64_t>(size_t i) {
  return (static_cast<int64_t>(i) - 3) * (int64_t{1} << 33);
}

template <typename T>
void expect_golden(const std::string& prefix, TypeId dtype) {
  const std::pair<const char*, std::vector<int64_t>> arrays[] = {{"0d_scalar", {}},
                                                                 {"1d_0", {0}},
                                                                 {"1d_5", {5}},
                                                                 {"2d_3x0", {3, 0}},
                                                                 {"2d_3x4", {3, 4}},
                                                                 {"3d_2x3x4", {2, 3, 4}},
                                                                 {"4d_2x1x3x2", {2, 1, 3, 2}},
                                                                 {"5d_2x1x3x2x2", {2, 1, 3, 2, 2}},
                                                                 {"6d_1x2x1x3x2x2", {1, 2, 1, 3, 2, 2}}};
  for (const auto& [name, shape] : arrays) {
    SCOPED_TRACE(prefix + name);
    const auto array =
        af::MappedArray::open(kGoldens + prefix + name + ".mmap", {.check = HeaderCheck::kExact});
    EXPECT_EQ(array->layout().dtype(), dtype);
    EXPECT_EQ(array->layout().shape(), af::Extents(shape));
    std::vector<T> expected(static_cast<size_t>(array->layout().element_count()));
    for (size_t i = 0; i < expected.size(); i++) expected[i] = golden_element<T>(i);
    const auto bytes = std::as_bytes(std::span(expected));
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), array->data()));
  }
}

TEST(MmapGoldens, ReadAsTheOriginalWroteThem) {
  expect_golden<float>("f32_", TypeId::kFloat32);
  expect_golden<double>("f64_", TypeId::kFloat64);
  expect_golden<int32_t>("i32_", TypeId::kInt32);
  expect_golden<int64_t>("i64_", TypeId::kInt64);
}

}  // namespace
