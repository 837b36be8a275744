// A commit is all or nothing, across all variables: after a crash at any moment, and against rivals.
#include "tale.h"

namespace af {
namespace {

using Failure = FailingStore::Failure;

// Passes everything on, but has no locks, as object stores have none.
class WithoutLocks : public PassingStore {
 public:
  using PassingStore::PassingStore;
  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }
};

// Replaces the metadata once without saying so.
class LosesAnAnswer : public PassingStore {
 public:
  using PassingStore::PassingStore;
  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    std::optional<std::string> version = store_->put(key, bytes, condition);
    bool loses = key.ends_with("atlas.json") && !std::exchange(lost_, true);
    if (loses) fail(Status::kIo, "the answer is lost for the test");
    return version;
  }

 private:
  bool lost_ = false;
};

// A store as it was found, and what is then done to it.
struct Tale {
  std::string name;
  void (*found)(const std::shared_ptr<ObjectStore>& store);
  void (*changed)(const Collection& store);
  bool compacted = false;
};

void found_own(const std::shared_ptr<ObjectStore>& store) {
  Collection made(Atlas::create(store, "w", to_write()));
  for (int32_t i : {1, 2}) {
    Member dataset = made.create(text_of("d", i));
    dataset.put<int32_t>("v", {i, 10 * i});
    dataset.put<int32_t>("x", {100 * i});
    dataset->set_attribute("n", Value::scalar(TypeId::kInt32, i));
    dataset->set_array_attribute("v", "units", text("K"));
    made->flush();
  }
}

void change_all(const Collection& made) {
  made.open("d1").write<int32_t>("v", {7, 8});
  made.open("d1")->set_attribute("n", text("one"));
  made.open("d1")->set_array_attribute("v", "units", text("C"));
  made->delete_dataset("d2");
  Member third = made.create("d3");
  third.put<int32_t>("x", {300});
  third.put<int32_t>("new one", {301});
  third.put<int32_t>("ü%", {302});
  third->set_attribute("when", Value::scalar<int64_t>(TypeId::kTimestampNs, 5));
}

void redefine(const Collection& made) {
  made->delete_dataset("d1");
  made.create("d1")->define("v", array_of(TypeId::kInt32, {2, 3}));
  made.open("d2")->erase("x");
  made.open("d2").put<int32_t>("x", {9, 9, 9});
}

void found_of_0_14(const std::shared_ptr<ObjectStore>& store) {
  take_golden_store(*store, "v0_14/layered_attrs", "w");
}
void found_of_0_10(const std::shared_ptr<ObjectStore>& store) {
  take_golden_store(*store, "v0_10/json_none", "w");
}

void change_foreign(const Collection& made) {
  std::string first = made.datasets().front();
  made.open(first)->set_attribute("own", number(int64_t{1}));
  made.create("ours").put<int32_t>("temp2", {1, 2});
  made.open("ours").put<float>("temp", {1.5f});
  made->delete_dataset(made.datasets()[1]);
}

const Tale kTales[] = {{"OwnChanged", found_own, change_all},
                       {"OwnRedefined", found_own, redefine},
                       {"OwnCompacted", found_own, change_all, true},
                       {"ForeignChanged", found_of_0_14, change_foreign},
                       {"ForeignSchema1Changed", found_of_0_10, change_foreign},
                       {"ForeignCompacted", found_of_0_14, change_foreign, true}};

class ACommit : public testing::TestWithParam<Tale> {
 protected:
  static void finish(const Collection& store) {
    if (GetParam().compacted)
      store->compact();
    else
      store->flush();
  }
  static Collection open(const std::shared_ptr<ObjectStore>& store) {
    return Collection(Atlas::open(store, "w", to_write()));
  }
  // Of a store on which nothing failed.
  static Texts after() {
    auto store = create_memory_store();
    GetParam().found(store);
    Collection made = open(store);
    GetParam().changed(made);
    finish(made);
    return open(store).contents();
  }
};
INSTANTIATE_TEST_SUITE_P(Told, ACommit, testing::ValuesIn(kTales),
                         [](const auto& info) { return info.param.name; });

TEST_P(ACommit, ThatStopsAtAnyChangeOfTheStoreIsThereWholeOrNotAtAll) {
  const Texts wanted = after();
  int stopped = 0, there = 0;
  for (int change = 0;; change++) {
    SCOPED_TRACE(change);
    auto memory = create_memory_store();
    GetParam().found(memory);
    const Texts before = open(memory).contents();
    ASSERT_NE(before, wanted);
    auto failing = std::make_shared<FailingStore>(memory);
    {
      Collection made = open(failing);
      GetParam().changed(made);
      failing->fail_at(change, Failure::kFromThenOn);
      try {
        finish(made);
      } catch (const Error& error) {
        ASSERT_EQ(error.status(), Status::kIo) << error.message();
      }
    }
    Collection found = open(memory);
    const Texts contents = found.contents();
    ASSERT_TRUE(contents == before || contents == wanted) << testing::PrintToString(contents);
    ASSERT_EQ(found.findings(true), Texts{});
    if (!failing->has_failed()) break;
    stopped++;
    there += contents == wanted;
    // The next writer is not hindered by what was left.
    Member next = found.create("next");
    next.put<int32_t>("v", {1});
    next.put<int32_t>("x", {2});
    next->set_attribute("n", number(1.0));
    found->flush();
    Texts grown = contents;
    grown.insert(grown.end(),
                 {"next", "next @n = Float64 " + testing::PrintToString(std::string(number(1.0).data())),
                  "next.v = { 1 }", "next.x = { 2 }"});
    ASSERT_EQ(open(memory).contents(), grown);
    found->compact();
    ASSERT_EQ(open(memory).contents(), grown);
    ASSERT_EQ(open(memory).findings(true), Texts{});
  }
  EXPECT_GT(stopped, 10);
  EXPECT_GT(there, 0) << "after the metadata were replaced";
}

TEST_P(ACommit, ThatFailsOnceIsMadeByTheNextAttempt) {
  const Texts wanted = after();
  for (int change = 0;; change++) {
    SCOPED_TRACE(change);
    auto memory = create_memory_store();
    GetParam().found(memory);
    auto failing = std::make_shared<FailingStore>(memory);
    Collection made = open(failing);
    GetParam().changed(made);
    failing->fail_at(change, Failure::kOnce);
    try {
      finish(made);
    } catch (const Error& error) {
      ASSERT_EQ(error.status(), Status::kIo) << error.message();
      if (!GetParam().compacted) {
        ASSERT_NE(open(memory).contents(), wanted) << "said to have failed";
      }
      finish(made);
    }
    ASSERT_EQ(made.contents(), wanted);
    ASSERT_EQ(open(memory).contents(), wanted);
    ASSERT_FALSE(made->is_dirty());
    if (!failing->has_failed()) break;
  }
}

TEST_P(ACommit, WhoseAnswerWasLostIsNotMadeTwice) {
  auto memory = create_memory_store();
  GetParam().found(memory);
  Collection made = open(std::make_shared<LosesAnAnswer>(memory));
  GetParam().changed(made);
  expect_error(Status::kIo, [&] { finish(made); });
  finish(made);
  EXPECT_FALSE(made->is_dirty());
  EXPECT_EQ(open(memory).contents(), after());
  EXPECT_EQ(made.contents(), after());
}

// ---------------------------------------------------------------- rivals

class Rivals : public testing::TestWithParam<bool> {
 protected:
  Rivals() {
    if (!GetParam()) store_ = std::make_shared<WithoutLocks>(store_);
    found_own(store_);
  }
  Collection open() const { return Collection(Atlas::open(store_, "w", to_write())); }

  std::shared_ptr<ObjectStore> store_ = create_memory_store();
};
INSTANTIATE_TEST_SUITE_P(Told, Rivals, testing::Bool(),
                         [](const auto& info) { return info.param ? "WithLocks" : "WithoutLocks"; });

TEST_P(Rivals, WhoChangeDifferentDatasetsBothSucceed) {
  Collection one = open(), other = open();
  one.open("d1").write<int32_t>("v", {5, 5});
  one.create("one").put<int32_t>("v", {1});
  other.open("d2").write<int32_t>("v", {6, 6});
  other.create("other").put<int32_t>("v", {2});
  one->flush();
  other->flush();
  Collection found = open();
  EXPECT_EQ(found.datasets(), (Texts{"d1", "d2", "one", "other"}));
  EXPECT_EQ(found.open("d1").read<int32_t>("v"), (std::vector<int32_t>{5, 5}));
  EXPECT_EQ(found.open("d2").read<int32_t>("v"), (std::vector<int32_t>{6, 6}));
  EXPECT_EQ(found.open("other").read<int32_t>("v"), (std::vector<int32_t>{2}));
  EXPECT_EQ(other.contents(), found.contents());
  EXPECT_NE(one.contents(), found.contents());
  EXPECT_TRUE(one->refresh());
  EXPECT_EQ(one.contents(), found.contents());
}

TEST_P(Rivals, WhoChangeTheSameDatasetAreTold) {
  using Change = void (*)(const Collection&);
  const Change kChanges[] = {
      [](const Collection& store) {
        store.open("d1").write<int32_t>("v", {0, 1});
      },
      [](const Collection& store) { store.open("d1").write<int32_t>("x", {3}); },
      [](const Collection& store) { store.open("d1")->set_attribute("n", Value::scalar(TypeId::kInt32, 9)); },
      [](const Collection& store) { store.open("d1")->set_array_attribute("v", "units", text("F")); },
      [](const Collection& store) { store.open("d1").put<int32_t>("y", {3}); },
      [](const Collection& store) { store->delete_dataset("d1"); },
  };
  for (size_t first = 0; first < std::size(kChanges); first++)
    for (size_t second = 0; second < std::size(kChanges); second++) {
      SCOPED_TRACE(text_of(first, " and then ", second));
      auto memory = create_memory_store();
      store_ = GetParam() ? memory : std::make_shared<WithoutLocks>(memory);
      found_own(store_);
      Collection one = open(), other = open();
      kChanges[first](one);
      kChanges[second](other);
      one->flush();
      Texts committed = open().contents();
      expect_error(Status::kConflict, [&] { other->flush(); });
      EXPECT_EQ(open().contents(), committed);
      EXPECT_TRUE(other->refresh());
      EXPECT_FALSE(other->is_dirty());
      EXPECT_EQ(other.contents(), committed);
    }
}

TEST_P(Rivals, WhoCreateTheSameDatasetAreTold) {
  Collection one = open(), other = open();
  one.create("n").put<int32_t>("v", {1});
  other.create("n").put<int32_t>("v", {2});
  one->flush();
  expect_error(Status::kConflict, [&] { other->flush(); });
  EXPECT_EQ(open().open("n").read<int32_t>("v"), (std::vector<int32_t>{1}));
}

TEST_P(Rivals, AWriterAndACompactionBothSucceed) {
  Collection one = open(), other = open();
  one.open("d1").write<int32_t>("v", {5, 5});
  one.create("one").put<int32_t>("v", {1});
  other.open("d2");
  other.open("d2").write<int32_t>("x", {4});
  other->flush();
  other->compact();
  one->flush();
  Collection found = open();
  EXPECT_EQ(found.open("d1").read<int32_t>("v"), (std::vector<int32_t>{5, 5}));
  EXPECT_EQ(found.open("d2").read<int32_t>("x"), (std::vector<int32_t>{4}));
  EXPECT_EQ(found.open("one").read<int32_t>("v"), (std::vector<int32_t>{1}));
  EXPECT_EQ(found.findings(true), Texts{});
}

// ---------------------------------------------------------------- what is left behind

// A writer that died after its first layer, before the metadata.
void leave_orphan(const std::shared_ptr<ObjectStore>& store) {
  for (int change = 0; !store->stat("w/v/data.3.af"); change++) {
    auto failing = std::make_shared<FailingStore>(store);
    Collection made(Atlas::open(failing, "w", to_write()));
    made.open("d1").write<int32_t>("v", {77, 77});
    failing->fail_at(change, Failure::kFromThenOn);
    expect_error(Status::kIo, [&] { made->flush(); });
  }
}

TEST(AnOrphan, IsNotReadButFoundAndEmptied) {
  auto store = create_memory_store();
  found_own(store);
  Texts before = Collection(Atlas::open(store, "w", {})).contents();
  leave_orphan(store);
  Collection found(Atlas::open(store, "w", to_write()));
  EXPECT_EQ(found.contents(), before);
  EXPECT_EQ(found.findings(true), Texts{});
  EXPECT_EQ(found.findings().size(), 1u) << testing::PrintToString(found.findings());
  EXPECT_GT(found->gc(), 0);
  EXPECT_EQ(found.findings(), Texts{});
  EXPECT_EQ(found.contents(), before);
  EXPECT_TRUE(store->stat("w/v/data.3.af")) << "the reference numbers its next one by count";
  EXPECT_EQ(found->gc(), 0);
}

TEST(AnOrphan, IsEmptiedByTheNextCommitOfItsVariable) {
  auto store = create_memory_store();
  found_own(store);
  leave_orphan(store);
  Collection made(Atlas::open(store, "w", to_write()));
  made.open("d2").write<int32_t>("v", {3, 3});
  made->flush();
  Collection found(Atlas::open(store, "w", to_write()));
  EXPECT_EQ(found.open("d1").read<int32_t>("v"), (std::vector<int32_t>{1, 10}));
  EXPECT_EQ(found.open("d2").read<int32_t>("v"), (std::vector<int32_t>{3, 3}));
  EXPECT_EQ(found.findings(), Texts{});
}

// The reference knows nothing of our field and drops it: then all layers count, as they do for it.
TEST(AStoreWhoseCommitRecordIsGone, CountsAllLayers) {
  auto store = create_memory_store();
  found_own(store);
  Texts before = Collection(Atlas::open(store, "w", {})).contents();
  StoredDocument document = read_document(*store, "w/atlas.json", {}, INT64_MAX);
  document.metadata.commit.reset();
  store->put("w/atlas.json", as_bytes(pack_metadata({}, document.metadata)), Condition::always());
  Collection found(Atlas::open(store, "w", to_write()));
  EXPECT_EQ(found.contents(), before);
  found.open("d1").write<int32_t>("v", {3, 3});
  found->flush();
  EXPECT_EQ(Collection(Atlas::open(store, "w", {})).contents(), found.contents());
}

TEST(AStoreOf100000Datasets, CostsOneLayerForEachVariableAndTheMetadataWhenOneChanges) {
  auto store = create_memory_store();
  Collection made(Atlas::create(store, "w", to_write()));
  ArraySchema profile = array_of(TypeId::kInt32, {4});
  for (int32_t i = 0; i < 100000; i++) {
    Member dataset = made.create(text_of("profile ", i));
    for (const char* variable : {"temp", "salt"}) {
      dataset->define(variable, profile);
      dataset.write<int32_t>(variable, {i, i + 1, i + 2, i + 3});
    }
  }
  made->flush();
  Collection again(Atlas::open(store, "w", to_write()));
  again.open("profile 77777").write<int32_t>("salt", {0, 0, 0, 0});
  IoCounts before = again->io_counts();
  again->flush();
  IoCounts after = again->io_counts();
  EXPECT_LE(after.write_requests - before.write_requests, 4) << "a layer, the statistics, the metadata";
  EXPECT_EQ(after.blocks_decoded - before.blocks_decoded, 0);
  Collection found(Atlas::open(store, "w", {}));
  EXPECT_EQ(found.open("profile 77777").read<int32_t>("salt"), (std::vector<int32_t>{0, 0, 0, 0}));
  EXPECT_EQ(found.open("profile 77777").read<int32_t>("temp")[0], 77777);
  EXPECT_EQ(found->info().dataset_count, 100000);
}

}  // namespace
}  // namespace af
