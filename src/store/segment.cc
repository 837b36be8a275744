#include "store/segment.h"

namespace af {
namespace {

class SegmentObject : public Object {
 public:
  SegmentObject(std::shared_ptr<const Object> whole, uint64_t offset, ObjectInfo info)
      : whole_(std::move(whole)), offset_(offset), info_(std::move(info)) {}

  const ObjectInfo& info() const override { return info_; }
  void read(uint64_t offset, MutableBytes into) const override {
    whole_->read(within_whole(offset, into.size()), into);
  }
  void read_many(std::vector<ReadRequest> requests) const override {
    for (ReadRequest& request : requests) request.offset = within_whole(request.offset, request.into.size());
    whole_->read_many(std::move(requests));
  }
  bool is_far() const override { return whole_->is_far(); }
  std::unique_ptr<Mapping> map(uint64_t offset, uint64_t length) const override {
    return whole_->map(within_whole(offset, length), length);
  }

 private:
  uint64_t within_whole(uint64_t offset, uint64_t length) const {
    if (!within(offset, length, static_cast<uint64_t>(info_.size)))
      fail(Status::kCorrupt, quoted(info_.key), ": ", length, " bytes at ", offset, " lie outside its ",
           info_.size, " bytes");
    return offset_ + offset;
  }

  std::shared_ptr<const Object> whole_;
  uint64_t offset_;
  ObjectInfo info_;
};

class SegmentStore : public ObjectStore {
 public:
  SegmentStore(std::shared_ptr<const Object> whole, uint64_t offset, ObjectInfo info)
      : whole_(std::move(whole)), offset_(offset), info_(std::move(info)) {}

  std::string describe() const override { return text_of("part of ", whole_->info().key); }
  std::unique_ptr<Object> open(std::string_view key) const override {
    if (key != info_.key) fail(Status::kNotFound, describe(), ": there is no ", quoted(key));
    return std::make_unique<SegmentObject>(whole_, offset_, info_);
  }
  std::optional<ObjectInfo> stat(std::string_view key) const override {
    if (key != info_.key) return {};
    return info_;
  }
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t) const override {
    if (!info_.key.starts_with(prefix)) return {};
    return {info_};
  }
  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }

  std::optional<std::string> put(std::string_view, ByteView, const Condition&) override { refuse(); }
  std::unique_ptr<Upload> start_upload(std::string_view) override { refuse(); }
  bool remove(std::string_view, const std::optional<std::string>&) override { refuse(); }
  bool rename(std::string_view, std::string_view) override { refuse(); }

 private:
  [[noreturn]] void refuse() const { fail(Status::kReadOnly, describe(), " cannot be changed"); }

  std::shared_ptr<const Object> whole_;
  uint64_t offset_;
  ObjectInfo info_;
};

}  // namespace

std::shared_ptr<ObjectStore> open_segment_store(std::shared_ptr<const Object> whole, uint64_t offset,
                                                uint64_t length, std::string key) {
  ObjectInfo info{std::move(key), static_cast<int64_t>(length),
                  text_of(whole->info().version, "@", offset, "+", length)};
  return std::make_shared<SegmentStore>(std::move(whole), offset, std::move(info));
}

}  // namespace af
