// Sidecars get other names when those that a compaction absorbed are cleared away. Who opens the stack
// meanwhile still sees every commit.
#include <gtest/gtest.h>

#include <functional>

#include "passing_store.h"
#include "story.h"

namespace af {
namespace {

// Lets something happen right after a certain object was opened for the first time.
class InterruptedStore : public PassingStore {
 public:
  InterruptedStore(std::shared_ptr<ObjectStore> store, std::string after, std::function<void()> happens)
      : PassingStore(std::move(store)), after_(std::move(after)), happens_(std::move(happens)) {}

  std::unique_ptr<Object> open(std::string_view key) const override {
    std::unique_ptr<Object> object = store_->open(key);
    if (key == after_ && happens_) std::exchange(happens_, nullptr)();
    return object;
  }

 private:
  std::string after_;
  mutable std::function<void()> happens_;
};

// Without locks a compaction does not shut out those who commit meanwhile. Its process dies before it removes
// anything.
class DyingStore : public PassingStore {
 public:
  DyingStore(std::shared_ptr<ObjectStore> store, std::function<void()> meanwhile)
      : PassingStore(std::move(store)), meanwhile_(std::move(meanwhile)) {}

  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }
  std::unique_ptr<Upload> start_upload(std::string_view near) override {
    std::unique_ptr<Upload> upload = store_->start_upload(near);
    if (meanwhile_) std::exchange(meanwhile_, nullptr)();
    return upload;
  }
  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    if (key == "s.1.af") died_ = true;
    if (died_) fail(Status::kIo, "this process is dead");
    return store_->remove(key, version);
  }

 private:
  std::function<void()> meanwhile_;
  bool died_ = false;
};

Stack open_to_write(const std::shared_ptr<ObjectStore>& store) {
  FileOptions options;
  options.writable = true;
  options.threads = 1;
  return Stack(ArrayFile::open(store, "s.af", options));
}

void commit(const std::shared_ptr<ObjectStore>& store, const std::string& array) {
  Stack stack = open_to_write(store);
  stack.define<int64_t>(array, {1});
  stack->flush();
}

// A compaction absorbed `a` and died before it removed a's sidecar; `b` and `c` were committed behind it.
std::shared_ptr<ObjectStore> place_of_a_dead_compaction() {
  auto store = create_memory_store();
  Stack(ArrayFile::create(store, "s.af", {})).close();
  commit(store, "a");
  auto dying = std::make_shared<DyingStore>(store, [=] {
    commit(store, "b");
    commit(store, "c");
  });
  open_to_write(dying)->compact();
  EXPECT_TRUE(store->stat("s.3.af"));
  return store;
}

TEST(AStackThatIsTidiedWhileItIsOpened, IsSeenWithEveryCommit) {
  auto store = place_of_a_dead_compaction();
  auto interrupted = std::make_shared<InterruptedStore>(store, "s.1.af", [&] { commit(store, "d"); });
  Stack seen(ArrayFile::open(interrupted, "s.af", {}));
  EXPECT_FALSE(store->stat("s.4.af")) << "nothing was tidied";
  EXPECT_EQ(seen.names(), (Texts{"a", "b", "c", "d"}));
}

}  // namespace
}  // namespace af
