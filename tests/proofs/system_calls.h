// The system calls that the local store makes, seen and refused: a program with system_calls.cc in it has its
// own definitions of them, which stand before those of the C library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace af::proofs {

struct SystemCall {
  enum Kind {
    kOpen,
    kStat,
    kRead,
    kWrite,
    kTruncate,
    kSync,
    kLink,
    kRename,
    kRenameIfFree,
    kExchange,
    kRemove,
    kLock,
    kMap,
    kListFolder,
    kNextEntry,
    kRandom,
    kSetTimes,
    kSetMode,
    kSetOwner,
    kWorkingFolder,
    kKinds
  };
  Kind kind;
  const void* site;  // where it returns to: tells the places in the code apart
  int fd = -1;       // of an open(): the flags
  const char* path = nullptr;
  const char* to = nullptr;
  int64_t offset = 0;  // of a truncation: the new size
  std::span<const std::byte> bytes;
  size_t size = 0;  // of reads
};

class CallWatcher {
 public:
  virtual ~CallWatcher() = default;
  // The errno to fail with instead of making the call; 0: make it.
  virtual int before(const SystemCall&) { return 0; }
  // How many of the bytes of a read or write to take.
  virtual size_t cut(const SystemCall&, size_t size) { return size; }
  // The call was made and did not fail.
  virtual void done(const SystemCall&, int64_t) {}
  virtual void closed(int) {}
  // Instead of syncing for real. Nothing here survives a loss of power, nor need it.
  bool syncs_for_real = false;

  // Who watches the calls of this process; nullptr: nobody.
  static inline CallWatcher* current = nullptr;
};

// Watches while it lives.
class Watching {
 public:
  explicit Watching(CallWatcher& watcher) { CallWatcher::current = &watcher; }
  ~Watching() { CallWatcher::current = nullptr; }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
};

// Does not, while it lives.
class Unwatched {
 public:
  Unwatched() : watcher_(CallWatcher::current) { CallWatcher::current = nullptr; }
  ~Unwatched() { CallWatcher::current = watcher_; }
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;

 private:
  CallWatcher* watcher_;
};

}  // namespace af::proofs
