#include "store/spool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace af {
namespace {

std::string temporary_folder() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen && *chosen ? chosen : "/tmp";
}

FileDescriptor unnamed_file(const std::string& folder) {
  FileDescriptor file = try_open(folder, O_TMPFILE | O_RDWR, 0600);
  if (file.is_open()) return file;
  // Not every file system has files without names.
  std::string path = folder + "/arrayformat-XXXXXX";
  FileDescriptor named(::mkostemp(path.data(), O_CLOEXEC));
  if (!named.is_open()) fail_os(errno, text_of("a temporary file in ", quoted(folder)));
  ::unlink(path.c_str());
  return named;
}

}  // namespace

Spool::~Spool() { unmap(); }

void Spool::unmap() {
  if (mapped_) ::munmap(mapped_, mapped_size_);
  mapped_ = nullptr;
}

void Spool::append(ByteView bytes) {
  unmap();
  if (!file_.is_open() && size_ + bytes.size() > limit_) move_to_file();
  if (file_.is_open())
    write_at(file_.get(), size_, bytes, "a temporary file");
  else
    memory_.insert(memory_.end(), bytes.begin(), bytes.end());
  size_ += bytes.size();
}

void Spool::move_to_file() {
  FileDescriptor file = unnamed_file(temporary_folder());
  write_at(file.get(), 0, memory_, "a temporary file");
  file_ = std::move(file);
  memory_ = {};
}

void Spool::read(uint64_t offset, MutableBytes into) const {
  if (!within(offset, into.size(), size_))
    fail(Status::kInternal, "an upload has ", size_, " bytes; expected ", into.size(), " at offset ", offset);
  if (!file_.is_open()) {
    std::copy_n(memory_.begin() + static_cast<ptrdiff_t>(offset), into.size(), into.begin());
    return;
  }
  std::array<MutableBytes, 1> part{into};
  if (read_at(file_.get(), offset, part, "a temporary file") != into.size())
    fail(Status::kIo, "a temporary file has become shorter");
}

ByteView Spool::view() {
  if (!file_.is_open()) return memory_;
  if (!mapped_) {
    void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_.get(), 0);
    if (mapped == MAP_FAILED) fail_os(errno, "map a temporary file");
    mapped_ = mapped;
    mapped_size_ = size_;
  }
  return {static_cast<const std::byte*>(mapped_), size_};
}

}  // namespace af
