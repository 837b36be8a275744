// A store each call of which may fail, reads and locks included.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace af::proofs {

class FaultyStore : public ObjectStore {
 public:
  struct Trouble {
    int64_t calls = 0;
    int64_t fails_at = -1;
    bool from_then_on = false;

    void call() {
      int64_t number = calls++;
      if (fails_at >= 0 && (number == fails_at || (from_then_on && number > fails_at)))
        fail(Status::kIo, "call ", number, " of the store fails for the proof");
    }
  };

  FaultyStore(std::shared_ptr<ObjectStore> store, Trouble& trouble)
      : store_(std::move(store)), trouble_(trouble) {}

  std::string describe() const override { return store_->describe(); }
  std::unique_ptr<Object> open(std::string_view key) const override {
    trouble_.call();
    return std::make_unique<FaultyObject>(store_->open(key), trouble_);
  }
  std::optional<ObjectInfo> stat(std::string_view key) const override {
    trouble_.call();
    return store_->stat(key);
  }
  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    trouble_.call();
    return store_->put(key, bytes, condition);
  }
  std::unique_ptr<Upload> start_upload(std::string_view near) override {
    trouble_.call();
    return std::make_unique<FaultyUpload>(store_->start_upload(near), trouble_);
  }
  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    trouble_.call();
    return store_->remove(key, version);
  }
  bool rename(std::string_view from, std::string_view to) override {
    trouble_.call();
    return store_->rename(from, to);
  }
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const override {
    trouble_.call();
    return store_->list(prefix, limit);
  }
  std::unique_ptr<StoreLock> lock(std::string_view key) override {
    trouble_.call();
    return store_->lock(key);
  }

 private:
  class FaultyObject : public Object {
   public:
    FaultyObject(std::unique_ptr<Object> object, Trouble& trouble)
        : object_(std::move(object)), trouble_(trouble) {}
    const ObjectInfo& info() const override { return object_->info(); }
    void read(uint64_t offset, MutableBytes into) const override {
      trouble_.call();
      object_->read(offset, into);
    }

   private:
    std::unique_ptr<Object> object_;
    Trouble& trouble_;
  };
  class FaultyUpload : public Upload {
   public:
    FaultyUpload(std::unique_ptr<Upload> upload, Trouble& trouble)
        : upload_(std::move(upload)), trouble_(trouble) {}
    uint64_t size() const override { return upload_->size(); }
    void append(ByteView bytes) override {
      trouble_.call();
      upload_->append(bytes);
    }
    void read(uint64_t offset, MutableBytes into) const override {
      trouble_.call();
      upload_->read(offset, into);
    }
    std::optional<std::string> finish(std::string_view key, std::span<const ByteView> tail,
                                      const Condition& condition) override {
      trouble_.call();
      return upload_->finish(key, tail, condition);
    }

   private:
    std::unique_ptr<Upload> upload_;
    Trouble& trouble_;
  };

  std::shared_ptr<ObjectStore> store_;
  Trouble& trouble_;
};

}  // namespace af::proofs
