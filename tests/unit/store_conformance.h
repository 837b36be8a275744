// What every store must do, as one list. A backend instantiates it with a type that has
//   ObjectStore& store()                     a store that is empty at first
//   void make_folder(std::string)            prepares for keys below a folder, where that is needed
//   static constexpr bool kHasLocks, kHasMaps
//   static constexpr bool kVersionsAreContents = true   where it is so: the same bytes have the same version
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/store.h"
#include "support/expect_error.h"

namespace af {

template <typename Backend>
class StoreConformance : public testing::Test {
 protected:
  ObjectStore& store() { return backend_.store(); }

  std::string put(std::string_view key, std::string_view text,
                  const Condition& condition = Condition::always()) {
    std::optional<std::string> version = store().put(key, as_bytes(text), condition);
    EXPECT_TRUE(version.has_value()) << "the put of " << key << " did not take place";
    return version.value_or("");
  }
  bool try_put(std::string_view key, std::string_view text, const Condition& condition) {
    return store().put(key, as_bytes(text), condition).has_value();
  }

  static std::string text_in(const Object& object, uint64_t offset, size_t size) {
    std::string text(size, '?');
    object.read(offset, {reinterpret_cast<std::byte*>(text.data()), size});
    return text;
  }
  static std::string text_in(const Object& object) {
    return text_in(object, 0, static_cast<size_t>(object.info().size));
  }
  std::string text_at(std::string_view key) { return text_in(*store().open(key)); }

  std::vector<std::string> keys(std::string_view prefix, int64_t limit = 1000) {
    std::vector<std::string> found;
    for (const ObjectInfo& info : store().list(prefix, limit)) found.push_back(info.key);
    return found;
  }
  bool is_there(std::string_view key) { return store().stat(key).has_value(); }

  // What an object that was opened before its key got another object may do.
  static void expect_own_bytes_or_stale(const Object& object, const std::string& bytes) {
    try {
      EXPECT_EQ(text_in(object), bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kStale) << error.message();
    }
  }

  static std::string text_in(const Upload& upload, uint64_t offset, size_t size) {
    std::string text(size, '?');
    upload.read(offset, {reinterpret_cast<std::byte*>(text.data()), size});
    return text;
  }

  // Lets `count` threads go at the same moment.
  template <typename Action>
  static void race(int count, const Action& action) {
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < count; i++) {
      threads.emplace_back([&, i] {
        ready++;
        while (ready < count) std::this_thread::yield();
        action(i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  Backend backend_;
};

TYPED_TEST_SUITE_P(StoreConformance);

TYPED_TEST_P(StoreConformance, GivesBackWhatWasPut) {
  std::string version = this->put("x.af", "hello world");
  std::unique_ptr<Object> object = this->store().open("x.af");
  EXPECT_EQ(object->info().key, "x.af");
  EXPECT_EQ(object->info().size, 11);
  EXPECT_EQ(object->info().version, version);
  EXPECT_EQ(this->text_in(*object), "hello world");
  EXPECT_EQ(this->text_in(*object, 6, 5), "world");
  EXPECT_EQ(this->text_in(*object, 11, 0), "");
}

TYPED_TEST_P(StoreConformance, HoldsAnEmptyObject) {
  this->put("empty", "");
  EXPECT_EQ(this->store().stat("empty")->size, 0);
  EXPECT_EQ(this->text_at("empty"), "");
}

TYPED_TEST_P(StoreConformance, AMissingObjectIsMissedByEveryCall) {
  expect_error(
      Status::kNotFound, [&] { this->store().open("gone"); }, "gone");
  expect_error(
      Status::kNotFound, [&] { this->store().rename("gone", "other"); }, "gone");
  EXPECT_FALSE(this->is_there("gone"));
  EXPECT_FALSE(this->store().remove("gone"));
  EXPECT_FALSE(this->store().remove("gone", "some version"));
  EXPECT_TRUE(this->keys("").empty());
  EXPECT_TRUE(this->keys("no folder/either/").empty());
}

TYPED_TEST_P(StoreConformance, RefusesToReadPastTheEnd) {
  this->put("x", "12345");
  std::unique_ptr<Object> object = this->store().open("x");
  for (auto [offset, size] :
       {std::pair<uint64_t, size_t>{0, 6}, {5, 1}, {6, 0}, {UINT64_MAX, 1}, {UINT64_MAX - 1, 5}})
    expect_error(
        Status::kCorrupt, [&] { this->text_in(*object, offset, size); }, "5 bytes");
}

TYPED_TEST_P(StoreConformance, ReadsManyRangesInAnyOrder) {
  std::string text(200000, ' ');
  for (size_t i = 0; i < text.size(); i++) text[i] = static_cast<char>(i * i / 7);
  this->put("x", text);
  std::unique_ptr<Object> object = this->store().open("x");
  // Far apart, near, touching, overlapping, twice the same, within another, empty.
  std::vector<std::pair<uint64_t, size_t>> ranges = {
      {150000, 50000}, {10, 5}, {0, 10},     {15, 1},     {20, 3000}, {100, 50},   {2000, 2000}, {10, 5},
      {199999, 1},     {7, 0},  {200000, 0}, {40000, 10}, {56393, 1}, {56394, 20}, {72799, 3},   {90000, 1}};
  std::string found(200000, '?');
  std::vector<std::string> parts;
  for (auto [offset, size] : ranges) parts.emplace_back(size, '?');
  std::vector<ReadRequest> requests;
  for (size_t i = 0; i < ranges.size(); i++)
    requests.push_back({ranges[i].first, {reinterpret_cast<std::byte*>(parts[i].data()), ranges[i].second}});
  object->read_many(requests);
  for (size_t i = 0; i < ranges.size(); i++)
    EXPECT_EQ(parts[i], text.substr(ranges[i].first, ranges[i].second)) << i;
  object->read_many({});
  std::byte one;
  expect_error(
      Status::kCorrupt,
      [&] {
        object->read_many({{0, {&one, 1}}, {200000, {&one, 1}}});
      },
      "200000");
}

TYPED_TEST_P(StoreConformance, PutIfAbsentTakesAFreeKeyOnly) {
  EXPECT_TRUE(this->try_put("x", "first", Condition::if_absent()));
  EXPECT_FALSE(this->try_put("x", "second", Condition::if_absent()));
  EXPECT_EQ(this->text_at("x"), "first");
  this->store().remove("x");
  EXPECT_TRUE(this->try_put("x", "third", Condition::if_absent()));
  EXPECT_EQ(this->text_at("x"), "third");
}

TYPED_TEST_P(StoreConformance, PutIfMatchReplacesTheNamedVersionOnly) {
  EXPECT_FALSE(this->try_put("x", "a", Condition::if_match("no such version")));
  EXPECT_FALSE(this->is_there("x"));
  std::string first = this->put("x", "a");
  std::string second = this->put("x", "b", Condition::if_match(first));
  EXPECT_NE(first, second);
  EXPECT_FALSE(this->try_put("x", "c", Condition::if_match(first)));
  EXPECT_EQ(this->text_at("x"), "b");
  EXPECT_TRUE(this->try_put("x", "d", Condition::if_match(second)));
}

TYPED_TEST_P(StoreConformance, EveryPutMakesANewVersion) {
  std::set<std::string> versions;
  constexpr bool kByContents = requires { TypeParam::kVersionsAreContents; };
  for (int i = 0; i < 100; i++)
    versions.insert(this->put("x", kByContents ? "number " + std::to_string(i) : "the same"));
  EXPECT_EQ(versions.size(), 100u);
  EXPECT_TRUE(versions.contains(this->store().stat("x")->version));
  EXPECT_EQ(this->store().stat("x")->version, this->store().open("x")->info().version);
}

TYPED_TEST_P(StoreConformance, AnOpenObjectIsNeverItsSuccessor) {
  this->put("x", "the first");
  std::unique_ptr<Object> object = this->store().open("x");
  this->put("x", "SUCCESSOR");
  this->expect_own_bytes_or_stale(*object, "the first");
  EXPECT_EQ(object->info().size, 9);
  object = this->store().open("x");
  this->store().remove("x");
  this->expect_own_bytes_or_stale(*object, "SUCCESSOR");
}

TYPED_TEST_P(StoreConformance, AnUploadAppearsWholeWhenItIsFinished) {
  std::unique_ptr<Upload> upload = this->store().start_upload("x");
  upload->append(as_bytes("one "));
  upload->append(as_bytes(""));
  upload->append(as_bytes("two "));
  EXPECT_EQ(upload->size(), 8u);
  EXPECT_EQ(this->text_in(*upload, 2, 4), "e tw");
  EXPECT_EQ(this->text_in(*upload, 8, 0), "");
  EXPECT_FALSE(this->is_there("x"));
  EXPECT_TRUE(this->keys("").empty());
  std::optional<std::string> version = upload->finish("x", as_bytes("three"), Condition::if_absent());
  EXPECT_EQ(this->text_at("x"), "one two three");
  EXPECT_EQ(version, this->store().stat("x")->version);
}

TYPED_TEST_P(StoreConformance, AnUploadIsReadBackOnlyAsFarAsItGoes) {
  std::unique_ptr<Upload> upload = this->store().start_upload("x");
  upload->append(as_bytes("12345"));
  for (auto [offset, size] : {std::pair<uint64_t, size_t>{0, 6}, {6, 0}, {UINT64_MAX, 1}})
    expect_error(
        Status::kInternal, [&] { this->text_in(*upload, offset, size); }, "5 bytes");
}

TYPED_TEST_P(StoreConformance, ADroppedUploadLeavesNothing) {
  this->store().start_upload("x")->append(as_bytes("never seen"));
  EXPECT_FALSE(this->is_there("x"));
  EXPECT_TRUE(this->keys("").empty());
}

TYPED_TEST_P(StoreConformance, AnUploadWhoseConditionFailsMayTryAgain) {
  this->put("x.1", "taken");
  std::string other = this->put("x.2", "taken, too");
  std::unique_ptr<Upload> upload = this->store().start_upload("x.1");
  upload->append(as_bytes("body "));
  EXPECT_FALSE(upload->finish("x.1", as_bytes("a long first tail"), Condition::if_absent()));
  EXPECT_EQ(upload->size(), 5u);
  EXPECT_FALSE(upload->finish("x.2", as_bytes("a tail"), Condition::if_match("another version")));
  EXPECT_EQ(this->text_at("x.1") + this->text_at("x.2"), "takentaken, too");
  upload->append(as_bytes("and soul "));
  EXPECT_EQ(this->text_in(*upload, 0, 14), "body and soul ");
  EXPECT_TRUE(upload->finish("x.3", as_bytes("tail"), Condition::if_absent()));
  EXPECT_EQ(this->text_at("x.3"), "body and soul tail");
}

TYPED_TEST_P(StoreConformance, AnUploadReplacesTheNamedVersion) {
  std::string version = this->put("x", "old");
  std::unique_ptr<Upload> upload = this->store().start_upload("x");
  EXPECT_TRUE(upload->finish("x", as_bytes("new"), Condition::if_match(version)));
  EXPECT_EQ(this->text_at("x"), "new");
}

TYPED_TEST_P(StoreConformance, AnUploadOfManyPiecesKeepsThemInOrder) {
  std::unique_ptr<Upload> upload = this->store().start_upload("x");
  std::string expected;
  for (size_t i = 0; expected.size() < 1500000; i++) {
    std::string piece(i % 7 == 6 ? 300000 : i * 1013 % 20000, static_cast<char>('a' + i % 26));
    upload->append(as_bytes(piece));
    expected += piece;
    size_t from = expected.size() - std::min<size_t>(expected.size(), 40000);
    ASSERT_EQ(this->text_in(*upload, from, expected.size() - from), expected.substr(from));
  }
  EXPECT_EQ(this->text_in(*upload, 0, expected.size()), expected);
  EXPECT_TRUE(upload->finish("x", as_bytes("end"), Condition::always()));
  EXPECT_EQ(this->text_at("x"), expected + "end");
}

TYPED_TEST_P(StoreConformance, RemovesTheNamedVersionOnly) {
  std::string first = this->put("x", "a");
  std::string second = this->put("x", "b");
  EXPECT_FALSE(this->store().remove("x", first));
  EXPECT_EQ(this->text_at("x"), "b");
  EXPECT_TRUE(this->store().remove("x", second));
  EXPECT_FALSE(this->is_there("x"));
  this->put("x", "c");
  EXPECT_TRUE(this->store().remove("x"));
  EXPECT_FALSE(this->store().remove("x"));
}

TYPED_TEST_P(StoreConformance, RenamesToAFreeKeyOnly) {
  this->put("x.3.af", "three");
  this->put("x.1.af", "one");
  EXPECT_FALSE(this->store().rename("x.3.af", "x.1.af"));
  EXPECT_FALSE(this->store().rename("x.3.af", "x.3.af"));
  EXPECT_EQ(this->text_at("x.1.af"), "one");
  EXPECT_TRUE(this->store().rename("x.3.af", "x.2.af"));
  EXPECT_EQ(this->text_at("x.2.af"), "three");
  EXPECT_EQ(this->keys(""), (std::vector<std::string>{"x.1.af", "x.2.af"}));
}

TYPED_TEST_P(StoreConformance, ListsKeysOfAPrefixSortedByBytes) {
  this->backend_.make_folder("x.folder");
  for (const char* key :
       {"x.10.af", "x.2.af", "x.af", "y.af", "x", "X.af", "x.\xc3\xa9.af", "x.folder/in.af"})
    this->put(key, key);
  EXPECT_EQ(this->keys("x."), (std::vector<std::string>{"x.10.af", "x.2.af", "x.af", "x.\xc3\xa9.af"}));
  EXPECT_EQ(this->keys("x.f"), std::vector<std::string>{});
  EXPECT_EQ(this->keys("x.folder/"), std::vector<std::string>{"x.folder/in.af"});
  EXPECT_EQ(this->keys("x.folder/in"), std::vector<std::string>{"x.folder/in.af"});
  EXPECT_EQ(this->keys("").size(), 7u);
  for (const ObjectInfo& info : this->store().list("", 7))
    EXPECT_EQ(info.size, static_cast<int64_t>(info.key.size()));
}

TYPED_TEST_P(StoreConformance, ListsNoMoreThanTheLimit) {
  for (const char* key : {"x.1", "x.2", "x.3", "y"}) this->put(key, "");
  EXPECT_EQ(this->keys("x.", 3).size(), 3u);
  expect_error(
      Status::kLimitExceeded, [&] { this->keys("x.", 2); }, "more than 2");
  expect_error(Status::kLimitExceeded, [&] { this->keys("x.", 0); });
  EXPECT_TRUE(this->keys("z", 0).empty());
}

TYPED_TEST_P(StoreConformance, TakesKeysOfManyKinds) {
  this->backend_.make_folder("a folder");
  this->backend_.make_folder("a folder/\xc3\xbc");
  for (const char* key : {"with space", "100%", "%41", "a folder/\xc3\xbc/\xe2\x82\xac#1?.af", "..hidden",
                          "...", "-n", "~", "a\nb", "back\\slash", "*"}) {
    this->put(key, key);
    EXPECT_EQ(this->text_at(key), key);
  }
}

TYPED_TEST_P(StoreConformance, OneOfManyWritersTakesAFreeKey) {
  for (int round = 0; round < 30; round++) {
    std::string key = "x." + std::to_string(round);
    std::atomic<int> winners{0}, winner{-1};
    this->race(4, [&](int i) {
      if (!this->try_put(key, "writer " + std::to_string(i), Condition::if_absent())) return;
      winners++;
      winner = i;
    });
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(this->text_at(key), "writer " + std::to_string(winner));
  }
}

TYPED_TEST_P(StoreConformance, OneOfManyRenamersTakesAFreeKey) {
  for (int round = 0; round < 20; round++) {
    std::atomic<int> winners{0};
    for (int i = 0; i < 3; i++) this->put("from." + std::to_string(i), std::to_string(i));
    std::string to = "to." + std::to_string(round);
    this->race(3, [&](int i) { winners += this->store().rename("from." + std::to_string(i), to); });
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(this->keys("from.").size(), 2u);
  }
}

TYPED_TEST_P(StoreConformance, ALockShutsOutOthersOfTheSameKey) {
  if constexpr (!TypeParam::kHasLocks) {
    EXPECT_EQ(this->store().lock("x.lock"), nullptr);
  } else {
    std::unique_ptr<StoreLock> lock = this->store().lock("x.lock");
    std::unique_ptr<StoreLock> other_key = this->store().lock("y.lock");
    std::atomic<bool> entered{false};
    std::thread second([&] {
      std::unique_ptr<StoreLock> waits = this->store().lock("x.lock");
      entered = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_FALSE(entered);
    lock.reset();
    second.join();
    EXPECT_TRUE(entered);
  }
}

TYPED_TEST_P(StoreConformance, NoChangeMadeUnderALockIsLost) {
  if constexpr (TypeParam::kHasLocks) {
    this->put("count", "0");
    this->race(4, [&](int) {
      for (int i = 0; i < 50; i++) {
        std::unique_ptr<StoreLock> lock = this->store().lock("count.lock");
        std::unique_ptr<Object> object = this->store().open("count");
        std::string next = std::to_string(std::stoi(this->text_in(*object)) + 1);
        this->put("count", next, Condition::if_match(object->info().version));
      }
    });
    EXPECT_EQ(this->text_at("count"), "200");
  } else {
    // Without locks, conditions alone must do.
    this->put("count", "0");
    this->race(4, [&](int) {
      for (int done = 0; done < 50;) {
        std::unique_ptr<Object> object = this->store().open("count");
        try {
          std::string next = std::to_string(std::stoi(this->text_in(*object)) + 1);
          done += this->try_put("count", next, Condition::if_match(object->info().version));
        } catch (const Error& error) {
          ASSERT_EQ(error.status(), Status::kStale) << error.message();
        }
      }
    });
    EXPECT_EQ(this->text_at("count"), "200");
  }
}

TYPED_TEST_P(StoreConformance, AMappingIsTheRangeAndOutlivesTheObject) {
  std::string text(20000, ' ');
  for (size_t i = 0; i < text.size(); i++) text[i] = static_cast<char>(i * 31 / 9);
  this->put("x", text);
  std::unique_ptr<Object> object = this->store().open("x");
  if constexpr (!TypeParam::kHasMaps) {
    EXPECT_EQ(object->map(0, 10), nullptr);
  } else {
    std::vector<std::unique_ptr<Mapping>> mappings;
    std::vector<std::pair<size_t, size_t>> ranges = {{0, 20000}, {1, 1},     {4096, 4096}, {4095, 8194},
                                                     {19999, 1}, {20000, 0}, {5, 0}};
    for (auto [offset, size] : ranges) mappings.push_back(object->map(offset, size));
    for (auto [offset, size] :
         {std::pair<uint64_t, uint64_t>{20000, 1}, {0, 20001}, {UINT64_MAX, 1}, {20001, 0}})
      expect_error(
          Status::kCorrupt, [&] { object->map(offset, size); }, "20000");
    object.reset();
    this->put("x", "another object");
    this->store().remove("x");
    for (size_t i = 0; i < ranges.size(); i++)
      EXPECT_EQ(as_text(mappings[i]->bytes()), text.substr(ranges[i].first, ranges[i].second)) << i;
  }
}

TYPED_TEST_P(StoreConformance, ManyThreadsReadOneObject) {
  std::string text(100000, ' ');
  for (size_t i = 0; i < text.size(); i++) text[i] = static_cast<char>(i);
  this->put("x", text);
  std::unique_ptr<Object> object = this->store().open("x");
  this->race(4, [&](int thread) {
    for (size_t i = 0; i < 100; i++) {
      size_t offset = (static_cast<size_t>(thread) * 7919 + i * 997) % 90000;
      ASSERT_EQ(this->text_in(*object, offset, 1000), text.substr(offset, 1000));
    }
  });
}

TYPED_TEST_P(StoreConformance, SaysWhereItIs) { EXPECT_FALSE(this->store().describe().empty()); }

REGISTER_TYPED_TEST_SUITE_P(StoreConformance, GivesBackWhatWasPut, HoldsAnEmptyObject,
                            AMissingObjectIsMissedByEveryCall, RefusesToReadPastTheEnd,
                            ReadsManyRangesInAnyOrder, PutIfAbsentTakesAFreeKeyOnly,
                            PutIfMatchReplacesTheNamedVersionOnly, EveryPutMakesANewVersion,
                            AnOpenObjectIsNeverItsSuccessor, AnUploadAppearsWholeWhenItIsFinished,
                            AnUploadIsReadBackOnlyAsFarAsItGoes, ADroppedUploadLeavesNothing,
                            AnUploadWhoseConditionFailsMayTryAgain, AnUploadReplacesTheNamedVersion,
                            AnUploadOfManyPiecesKeepsThemInOrder, RemovesTheNamedVersionOnly,
                            RenamesToAFreeKeyOnly, ListsKeysOfAPrefixSortedByBytes, ListsNoMoreThanTheLimit,
                            TakesKeysOfManyKinds, OneOfManyWritersTakesAFreeKey,
                            OneOfManyRenamersTakesAFreeKey, ALockShutsOutOthersOfTheSameKey,
                            NoChangeMadeUnderALockIsLost, AMappingIsTheRangeAndOutlivesTheObject,
                            ManyThreadsReadOneObject, SaysWhereItIs);

}  // namespace af
