// Containers that contradict themselves, or ask for more than they have any business to.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "atlas/container.h"
#include "codec/codec.h"
#include "format/document_writer.h"
#include "support/expect_error.h"

namespace af {
namespace {

std::string golden(const char* name) {
  std::string path = std::string(AF_GOLDEN) + "/atlas/" + name + "/data.atlas";
  std::string bytes(std::filesystem::file_size(path), '\0');
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "rb"), fclose);
  EXPECT_EQ(fread(bytes.data(), 1, bytes.size(), file.get()), bytes.size());
  return bytes;
}

std::string packed(const std::string& document) {
  CodecChoice codec{"zstd", 3};
  std::string stored(compress_bound(codec, document.size()), '\0');
  stored.resize(compress(codec, as_bytes(document), std::as_writable_bytes(std::span(stored))));
  return stored;
}

std::string container_with(const std::string& document, int format, size_t data_size = 1000) {
  std::string footer = packed(document);
  return container_header(format) + std::string(data_size, '\0') + footer +
         container_trailer({format, footer.size()});
}

std::shared_ptr<Container> opened(const std::string& file, const std::string& mask = "",
                                  const FileOptions& options = {}) {
  auto store = create_memory_store();
  store->put("data.atlas", as_bytes(file), Condition::always());
  if (!mask.empty()) store->put("deleted.mask", as_bytes(mask), Condition::always());
  return Container::open(store, "", options);
}

// A footer of format 8 of one variable and some datasets, to be spoiled.
struct Draft {
  struct Segment {
    uint64_t text = 0, offset = 8, length = 100;
  };
  uint64_t format = 8;
  std::string codec = "Zstd";
  std::vector<std::string> texts{"temp", "units"};
  std::string dtype = "float32";
  uint64_t array_text = 0, array_dtype = 0, key_text = 1, array_position = 0, dataset_schema = 0;
  std::vector<Segment> segments{Segment{}};
  std::vector<std::string> datasets{"a", "b"};

  std::string document() const;
};

class Writing {
 public:
  std::string bytes;
  std::unique_ptr<DocumentWriter> out = msgpack_writer(&bytes);

  void list(uint32_t size, const std::function<void()>& inside) {
    out->begin_array(size);
    inside();
    out->end_array();
  }
  void pair(uint64_t first, uint64_t second) {
    list(2, [&] { out->natural(first), out->natural(second); });
  }
  void texts(const std::vector<std::string>& all) {
    list(static_cast<uint32_t>(all.size()), [&] {
      for (const std::string& text : all) out->text(text);
    });
  }
};

std::string Draft::document() const {
  Writing w;
  w.list(8, [&] {
    w.out->natural(format);
    w.out->text(codec);
    w.out->natural(5);
    w.texts(texts);
    w.texts({dtype});
    w.list(1, [&] {
      w.list(3, [&] {
        w.list(1, [&] { w.pair(array_text, array_dtype); });
        w.list(1, [&] { w.pair(key_text, 0); });
        w.list(1, [&] {
          w.list(2, [&] {
            w.out->natural(array_position);
            w.list(1, [&] { w.pair(key_text, 0); });
          });
        });
      });
    });
    w.list(static_cast<uint32_t>(segments.size()), [&] {
      for (const Segment& segment : segments)
        w.list(3, [&] {
          for (uint64_t number : {segment.text, segment.offset, segment.length}) w.out->natural(number);
        });
    });
    w.list(static_cast<uint32_t>(datasets.size()), [&] {
      for (const std::string& name : datasets)
        w.list(2, [&] { w.out->text(name), w.out->natural(dataset_schema); });
    });
  });
  return w.bytes;
}

void expect_refused(const std::function<void(Draft&)>& spoil, const std::string& text,
                    Status status = Status::kCorrupt) {
  SCOPED_TRACE(text);
  Draft draft;
  spoil(draft);
  expect_error(
      status, [&] { opened(container_with(draft.document(), 8)); }, text);
}

TEST(ContainerDamage, ADraftThatIsNotSpoiledOpens) {
  std::shared_ptr<Container> container = opened(container_with(Draft().document(), 8));
  EXPECT_EQ(container->datasets().size(), 2u);
  // What its segment is, only matters when it is used.
  expect_error(
      Status::kCorrupt, [&] { container->place(0, "temp"); }, "data.atlas:temp.af");
}

TEST(ContainerDamage, PositionsOutOfRangeAreRefused) {
  expect_refused([](Draft& d) { d.array_text = 2; }, "text 2 is not below 2");
  expect_refused([](Draft& d) { d.key_text = 7; }, "text 7 is not below 2");
  expect_refused([](Draft& d) { d.array_dtype = 1; }, "dtype 1 is not below 1");
  expect_refused([](Draft& d) { d.array_position = 1; }, "array position 1 is not below 1");
  expect_refused([](Draft& d) { d.dataset_schema = UINT64_MAX; }, "schema 18446744073709551615");
  expect_refused([](Draft& d) { d.segments[0].text = 9; }, "text 9 is not below 2");
}

TEST(ContainerDamage, SegmentsOutsideTheFileAreRefused) {
  expect_refused([](Draft& d) { d.segments[0].length = 0; }, "is empty or not between");
  expect_refused([](Draft& d) { d.segments[0].offset = 7; }, "at 7 is empty or not between");
  expect_refused([](Draft& d) { d.segments[0].length = 1001; }, "1001 bytes at 8");
  expect_refused([](Draft& d) { d.segments[0].offset = UINT64_MAX; }, "is empty or not between");
  expect_refused([](Draft& d) { d.segments[0].length = UINT64_MAX - 8; }, "is empty or not between");
}

TEST(ContainerDamage, SegmentsThatOverlapAreRefused) {
  expect_refused([](Draft& d) { d.segments.push_back({1, 107, 10}); }, "the segment at 107 overlaps");
  expect_refused([](Draft& d) { d.segments.push_back({1, 8, 100}); }, "overlaps");
  Draft draft;
  draft.segments.push_back({1, 108, 10});
  EXPECT_NO_THROW(opened(container_with(draft.document(), 8)));
}

TEST(ContainerDamage, WhatIsThereTwiceIsRefused) {
  expect_refused([](Draft& d) { d.datasets = {"a", "b", "a"}; }, "dataset 'a' is there twice");
  expect_refused([](Draft& d) { d.segments.push_back({0, 200, 10}); }, "variable 'temp' is there twice");
}

TEST(ContainerDamage, VariablesWithoutASegmentAreRefused) {
  expect_refused([](Draft& d) { d.segments.clear(); }, "variable 'temp' has no segment");
}

TEST(ContainerDamage, WhatNobodyKnowsIsRefused) {
  expect_refused([](Draft& d) { d.codec = "Brotli"; }, "codec 'Brotli'");
  expect_refused([](Draft& d) { d.dtype = "float16"; }, "dtype 'float16'");
  expect_refused([](Draft& d) { d.format = 7; }, "the footer says format 7");
  expect_error(
      Status::kUnsupported, [] { opened(container_with(Draft().document(), 7)); }, "format 7");
  expect_error(
      Status::kCorrupt, [] { opened(container_with(Draft().document(), 1)); }, "8 fields, expected 7");
}

TEST(ContainerDamage, BombsGoOffInnocuously) {
  // 100 MB that shrink to nothing, as one text and as a hundred million values.
  Writing text;
  text.list(1, [&] { text.out->text(std::string(100 << 20, 'x')); });
  expect_error(Status::kLimitExceeded, [&] { opened(container_with(text.bytes, 8)); });
  std::string nulls = std::string("\xdd\x00\x3f\xff\xff", 5) + std::string(0x3fffff, '\xc0');
  expect_error(
      Status::kLimitExceeded, [&] { opened(container_with(nulls, 8)); }, "more values");
  // Claimed only.
  expect_error(Status::kCorrupt, [&] { opened(container_with("\xdd\xff\xff\xff\xff", 8)); });
  expect_error(Status::kLimitExceeded, [&] { opened(container_with(std::string(100'000, '\x91'), 8)); });
}

TEST(ContainerDamage, TheCallersCapsHold) {
  std::string file = golden("v0_17/many");
  FileOptions few, small;
  few.max_arrays = 3;
  expect_error(
      Status::kLimitExceeded, [&] { opened(file, "", few); }, "datasets, allowed are 3");
  small.max_allocation = 200;
  expect_error(Status::kLimitExceeded, [&] { opened(file, "", small); });
}

TEST(ContainerDamage, MasksAreCheckedToo) {
  std::string file = golden("v0_17/many");
  expect_error(
      Status::kCorrupt, [&] { opened(file, "ATLX"); }, "deleted.mask");
  std::string version_2 = write_mask({1});
  version_2[4] = 2;
  expect_error(
      Status::kUnsupported, [&] { opened(file, version_2); }, "version 2");
  expect_error(Status::kLimitExceeded, [&] { opened(file, write_mask({1}) + std::string(4 << 20, '\0')); });
  EXPECT_TRUE(opened(file, write_mask({1, 4'000'000'000}))->datasets().deleted(1));
}

// Reads everything there is to read, whatever comes of it.
int64_t read_all(const Container& container) {
  int64_t read = 0;
  auto attempt = [&](const std::function<void()>& action) {
    try {
      action();
      read++;
    } catch (const Error&) {
    }
  };
  for (size_t row = 0; row < container.datasets().size(); row++) {
    attempt([&] { container.attributes(row); });
    for (const VariableSchema& variable : container.schema(row).variables) {
      attempt([&] { container.attributes(row, variable.name); });
      attempt([&] { container.stats(row, variable.name); });
      attempt([&] {
        Container::Place place = container.place(row, variable.name);
        for (const Extents& coord : place.file->chunks(place.array))
          place.file->read_chunk(place.array, coord.span());
      });
    }
  }
  return read;
}

class DamagedContainer : public testing::TestWithParam<const char*> {};

TEST_P(DamagedContainer, IsAnErrorOrAnAnswer) {
  std::string whole = golden(GetParam());
  ASSERT_GT(read_all(*opened(whole)), 0);
  int64_t refused = 0;
  auto examine = [&](const std::string& file) {
    try {
      read_all(*opened(file));
    } catch (const Error& error) {
      EXPECT_NE(error.status(), Status::kInternal) << error.message();
      refused++;
    }
  };
  for (size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (at % 2 ? 0x80 : 0x01));
    examine(damaged);
    if (at % 5 == 0) examine(whole.substr(0, at));
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(All, DamagedContainer, testing::Values("v0_16/mixed_dtype", "v0_17/mixed_dtype"),
                         [](const auto& info) { return std::string(info.param).substr(0, 5); });

// The same one level deeper: the document is damaged before it is compressed.
TEST_P(DamagedContainer, IsSoWithADamagedDocument) {
  std::string whole = golden(GetParam());
  ContainerTrailer trailer = read_container_trailer(as_bytes(whole), whole.size());
  std::string data = whole.substr(0, whole.size() - kContainerTrailerSize - trailer.footer_size);
  Buffer document = decompress_whole(
      "zstd", as_bytes(std::string_view(whole).substr(data.size(), trailer.footer_size)), 1 << 20);
  for (size_t at = 0; at < document.size(); at++) {
    for (unsigned char pattern : {0x01, 0x10, 0x80, 0xff}) {
      std::string damaged(as_text(document.view()));
      damaged[at] = static_cast<char>(damaged[at] ^ pattern);
      std::string footer = packed(damaged);
      try {
        read_all(*opened(data + footer + container_trailer({trailer.format, footer.size()})));
      } catch (const Error& error) {
        EXPECT_NE(error.status(), Status::kInternal) << error.message();
      }
    }
  }
}

}  // namespace
}  // namespace af
