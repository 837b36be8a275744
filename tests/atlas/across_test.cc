// One variable of many datasets: ragged, stacked, chosen by rows and by predicates.
#include "atlas/tale.h"

namespace af {
namespace {

using Numbers = std::vector<int64_t>;

class Across : public StoreStory {
 protected:
  struct Ragged {
    std::vector<int32_t> values;
    Numbers offsets;  // in elements
    std::vector<uint8_t> present;
    friend bool operator==(const Ragged&, const Ragged&) = default;
  };

  // Profiles of 3, 0, 1 and 4 values; one dataset without any.
  Collection create_profiles(const AtlasOptions& options = to_write()) const {
    Collection store = create(options);
    store.create("a").put<int32_t>("temp", {1, 2, 3});
    store.create("empty").put<int32_t>("temp", {});
    store.create("without").put<int32_t>("salt", {9});
    store.create("b").put<int32_t>("temp", {10});
    store.create("c").put<int32_t>("temp", {20, 21, 22, 23}, FillValue{FillValue::Kind::kInt, 7, {}});
    return store;
  }

  static RowChoice chosen(const std::optional<Numbers>& rows) {
    return rows ? RowChoice(std::span(*rows)) : RowChoice();
  }
  static size_t count(const Collection& store, const std::optional<Numbers>& rows) {
    return rows ? rows->size() : static_cast<size_t>(store->info().dataset_count);
  }

  static Ragged read_ragged(const Collection& store, const std::optional<Numbers>& rows = {},
                            const Numbers& start = {}, const Numbers& shape = {}) {
    size_t n = count(store, rows);
    Ragged ragged{{}, Numbers(n + 1), std::vector<uint8_t>(n)};
    RegionChoice region{start, shape};
    store->read_ragged("temp", chosen(rows), region, {}, ragged.offsets, ragged.present.data());
    ragged.values.resize(static_cast<size_t>(ragged.offsets.back()) / 4, -1);
    store->read_ragged("temp", chosen(rows), region, std::as_writable_bytes(std::span(ragged.values)),
                       ragged.offsets, nullptr);
    for (int64_t& offset : ragged.offsets) offset /= 4;
    return ragged;
  }
  static std::vector<int32_t> read_stacked(const Collection& store, const std::optional<Numbers>& rows,
                                           size_t elements, bool pad = false, const Value* fill = nullptr,
                                           const Numbers& start = {}, const Numbers& shape = {}) {
    std::vector<int32_t> values(elements, -1);
    store->read_stacked("temp", chosen(rows), {start, shape}, pad, fill,
                        std::as_writable_bytes(std::span(values)));
    return values;
  }
};
TELL_EVERYWHERE(Across);

TEST_P(Across, OneAfterTheOther) {
  Collection store = create_profiles();
  Ragged all{{1, 2, 3, 10, 20, 21, 22, 23}, {0, 3, 3, 3, 4, 8}, {1, 1, 0, 1, 1}};
  EXPECT_EQ(read_ragged(store), all) << "before it is flushed";
  store->flush();
  EXPECT_EQ(read_ragged(store), all);
  EXPECT_EQ(read_ragged(open_to_read()), all);
}

TEST_P(Across, OfRowsInAnyOrder) {
  Collection store = create_profiles();
  store->flush();
  EXPECT_EQ(read_ragged(store, Numbers{4, 0, 4}),
            (Ragged{{20, 21, 22, 23, 1, 2, 3, 20, 21, 22, 23}, {0, 4, 7, 11}, {1, 1, 1}}));
  EXPECT_EQ(read_ragged(store, Numbers{}), (Ragged{{}, {0}, {}}));
  EXPECT_EQ(read_ragged(store, Numbers{2}), (Ragged{{}, {0, 0}, {0}}));
  expect_error(Status::kOutOfBounds, [&] { read_ragged(store, Numbers{5}); });
  expect_error(Status::kOutOfBounds, [&] { read_ragged(store, Numbers{-1}); });
  store->delete_dataset("b");
  expect_error(Status::kDatasetNotFound, [&] { read_ragged(store, Numbers{3}); });
}

TEST_P(Across, ARegionIsClippedToEach) {
  Collection store = create_profiles();
  EXPECT_EQ(read_ragged(store, {}, {1}, {2}), (Ragged{{2, 3, 21, 22}, {0, 2, 2, 2, 2, 4}, {1, 1, 0, 1, 1}}));
  EXPECT_EQ(read_ragged(store, {}, {3}, {INT64_MAX}), (Ragged{{23}, {0, 0, 0, 0, 0, 1}, {1, 1, 0, 1, 1}}));
  expect_error(Status::kInvalidArgument, [&] { read_ragged(store, {}, {-1}, {2}); });
  expect_error(Status::kInvalidArgument, [&] { read_ragged(store, {}, {0, 0}, {2, 2}); });
}

TEST_P(Across, NeedsRoomForAll) {
  Collection store = create_profiles();
  Numbers offsets(6), few(5);
  std::vector<std::byte> room(31);
  auto read = [&](Numbers& into) { store->read_ragged("temp", {}, {}, MutableBytes(room), into, nullptr); };
  expect_error(
      Status::kInvalidArgument, [&] { read(offsets); }, "32 bytes");
  expect_error(
      Status::kInvalidArgument, [&] { read(few); }, "4 datasets");
}

TEST_P(Across, WhatNobodyHas) {
  Collection store = create_profiles();
  Numbers offsets(6);
  expect_error(Status::kArrayNotFound, [&] { store->read_ragged("wind", {}, {}, {}, offsets, nullptr); });
  expect_error(Status::kArrayNotFound, [&] { store->stack_shape("wind", {}); });
  expect_error(Status::kArrayNotFound, [&] { store->list_across("wind", {}); });
}

TEST_P(Across, OfDifferentTypesIsRefused) {
  Collection store = create_profiles();
  store.create("d").put<float>("temp", {1.5f});
  expect_error(
      Status::kDtypeMismatch, [&] { read_ragged(store); }, "'d'");
  EXPECT_EQ(read_ragged(store, Numbers{0}).values, (std::vector<int32_t>{1, 2, 3}));
  Numbers offsets(7);
  expect_error(Status::kDtypeMismatch, [&] { store->read_ragged_texts("salt", {}, {}, offsets, nullptr); });
}

TEST_P(Across, Stacked) {
  Collection store = create_profiles();
  EXPECT_EQ(store->stack_shape("temp", {}), Extents(1, 4));
  EXPECT_EQ(read_stacked(store, Numbers{4, 0}, 4, false, nullptr, {1}, {2}),
            (std::vector<int32_t>{21, 22, 2, 3}));
  expect_error(
      Status::kOutOfBounds,
      [&] {
        read_stacked(store, Numbers{4, 0}, 8);
      },
      "'a'");
  expect_error(
      Status::kArrayNotFound,
      [&] {
        read_stacked(store, Numbers{0, 2}, 8);
      },
      "'without'");
  expect_error(Status::kArrayNotFound, [&] { read_stacked(store, Numbers{2}, 8, true, nullptr, {0}, {4}); });
  expect_error(Status::kInvalidArgument, [&] { read_stacked(store, Numbers{4}, 3); });
  EXPECT_EQ(read_stacked(store, Numbers{}, 0, false, nullptr, {0}, {2}), std::vector<int32_t>{});
}

TEST_P(Across, StackedWithFillForWhatIsMissing) {
  Collection store = create_profiles();
  EXPECT_EQ(read_stacked(store, Numbers{0, 2, 3}, 9, true),
            (std::vector<int32_t>{1, 2, 3, 0, 0, 0, 10, 0, 0}));
  EXPECT_EQ(read_stacked(store, Numbers{4, 3}, 4, true, nullptr, {3}, {2}),
            (std::vector<int32_t>{23, 7, 0, 0}))
      << "each with its own fill value";
  Value minus = Value::scalar(TypeId::kInt8, int8_t{-9});
  EXPECT_EQ(read_stacked(store, Numbers{4, 2}, 4, true, &minus, {3}, {2}),
            (std::vector<int32_t>{23, -9, -9, -9}));
  for (const Value& unfit :
       {Value::text("x"), Value::scalar(TypeId::kFloat64, 0.5), Value::scalar(TypeId::kFloat64, 1e300),
        Value::scalar(TypeId::kInt64, int64_t{1} << 31), Value::scalar(TypeId::kTimestampNs, int64_t{0})})
    expect_error(Status::kDtypeMismatch, [&] { read_stacked(store, Numbers{0}, 4, true, &unfit, {0}, {4}); });
  for (const Value& fit :
       {Value::scalar(TypeId::kFloat64, -2147483648.0), Value::scalar(TypeId::kUInt64, uint64_t{5})})
    EXPECT_NO_THROW(read_stacked(store, Numbers{0}, 4, true, &fit, {0}, {4}));
}

TEST_P(Across, StackedInTwoDimensions) {
  Collection store = create();
  std::vector<int32_t> small{1, 2, 3, 4, 5, 6}, wide{1, 2, 3, 4};
  Member a = store.create("a"), b = store.create("b");
  a->define("temp", array_of(TypeId::kInt32, {3, 2}, {2, 1}));
  b->define("temp", array_of(TypeId::kInt32, {1, 4}));
  a.write("temp", small);
  b.write("temp", wide);
  store->flush();
  EXPECT_EQ(store->stack_shape("temp", {}), Extents(Numbers{3, 4}));
  EXPECT_EQ(read_stacked(store, {}, 24, true),
            (std::vector<int32_t>{1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(read_stacked(store, {}, 4, false, nullptr, {0, 0}, {1, 2}), (std::vector<int32_t>{1, 2, 1, 2}));
  store.create("c").put<int32_t>("temp", {1});
  expect_error(
      Status::kInvalidArgument, [&] { store->stack_shape("temp", {}); }, "dimensions");
}

class TextsAcross : public StoreStory {
 protected:
  Collection create_texts() const {
    Collection store = create();
    put(store.create("a"), {"alpha", "", "gamma"});
    store.create("without");
    put(store.create("b"), {"beta"}, FillValue{FillValue::Kind::kString, 0, "none"});
    store->flush();
    return store;
  }
  static void put(const Member& dataset, const Texts& texts, std::optional<FillValue> fill = {}) {
    dataset->define("note",
                    array_of(TypeId::kString, {static_cast<int64_t>(texts.size())}, {}, std::move(fill)));
    std::string bytes;
    Numbers offsets{0};
    for (const std::string& text : texts) {
      bytes += text;
      offsets.push_back(static_cast<int64_t>(bytes.size()));
    }
    dataset->write_variable("note", {}, {}, as_bytes(bytes).data(), offsets);
  }
};
TELL_EVERYWHERE(TextsAcross);

TEST_P(TextsAcross, OneAfterTheOther) {
  Collection store = create_texts();
  Numbers offsets(4);
  std::vector<uint8_t> present(3);
  EXPECT_EQ(texts_of(store->read_ragged_texts("note", {}, {}, offsets, present.data())),
            (Texts{"alpha", "", "gamma", "beta"}));
  EXPECT_EQ(offsets, (Numbers{0, 3, 3, 4}));
  EXPECT_EQ(present, (std::vector<uint8_t>{1, 0, 1}));
  Numbers start{1}, shape{9};
  EXPECT_EQ(texts_of(store->read_ragged_texts("note", {}, {start, shape}, offsets, nullptr)),
            (Texts{"", "gamma"}));
}

TEST_P(TextsAcross, Stacked) {
  Collection store = create_texts();
  Numbers rows{0, 2, 1};
  Value filler = Value::text("?");
  EXPECT_EQ(texts_of(store->read_stacked_texts("note", std::span(rows), {}, true, nullptr)),
            (Texts{"alpha", "", "gamma", "beta", "none", "none", "", "", ""}));
  EXPECT_EQ(texts_of(store->read_stacked_texts("note", std::span(rows), {}, true, &filler)),
            (Texts{"alpha", "", "gamma", "beta", "?", "?", "?", "?", "?"}));
  Numbers start{0}, shape{1}, both{2, 0};
  EXPECT_EQ(texts_of(store->read_stacked_texts("note", std::span(both), {start, shape}, false, nullptr)),
            (Texts{"beta", "alpha"}))
      << "where the reference dies";
  Value number = Value::scalar(TypeId::kInt32, int32_t{1});
  expect_error(Status::kDtypeMismatch, [&] { store->read_stacked_texts("note", {}, {}, true, &number); });
}

// ---------------------------------------------------------------- many datasets in few blocks

TEST_P(Across, EachBlockIsDecodedOnce) {
  AtlasOptions options = to_write();
  options.stacks.cache_size = 0;
  options.stacks.block_size = 4096;
  Collection store = create(options);
  std::vector<int32_t> expected;
  for (int i = 0; i < 2000; i++) {
    store.create("profile " + std::to_string(i)).put<int32_t>("temp", {i, -i});
    expected.insert(expected.end(), {i, -i});
  }
  store->flush();
  store.close();
  AtlasOptions to_read;
  to_read.stacks.cache_size = 0;
  Collection reader = open(to_read);
  EXPECT_EQ(read_ragged(reader).values, expected);
  EXPECT_LE(reader->io_counts().blocks_decoded, 2000 * 8 / 4096 + 2);
}

// ---------------------------------------------------------------- attributes, statistics, predicates

class Selection : public StoreStory {
 protected:
  // Ten datasets of 10 values each, the i-th from 10 i on; the even ones in the north.
  Collection create_ten(const AtlasOptions& options = to_write()) const {
    Collection store = create(options);
    for (int i = 0; i < 10; i++) {
      Member dataset = store.create("d" + std::to_string(i));
      std::vector<int32_t> values;
      for (int k = 0; k < 10; k++) values.push_back(10 * i + k);
      dataset.put<int32_t>("temp", values);
      dataset->set_attribute("region", Value::text(i % 2 ? "south" : "north"));
      if (i > 4)
        dataset->set_attribute("since", Value::scalar(TypeId::kTimestampNs, int64_t{i} * 86'400'000'000'000));
      if (options.generation != 1)
        dataset->set_array_attribute("temp", "units", Value::text(i < 5 ? "K" : "degC"));
    }
    return store;
  }
  static Numbers select(const Collection& store, std::string_view predicate) {
    return store->select(predicate, {});
  }
};
TELL_EVERYWHERE(Selection);

TEST_P(Selection, ByStatisticsAndAttributes) {
  Collection store = create_ten();
  for (int round = 0; round < 2; round++) {
    EXPECT_EQ(select(store, "temp < 20"), (Numbers{0, 1}));
    EXPECT_EQ(select(store, "temp between 35 and 41"), (Numbers{3, 4}));
    EXPECT_EQ(select(store, "temp > 60 and @region = 'south'"), (Numbers{7, 9}));
    EXPECT_EQ(select(store, "temp@units in ('K') and not @region = 'south'"), (Numbers{0, 2, 4}));
    EXPECT_EQ(select(store, "has @since and temp < 70"), (Numbers{5, 6}));
    EXPECT_EQ(select(store, "@since >= '1970-01-09T00:00:00Z'"), (Numbers{8, 9}));
    EXPECT_EQ(select(store, "wind > 1 or @nothing = 1"), Numbers{});
    EXPECT_EQ(select(store, "not has wind").size(), 10u);
    store->flush();
  }
  EXPECT_EQ(select(open_to_read(), "temp < 20 or temp > 89"), (Numbers{0, 1, 9}));
}

TEST_P(Selection, LeavesOutDeletedDatasets) {
  Collection store = create_ten();
  store->flush();
  store->delete_dataset("d1");
  EXPECT_EQ(select(store, "temp < 30"), (Numbers{0, 2})) << "rows stay";
  store.create("d1");
  EXPECT_EQ(select(store, "temp < 30"), (Numbers{0, 2})) << "nothing of the old one shows";
  store->flush();
  EXPECT_EQ(select(open_to_read(), "temp < 30"), (Numbers{0, 2}));
}

TEST_P(Selection, InSchema1) {
  Collection store = create_ten(schema_1());
  store->flush();
  store = open_to_read();
  EXPECT_EQ(select(store, "@region = 'north' and temp >= 75"), (Numbers{8}));
  EXPECT_EQ(select(store, "@since < '1970-01-08T00:00:00Z'"), (Numbers{5, 6}));
}

TEST_P(Selection, AttributesAsAColumn) {
  Collection store = create_ten();
  store->flush();
  Numbers rows{9, 0};
  ValueMap few = store->attribute_across({}, "since", std::span(rows));
  ASSERT_EQ(few.size(), 2u);
  EXPECT_EQ(few[0].first, "d9");
  EXPECT_EQ(few[0].second, Value::scalar(TypeId::kTimestampNs, int64_t{9} * 86'400'000'000'000));
  EXPECT_EQ(few[1].second, std::nullopt);
  for (int i = 10; i < 100; i++) store.create("d" + std::to_string(i));
  ValueMap many = store->attribute_across("temp", "units", {});
  ASSERT_EQ(many.size(), 100u);
  EXPECT_EQ(many[4].second, Value::text("K"));
  EXPECT_EQ(many[5].second, Value::text("degC"));
  EXPECT_EQ(many[99].second, std::nullopt);
}

TEST_P(Selection, StatisticsOfEach) {
  Collection store = create_ten();
  store.create("bare");
  store->flush();
  std::vector<NamedStats> stats = store->stats_across("temp", {});
  ASSERT_EQ(stats.size(), 11u);
  EXPECT_EQ(stats[3].name, "d3");
  EXPECT_EQ(stats[3].stats->min->bits, 30u);
  EXPECT_EQ(stats[3].stats->max->bits, 39u);
  EXPECT_EQ(stats[3].stats->row_count, 10u);
  EXPECT_EQ(stats[10].name, "bare");
  EXPECT_EQ(stats[10].stats, std::nullopt);
  Listing listing = store->list_across("temp", {});
  EXPECT_EQ(listing.name(10), "bare");
  EXPECT_EQ(listing.dtypes[10], -1);
  EXPECT_EQ(listing.shape_offsets[10], listing.shape_offsets[11]);
  EXPECT_EQ(listing.dtypes[0], static_cast<int32_t>(TypeId::kInt32));
}

}  // namespace
}  // namespace af
