// A disk in front of which the power may fail: it keeps every change of a folder in order, and knows which of
// them were made durable by a sync of the file or of the folder, and which might be lost.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "system_calls.h"

namespace af::proofs {

// What is in a folder: names and bytes.
using Files = std::map<std::string, std::string>;

struct Change {
  enum Kind {
    kCreate,
    kWrite,
    kTruncate,
    kSyncFile,
    kLink,
    kRename,
    kExchange,
    kRemove,
    kSyncFolder,
    kCommitBegins,       // not of the disk: somebody asks for a commit,
    kCommitAcknowledged  // and is told that it has happened
  };
  Kind kind;
  size_t inode = 0;
  std::string name, to;
  uint64_t offset = 0;  // of a truncation: the new size; of an exchange: the other inode
  std::string bytes;
};

// Records the changes of a folder.
class Recorder : public CallWatcher {
 public:
  explicit Recorder(std::string folder) : folder_(std::move(folder) + "/") {}

  const std::vector<Change>& changes() const { return changes_; }
  size_t inodes() const { return inodes_; }
  void mark(Change::Kind kind) { add({kind}); }

  void done(const SystemCall& call, int64_t result) override;
  void closed(int fd) override { open_.erase(fd); }

 private:
  static constexpr size_t kTheFolder = SIZE_MAX;

  void add(Change change) { changes_.push_back(std::move(change)); }
  bool is_here(const char* path) const { return std::string_view(path).starts_with(folder_); }
  std::string name_of(const char* path) const { return std::string(path).substr(folder_.size()); }
  void opened(const SystemCall& call, int fd);
  void renamed(const SystemCall& call);

  std::string folder_;
  std::vector<Change> changes_;
  std::map<std::string, size_t> names_;
  std::map<int, size_t> open_;
  size_t inodes_ = 0;
};

// What may be left of the changes that were not durable.
enum class Loss {
  kNone,
  kAll,
  kTorn,    // each file keeps a beginning, cut at 512 bytes; of the names the first so many changes
  kRandom,  // any sectors, any changes of names
};

// The disk after some of the changes.
class Disk {
 public:
  explicit Disk(size_t inodes) : bytes_(inodes), pending_bytes_(inodes) {}

  // For showing that the proof would find it: syncs that do nothing.
  bool ignores_file_syncs = false, ignores_folder_syncs = false;

  void apply(const Change& change);
  // What is there after the power failed now.
  Files survivors(Loss loss, std::mt19937_64& random) const;

 private:
  using Names = std::map<std::string, size_t>;

  static void apply_to(Names& names, const Change& change);
  static void apply_to(std::string& bytes, const Change& change);
  std::string bytes_of(size_t inode, Loss loss, std::mt19937_64& random) const;

  Names names_;
  std::vector<std::string> bytes_;
  std::vector<const Change*> pending_names_;
  std::vector<std::vector<const Change*>> pending_bytes_;
};

}  // namespace af::proofs
