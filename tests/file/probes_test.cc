// What was tried on the reference (array-format 0.12.0) and came back wrong, or was found to be safe to rely
// on: one named test each. The comment says what the reference does. Numbers that are not here measure speed,
// not answers.
#include "file/failing_store.h"
#include "file/raw_layer.h"
#include "file/story.h"

namespace af {
namespace {

class Probes : public Story {
 protected:
  // A stack of one flushed array: a = 1, 2, 3.
  Stack flushed_stack() const {
    Stack stack = create();
    stack.define<int32_t>("a", {3});
    stack.write<int32_t>("a", {1, 2, 3});
    stack->flush();
    return stack;
  }
};
TELL_EVERYWHERE(Probes);

// A compaction whose upload fails returns an error, and the array is gone after reopening.
TEST_P(Probes, ProbeP01_AFailedCompactionLosesNothing) {
  flushed_stack();
  auto failing = std::make_shared<FailingStore>(store());
  FileOptions writable;
  writable.writable = true;
  int failures = 0;
  for (int step = 0; step < 8; step++) {
    auto compactor = ArrayFile::open(failing, "s.af", writable);
    failing->fail_at(step, FailingStore::Failure::kOnce);
    try {
      compactor->compact();
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kIo) << error.message();
      failures++;
    }
    failing->work_again();
    EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3})) << "step " << step;
    EXPECT_EQ(Stack(compactor).read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3})) << "step " << step;
  }
  EXPECT_GE(failures, 2);
}

// Two handles each flush another array, both successfully; only the second one's exists.
TEST_P(Probes, ProbeP02_BothOfTwoHandlesCommit) {
  flushed_stack();
  Stack one = open(), two = open();
  one.define<int32_t>("one", {1});
  two.define<int32_t>("two", {1});
  one->flush();
  two->flush();
  EXPECT_EQ(open().names(), (Texts{"a", "one", "two"}));
}

// Attributes set in two layers: a.units reads "Pa" and a.depth the text "Pa".
TEST_P(Probes, ProbeP03_AttributesOfTwoLayersAreRight) {
  Stack stack = flushed_stack();
  stack->set_attribute("a", "units", text("hPa"));
  stack->set_attribute("a", "depth", Value::scalar(TypeId::kInt32, 5));
  stack->flush();
  stack.define<int32_t>("b", {1});
  stack->set_attribute("b", "units", text("Pa"));
  stack->set_attribute("b", "zzz", text("z"));
  stack->flush();
  for (const Stack& reader : {stack, open()}) {
    EXPECT_EQ(reader->attribute("a", "units"), text("hPa"));
    EXPECT_EQ(reader->attribute("a", "depth"), Value::scalar(TypeId::kInt32, 5));
    EXPECT_EQ(reader->attribute("b", "units"), text("Pa"));
    EXPECT_EQ(reader->attribute("b", "zzz"), text("z"));
  }
}

// Then compacted: b.zzz is lost and b.units "hPa" for good.
TEST_P(Probes, ProbeP04_AndStayRightWhenCompacted) {
  Stack stack = flushed_stack();
  stack->set_attribute("a", "units", text("hPa"));
  stack->flush();
  stack.define<int32_t>("b", {1});
  stack->set_attribute("b", "zzz", text("z"));
  stack->set_attribute("b", "units", text("Pa"));
  stack->flush();
  stack->compact();
  EXPECT_EQ(open().attributes("a"), (std::map<std::string, Value>{{"units", text("hPa")}}));
  EXPECT_EQ(open().attributes("b"),
            (std::map<std::string, Value>{{"units", text("Pa")}, {"zzz", text("z")}}));
}

// Write 1, flush, compact, read, write 2, flush, compact on one handle: a fresh handle reads 1 (with caches
// off, 2).
TEST_P(Probes, ProbeP05_TheSecondWriteSurvivesCompaction) {
  for (int64_t cache_size : {64 << 20, 0}) {
    FileOptions options;
    options.replace = true;
    options.cache_size = cache_size;
    Stack stack = create("s.af", options);
    stack.define<int32_t>("a", {1});
    for (int32_t value : {1, 2}) {
      stack.write<int32_t>("a", {value});
      stack->flush();
      stack->compact();
      EXPECT_EQ(stack.read<int32_t>("a"), std::vector<int32_t>{value});
    }
    EXPECT_EQ(open().read<int32_t>("a"), std::vector<int32_t>{2}) << "cache of " << cache_size;
  }
}

// Deleted and defined anew with the fill value -1: the old data (9, 9, 9, 9).
TEST_P(Probes, ProbeP06_RedefinitionReadsAsFill) {
  Stack stack = create();
  stack.define<int32_t>("a", {4}, {2});
  stack.write<int32_t>("a", {9, 9, 9, 9});
  stack->flush();
  stack->erase("a");
  stack->flush();
  stack.define<int32_t>("a", {4}, {2}, filled_with(int64_t{-1}));
  std::vector<int32_t> fill(4, -1);
  EXPECT_EQ(stack.read<int32_t>("a"), fill);
  stack->flush();
  EXPECT_EQ(open().read<int32_t>("a"), fill);
  // Readers that look through every layer see it too.
  auto masks = RawLayer(bytes("s.3.af")).chunks("a");
  EXPECT_EQ(masks[{0}], payload_of<int32_t>({-1, -1}));
  EXPECT_EQ(masks[{1}], payload_of<int32_t>({-1, -1}));
}

// A shape of 2^32+5 is accepted, and is 5. (af_schema_create is where shapes come in: tests/capi; growing
// comes in here.)
TEST_P(Probes, ProbeP07_ExtentsOver32BitsAreRefused) {
  Stack stack = flushed_stack();
  expect_error(Status::kLimitExceeded, [&] { stack->resize("a", Numbers{(int64_t{1} << 32) + 5}); });
  EXPECT_EQ(stack->schema("a").shape, Extents(Numbers{3}));
  EXPECT_FALSE(stack->is_dirty());
  stack->resize("a", Numbers{UINT32_MAX});
  stack->flush();
  EXPECT_EQ(open()->schema("a").shape, Extents(Numbers{UINT32_MAX}));
}

// 66,000 arrays with an attribute each: array 65,999 reads 463. It takes 4.7 s, and twice as many four times
// as long.
TEST_P(Probes, ProbeP11_SixtySixThousandAttributes) {
  Stack stack = create();
  ArraySchema schema = array_of(TypeId::kInt8, {0});
  constexpr int64_t kCount = 66000;
  for (int64_t i = 0; i < kCount; i++) {
    std::string name = "a" + std::to_string(i);
    stack->define(name, schema);
    stack->set_attribute(name, "id", number(i));
  }
  stack->flush();
  Stack reader = open_to_read();
  for (int64_t i : {0, 463, 464, 65535, 65536, 65999})
    EXPECT_EQ(reader->attribute("a" + std::to_string(i), "id"), number(i));
  ValueMap column = reader->attribute_column("id");
  ASSERT_EQ(column.size(), static_cast<size_t>(kCount));
  for (int64_t i = 0; i < kCount; i++) ASSERT_EQ(column[static_cast<size_t>(i)].second, number(i));
}

// Creating over an existing file, then opening it: the old arrays are back.
TEST_P(Probes, ProbeP12_ReplacedMeansGone) {
  flushed_stack();
  FileOptions replace;
  replace.replace = true;
  create("s.af", replace).define<int8_t>("unflushed", {1});
  EXPECT_EQ(open().names(), Texts{});
}

// One bit of a stored block flipped: the value is wrong and nobody says so.
TEST_P(Probes, ProbeP13_AFlippedBitIsAnError) {
  FileOptions plain;
  plain.codec.name = "";
  Stack stack = create("s.af", plain);
  stack.define<int32_t>("a", {2});
  stack.write<int32_t>("a", {1, 2});
  stack->flush();
  stack.close();
  std::string layer = bytes("s.1.af");
  layer[1] = static_cast<char>(layer[1] ^ 0x40);
  remove("s.1.af");
  put("s.1.af", layer);
  expect_error(
      Status::kCorrupt, [&] { open().read<int32_t>("a"); }, "checksum");
}

// An LZ4 length of 4 GiB before 414 bytes: 4.5 GB of memory are taken, and the read succeeds.
TEST_P(Probes, ProbeP14_AFalseLengthCostsNoMemory) {
  ForeignLayer layer;
  layer.add_array("a", array_of(TypeId::kInt32, {100}), payload_of(std::vector<int32_t>(100, 7)), "lz4");
  layer.data.replace(0, 4, "\xff\xff\xff\xff");
  put("s.af", layer.bytes());
  FileOptions cautious;
  cautious.max_allocation = 1 << 20;
  for (const FileOptions& options : {FileOptions(), cautious})
    expect_error(
        Status::kCorrupt, [&] { open_to_read("s.af", options).read<int32_t>("a"); }, "4294967295");
}

// `s.w-<uuid>.af` and a manifest beside a stack are ignored: workers may put their layers there. So they are
// by ours.
TEST_P(Probes, ProbeP15_NeighboursAreNoLayers) {
  Stack stack = flushed_stack();
  std::string layer = bytes("s.1.af");
  for (const char* neighbour :
       {"s.w-6ba7b810-9dad-11d1-80b4-00c04fd430c8.af", "s.af-manifest", "s.x.1.af", "s.1.af.tmp"})
    put(neighbour, layer);
  EXPECT_EQ(open()->layer_count(), 2);
  stack->compact();
  EXPECT_EQ(keys(), (std::set<std::string>{"s.af", "s.stats", "s.w-6ba7b810-9dad-11d1-80b4-00c04fd430c8.af",
                                           "s.af-manifest", "s.x.1.af", "s.1.af.tmp"}));
}

// A scalar placeholder array with a binary attribute survives compaction by the reference. And by ours.
TEST_P(Probes, ProbeP16_APlaceholderWithABinaryAttributeSurvives) {
  Stack stack = flushed_stack();
  Value blob = Value::of_bytes(TypeId::kBinary, std::string_view("\0\xff\0", 3));
  stack->set_file_attribute("blob", blob);
  stack->flush();
  stack->compact();
  Stack reader = open();
  EXPECT_EQ(reader->attribute("__file__", "blob"), blob);
  EXPECT_EQ(reader->schema("__file__").shape.rank(), 0);
}

// An absurd footer length is an error.
TEST_P(Probes, ProbeP17_AnAbsurdFooterLengthIsAnError) {
  flushed_stack();
  for (const char* key : {"s.af", "s.1.af"}) {
    std::string whole = bytes(key);
    for (uint64_t length :
         {uint64_t{0}, uint64_t{1}, uint64_t{95}, uint64_t{96}, uint64_t{104}, uint64_t{whole.size()},
          uint64_t{whole.size() - 12}, uint64_t{1} << 40, UINT64_MAX - 7, UINT64_MAX}) {
      std::string damaged = whole;
      store_at(damaged, damaged.size() - kTrailerSize, length);
      if (damaged == whole) continue;
      put(key, damaged);
      expect_error(Status::kCorrupt, [&] { open(); });
    }
    put(key, whole);
  }
  EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3}));
}

// No call waits for a disk: neither the reference nor its store knows fsync. Read, not tried;
// tests/unit/local_faults_test.cc holds ours to it. What was tried: a full disk makes the reference's process
// die.
TEST_P(Probes, AFullDiskIsAnErrorAndNothingIsLost) {
  flushed_stack();
  auto failing = std::make_shared<FailingStore>(store());
  FileOptions small;
  small.writable = true;
  small.write_buffer_size = 1;
  small.block_size = 64;
  small.codec.name = "";
  small.threads = 1;
  Stack writer(ArrayFile::open(failing, "s.af", small));
  writer.define<int32_t>("big", {64}, {16});
  std::vector<int32_t> values(64);
  for (int32_t i = 0; i < 64; i++) values[static_cast<size_t>(i)] = i;
  for (int step = 0; step < 4; step++) {
    failing->fail_at(step, FailingStore::Failure::kOnce);
    try {
      writer.write<int32_t>("big", values);
      writer->flush();
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kIo);
    }
    failing->work_again();
    EXPECT_EQ(open().read<int32_t>("a"), (std::vector<int32_t>{1, 2, 3}));
  }
  writer.write<int32_t>("big", values);
  writer->flush();
  EXPECT_EQ(open().read<int32_t>("big"), values);
  expect_sound(open());
}

}  // namespace
}  // namespace af
