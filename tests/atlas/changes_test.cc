// A change of a dataset that fails leaves nothing of itself behind; a commit that took place is one whatever
// fails after it.
#include "tale.h"

namespace af {
namespace {

// Fails at one look at an object, counted from 0.
class HalfBlindStore : public PassingStore {
 public:
  using PassingStore::PassingStore;

  void fail_at(int look) {
    looks_ = 0;
    fails_at_ = look;
  }
  void see_again() { fails_at_ = -1; }
  bool has_failed() const { return fails_at_ >= 0 && looks_ > fails_at_; }

  std::unique_ptr<Object> open(std::string_view key) const override {
    look(key);
    return store_->open(key);
  }
  std::optional<ObjectInfo> stat(std::string_view key) const override {
    look(key);
    return store_->stat(key);
  }

 private:
  void look(std::string_view key) const {
    if (looks_++ == fails_at_) fail(Status::kIo, quoted(key), " cannot be seen for the test");
  }

  mutable int looks_ = 0;
  int fails_at_ = -1;
};

struct Change {
  std::string name;
  void (*make)(const Collection& store);
};

const Change kChanges[] = {
    {"Write",
     [](const Collection& made) {
       made.open("d1").write<int32_t>("v", {7, 8});
     }},
    {"Define", [](const Collection& made) { made.open("d1")->define("new", array_of(TypeId::kInt32, {1})); }},
    {"DefineLeftOver",
     [](const Collection& made) { made.open("d2")->define("x", array_of(TypeId::kInt32, {1})); }},
    {"Erase", [](const Collection& made) { made.open("d1")->erase("v"); }},
    {"SetAttribute", [](const Collection& made) { made.open("d1")->set_attribute("n", text("one")); }},
    {"SetArrayAttribute",
     [](const Collection& made) { made.open("d1")->set_array_attribute("v", "units", text("C")); }},
    {"RemoveAttribute", [](const Collection& made) { made.open("d1")->remove_attribute("n"); }},
    {"Delete", [](const Collection& made) { made->delete_dataset("d1"); }}};

class AChange : public testing::TestWithParam<Change> {
 protected:
  // A place with two datasets.
  static std::shared_ptr<HalfBlindStore> found() {
    auto store = std::make_shared<HalfBlindStore>(create_memory_store());
    Collection made(Atlas::create(store, "w", to_write()));
    Member first = made.create("d1"), second = made.create("d2");
    first.put<int32_t>("v", {1, 10});
    first.put<int32_t>("x", {100});
    first->set_attribute("n", number(1.0));
    first->set_array_attribute("v", "units", text("K"));
    second.put<int32_t>("v", {2, 20});
    made->flush();
    return store;
  }
  static Collection open(const std::shared_ptr<ObjectStore>& store) {
    return Collection(Atlas::open(store, "w", to_write()));
  }
  // Answers whether the change was made; what fails is the look at the store of that number.
  static bool try_to_change(const Collection& made, HalfBlindStore& store, int look) {
    store.fail_at(look);
    try {
      GetParam().make(made);
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kIo) << error.message();
      EXPECT_TRUE(store.has_failed());
      store.see_again();
      return false;
    }
    return true;
  }
};
INSTANTIATE_TEST_SUITE_P(Told, AChange, testing::ValuesIn(kChanges),
                         [](const auto& info) { return info.param.name; });

TEST_P(AChange, ThatCannotSeeTheStoreLeavesNothingOfItself) {
  bool made_at_last = false;
  for (int look = 0; !made_at_last; look++) {
    SCOPED_TRACE(look);
    auto store = found();
    Collection made = open(store);
    const Texts before = made.contents();
    made = open(store);
    made_at_last = try_to_change(made, *store, look);
    if (made_at_last) break;
    ASSERT_FALSE(made->is_dirty());
    ASSERT_EQ(made.contents(), before);
    // Nor is it in the way of what others do to the dataset.
    Collection rival = open(store);
    rival.open("d1")->set_attribute("rival", number(1.0));
    rival->flush();
    made.create("mine");
    made->flush();
    Texts after = rival.contents();
    after.push_back("mine");
    ASSERT_EQ(open(store).contents(), after);
  }
}

TEST_P(AChange, ThatFailedIsMadeByTheNextAttempt) {
  Collection unhindered = open(found());
  GetParam().make(unhindered);
  for (int look = 0;; look++) {
    SCOPED_TRACE(look);
    auto store = found();
    Collection made = open(store);
    if (try_to_change(made, *store, look)) break;
    GetParam().make(made);
    made->flush();
    ASSERT_EQ(open(store).contents(), unhindered.contents());
  }
}

}  // namespace
}  // namespace af
