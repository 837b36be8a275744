#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "store/local_parts.h"
#include "store/posix_file.h"
#include "store/ranges.h"

namespace af {
namespace {

constexpr size_t kGap = 16 * 1024;
constexpr Neighbours kOneFetch = {kGap, 8 * 1024 * 1024, 256};

// Pages of a file. Unmapped when dropped; the file may be closed, renamed or removed before.
class FileMapping : public Mapping {
 public:
  FileMapping(void* pages, size_t pages_size, size_t skip, size_t length)
      : pages_(pages), pages_size_(pages_size) {
    bytes_ = {static_cast<const std::byte*>(pages) + skip, length};
  }
  ~FileMapping() override { ::munmap(pages_, pages_size_); }
  FileMapping(const FileMapping&) = delete;
  FileMapping& operator=(const FileMapping&) = delete;

 private:
  void* pages_;
  size_t pages_size_;
};

class EmptyMapping : public Mapping {};

class LocalObject : public Object {
 public:
  LocalObject(FileDescriptor fd, std::string path, ObjectInfo info)
      : fd_(std::move(fd)), path_(std::move(path)), info_(std::move(info)) {}

  const ObjectInfo& info() const override { return info_; }
  void read(uint64_t offset, MutableBytes into) const override {
    check_range(info_, offset, into.size());
    fill(offset, into.size(), {&into, 1});
  }
  void read_many(std::vector<ReadRequest> requests) const override;
  std::unique_ptr<Mapping> map(uint64_t offset, uint64_t length) const override;

 private:
  void fill(uint64_t offset, uint64_t size, std::span<const MutableBytes> parts) const;
  void read_group(std::span<const ReadRequest> group) const;
  [[noreturn]] void fail_shrunk(uint64_t size) const;

  FileDescriptor fd_;
  std::string path_;
  ObjectInfo info_;
};

void LocalObject::fail_shrunk(uint64_t size) const {
  fail(Status::kCorrupt, quoted(path_), " was cut short: it had ", info_.size,
       " bytes when it was opened and now has ", size);
}

void LocalObject::fill(uint64_t offset, uint64_t size, std::span<const MutableBytes> parts) const {
  uint64_t found = read_at(fd_.get(), offset, parts, path_);
  if (found < size) fail_shrunk(offset + found);
}

void LocalObject::read_many(std::vector<ReadRequest> requests) const {
  for (const ReadRequest& request : requests) check_range(info_, request.offset, request.into.size());
  for (std::span<const ReadRequest> group : group_neighbours(requests, kOneFetch)) read_group(group);
}

// What lies between the requests is read, too, into one place that nobody looks at.
void LocalObject::read_group(std::span<const ReadRequest> group) const {
  std::array<std::byte, kGap> unwanted;
  std::vector<MutableBytes> parts;
  parts.reserve(group.size() * 2);
  uint64_t at = group.front().offset;
  for (const ReadRequest& request : group) {
    if (request.offset > at) parts.push_back(MutableBytes(unwanted).first(request.offset - at));
    parts.push_back(request.into);
    at = request.offset + request.into.size();
  }
  fill(group.front().offset, at - group.front().offset, parts);
}

std::unique_ptr<Mapping> LocalObject::map(uint64_t offset, uint64_t length) const {
  check_range(info_, offset, length);
  if (length == 0) return std::make_unique<EmptyMapping>();
  // To touch a page behind the end would kill the process.
  uint64_t size = static_cast<uint64_t>(stat_of(fd_.get(), path_).st_size);
  if (!within(offset, length, size)) fail_shrunk(size);
  size_t skip = offset % static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  void* pages =
      ::mmap(nullptr, skip + length, PROT_READ, MAP_PRIVATE, fd_.get(), static_cast<off_t>(offset - skip));
  if (pages == MAP_FAILED) return nullptr;
  return std::make_unique<FileMapping>(pages, skip + length, skip, length);
}

[[noreturn]] void fail_no_file(const std::string& path) {
  fail(Status::kInvalidName, "open ", quoted(path),
       ": expected a file, found a folder, pipe, socket or device");
}

}  // namespace

std::unique_ptr<Object> local_object_of(FileDescriptor fd, const std::string& path, std::string_view key) {
  struct stat file = stat_of(fd.get(), path);
  if (S_ISREG(file.st_mode))
    return std::make_unique<LocalObject>(std::move(fd), path,
                                         ObjectInfo{std::string(key), file.st_size, version_of(file)});
  fail_no_file(path);
}

std::unique_ptr<Object> open_local_object(const std::string& path, std::string_view key) {
  // Without waiting for a writer, should it be a pipe.
  FileDescriptor fd = try_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (fd.is_open()) return local_object_of(std::move(fd), path, key);
  if (errno == ENXIO) fail_no_file(path);
  fail_os(errno, text_of("open ", quoted(path)));
}

}  // namespace af
