// A store that passes everything on to another one, for tests to change a part of it.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace af {

class PassingStore : public ObjectStore {
 public:
  explicit PassingStore(std::shared_ptr<ObjectStore> store) : store_(std::move(store)) {}

  std::string describe() const override { return store_->describe(); }
  std::unique_ptr<Object> open(std::string_view key) const override { return store_->open(key); }
  std::optional<ObjectInfo> stat(std::string_view key) const override { return store_->stat(key); }
  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    return store_->put(key, bytes, condition);
  }
  std::unique_ptr<Upload> start_upload(std::string_view near) override { return store_->start_upload(near); }
  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    return store_->remove(key, version);
  }
  bool rename(std::string_view from, std::string_view to) override { return store_->rename(from, to); }
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const override {
    return store_->list(prefix, limit);
  }
  void make_folder(std::string_view folder) override { store_->make_folder(folder); }
  std::unique_ptr<StoreLock> lock(std::string_view key) override { return store_->lock(key); }

 protected:
  std::shared_ptr<ObjectStore> store_;
};

}  // namespace af
