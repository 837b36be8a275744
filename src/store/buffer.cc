// Objects that are no files of a store: bytes in a caller's memory, and a file of which only a descriptor is
// known.
#include <fcntl.h>

#include <algorithm>

#include "store/local_parts.h"
#include "store/posix_file.h"
#include "store/ranges.h"
#include "store/segment.h"

namespace af {
namespace {

class BufferMapping : public Mapping {
 public:
  BufferMapping(ByteView bytes, std::shared_ptr<const void> owner) : owner_(std::move(owner)) {
    bytes_ = bytes;
  }

 private:
  std::shared_ptr<const void> owner_;
};

class BufferObject : public Object {
 public:
  BufferObject(ByteView bytes, std::shared_ptr<const void> owner)
      : info_{"a buffer", static_cast<int64_t>(bytes.size()), "1"}, bytes_(bytes), owner_(std::move(owner)) {}

  const ObjectInfo& info() const override { return info_; }
  void read(uint64_t offset, MutableBytes into) const override {
    check_range(info_, offset, into.size());
    std::ranges::copy(bytes_.subspan(offset, into.size()), into.begin());
  }
  std::unique_ptr<Mapping> map(uint64_t offset, uint64_t length) const override {
    check_range(info_, offset, length);
    return std::make_unique<BufferMapping>(bytes_.subspan(offset, length), owner_);
  }

 private:
  ObjectInfo info_;
  ByteView bytes_;
  std::shared_ptr<const void> owner_;
};

std::shared_ptr<ObjectStore> store_of(std::unique_ptr<Object> object, std::string key) {
  const uint64_t size = static_cast<uint64_t>(object->info().size);
  return open_segment_store(std::move(object), 0, size, std::move(key));
}

}  // namespace

std::shared_ptr<ObjectStore> open_buffer_store(ByteView bytes, std::shared_ptr<const void> owner,
                                               std::string key) {
  return store_of(std::make_unique<BufferObject>(bytes, std::move(owner)), std::move(key));
}

std::shared_ptr<ObjectStore> open_descriptor_store(int descriptor, std::string key) {
  std::string path = text_of("file descriptor ", descriptor);
  FileDescriptor own(uninterrupted([&] { return ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0); }));
  if (!own.is_open() && errno == EBADF) fail(Status::kInvalidArgument, path, " is not open");
  if (!own.is_open()) fail_os(errno, text_of("duplicate ", path));
  return store_of(local_object_of(std::move(own), path, key), std::move(key));
}

}  // namespace af
