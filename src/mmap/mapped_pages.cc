#include "mmap/mapped_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace af {
namespace {

// Whole pages around a range, as madvise and msync ask for.
struct Pages {
  std::byte* start;
  size_t length;
};

Pages pages_around(std::byte* base, int64_t offset, int64_t length) {
  const int64_t skip = offset % sysconf(_SC_PAGESIZE);
  return {base + offset - skip, static_cast<size_t>(length + skip)};
}

int posix_advice(Advice advice) {
  switch (advice) {
    case Advice::kSequential: return MADV_SEQUENTIAL;
    case Advice::kRandom: return MADV_RANDOM;
    case Advice::kWillNeed: return MADV_WILLNEED;
    case Advice::kDontNeed: return MADV_DONTNEED;
    default: return MADV_NORMAL;
  }
}

}  // namespace

MappedPages::MappedPages(const RegularFile& file, int64_t size, MapMode mode) : size_(size), mode_(mode) {
  const int protection = mode == MapMode::kReadOnly ? PROT_READ : PROT_READ | PROT_WRITE;
  // Private pages are not counted in advance: an array larger than memory may be opened to change a little of
  // it.
  const int flags = mode == MapMode::kCopyOnWrite ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED;
  void* base = mmap(nullptr, static_cast<size_t>(size), protection, flags, file.fd(), 0);
  if (base == MAP_FAILED) fail_os(errno, text_of("mapping ", size, " bytes of ", quoted(file.path())));
  base_ = static_cast<std::byte*>(base);
}

MappedPages::~MappedPages() { munmap(base_, static_cast<size_t>(size_)); }

void MappedPages::flush(const RegularFile& file, int64_t offset, int64_t length, FlushWait wait) const {
  if (length == 0) return;
  const Pages pages = pages_around(base_, offset, length);
  const int flags = wait == FlushWait::kUntilOnDisk ? MS_SYNC : MS_ASYNC;
  if (msync(pages.start, pages.length, flags) != 0) fail_os(errno, text_of("flushing ", quoted(file.path())));
}

void MappedPages::advise(const RegularFile& file, Advice advice, int64_t offset, int64_t length) const {
  // To a private mapping "don't need" means "forget what was written".
  if (length == 0 || (advice == Advice::kDontNeed && mode_ == MapMode::kCopyOnWrite)) return;
  const Pages pages = pages_around(base_, offset, length);
  if (madvise(pages.start, pages.length, posix_advice(advice)) != 0)
    fail_os(errno, text_of("advice for ", quoted(file.path())));
}

}  // namespace af
