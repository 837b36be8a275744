// A store that fails on demand: a full disk, a lost answer, a process that died in the middle.
#pragma once

#include <memory>
#include <string>

#include "file/passing_store.h"

namespace af {

// Passes everything on to another store. Changes (uploads begun, appended to and finished, puts, removals,
// renames, folders made) are counted from 0, and one of them fails, or all from it on.
class FailingStore : public PassingStore {
 public:
  enum class Failure {
    kOnce,        // does not happen, later ones do
    kFromThenOn,  // nothing happens any more
    kAnswerLost,  // happens, but is answered with an error
  };

  using PassingStore::PassingStore;

  void fail_at(int change, Failure failure) {
    fails_at_ = change;
    failure_ = failure;
    changes_ = 0;
  }
  void work_again() { fails_at_ = -1; }
  int changes() const { return changes_; }
  // Whether the change that was to fail was reached.
  bool has_failed() const { return fails_at_ >= 0 && changes_ > fails_at_; }

  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    return change([&] { return store_->put(key, bytes, condition); });
  }
  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    return change([&] { return store_->remove(key, version); });
  }
  bool rename(std::string_view from, std::string_view to) override {
    return change([&] { return store_->rename(from, to); });
  }
  void make_folder(std::string_view folder) override {
    change([&] { return store_->make_folder(folder), true; });
  }
  std::unique_ptr<Upload> start_upload(std::string_view near) override {
    return change([&] { return std::make_unique<FailingUpload>(*this, store_->start_upload(near)); });
  }

 private:
  class FailingUpload : public Upload {
   public:
    FailingUpload(FailingStore& store, std::unique_ptr<Upload> upload)
        : store_(store), upload_(std::move(upload)) {}
    uint64_t size() const override { return upload_->size(); }
    void append(ByteView bytes) override {
      store_.change([&] { return upload_->append(bytes), true; });
    }
    void read(uint64_t offset, MutableBytes into) const override { upload_->read(offset, into); }
    std::optional<std::string> finish(std::string_view key, std::span<const ByteView> tail,
                                      const Condition& condition) override {
      return store_.change([&] { return upload_->finish(key, tail, condition); });
    }

   private:
    FailingStore& store_;
    std::unique_ptr<Upload> upload_;
  };

  template <typename Change>
  auto change(const Change& happen) -> decltype(happen()) {
    int number = changes_++;
    bool fails =
        fails_at_ >= 0 && (number == fails_at_ || (failure_ == Failure::kFromThenOn && number > fails_at_));
    if (!fails) return happen();
    if (failure_ == Failure::kAnswerLost) happen();
    fail(Status::kIo, "change ", number, " of the store fails for the test");
  }

  int fails_at_ = -1;
  Failure failure_ = Failure::kOnce;
  int changes_ = 0;
};

}  // namespace af
