#include "disk.h"

#include <fcntl.h>

#include <algorithm>

namespace af::proofs {

// ---------------------------------------------------------------- recording

void Recorder::opened(const SystemCall& call, int fd) {
  int flags = call.fd;
  if (std::string(call.path) + "/" == folder_) {
    open_[fd] = kTheFolder;
    return;
  }
  if (!is_here(call.path)) return;
  std::string name = name_of(call.path);
  auto found = names_.find(name);
  if (found == names_.end() && flags & O_CREAT) {
    found = names_.emplace(name, inodes_++).first;
    add({Change::kCreate, found->second, name});
  }
  if (found != names_.end()) open_[fd] = found->second;
}

void Recorder::renamed(const SystemCall& call) {
  std::string from = name_of(call.path), to = name_of(call.to);
  size_t inode = names_.at(from);
  if (call.kind == SystemCall::kExchange) {
    add({Change::kExchange, inode, from, to, names_.at(to)});
    std::swap(names_.at(from), names_.at(to));
    return;
  }
  names_[to] = inode;
  if (call.kind != SystemCall::kLink) names_.erase(from);
  add({call.kind == SystemCall::kLink ? Change::kLink : Change::kRename, inode, from, to});
}

void Recorder::done(const SystemCall& call, int64_t result) {
  using Call = SystemCall;
  auto file = open_.find(call.fd);
  bool known = call.kind != Call::kOpen && file != open_.end();
  switch (call.kind) {
    case Call::kOpen: return opened(call, static_cast<int>(result));
    case Call::kLink:
    case Call::kRename:
    case Call::kRenameIfFree:
    case Call::kExchange:
      if (is_here(call.path)) renamed(call);
      return;
    case Call::kRemove:
      if (!is_here(call.path)) return;
      add({Change::kRemove, 0, name_of(call.path)});
      names_.erase(name_of(call.path));
      return;
    case Call::kWrite:
      if (known)
        add({Change::kWrite,
             file->second,
             "",
             "",
             static_cast<uint64_t>(call.offset),
             {reinterpret_cast<const char*>(call.bytes.data()), static_cast<size_t>(result)}});
      return;
    case Call::kTruncate:
      if (known) add({Change::kTruncate, file->second, "", "", static_cast<uint64_t>(call.offset)});
      return;
    case Call::kSync:
      if (!known) return;
      if (file->second == kTheFolder) return add({Change::kSyncFolder});
      return add({Change::kSyncFile, file->second});
    default: return;
  }
}

// ---------------------------------------------------------------- what is durable

void Disk::apply_to(Names& names, const Change& change) {
  switch (change.kind) {
    case Change::kCreate: names[change.name] = change.inode; return;
    case Change::kExchange:
      names[change.name] = change.offset;
      names[change.to] = change.inode;
      return;
    case Change::kRename: names.erase(change.name); [[fallthrough]];
    case Change::kLink: names[change.to] = change.inode; return;
    default: names.erase(change.name); return;
  }
}

void Disk::apply_to(std::string& bytes, const Change& change) {
  if (change.kind == Change::kTruncate) return bytes.resize(change.offset);
  bytes.resize(std::max<size_t>(bytes.size(), change.offset + change.bytes.size()));
  bytes.replace(change.offset, change.bytes.size(), change.bytes);
}

void Disk::apply(const Change& change) {
  switch (change.kind) {
    case Change::kCreate:
    case Change::kLink:
    case Change::kRename:
    case Change::kExchange:
    case Change::kRemove: pending_names_.push_back(&change); return;
    case Change::kWrite:
    case Change::kTruncate: pending_bytes_[change.inode].push_back(&change); return;
    case Change::kSyncFile:
      if (ignores_file_syncs) return;
      for (const Change* pending : pending_bytes_[change.inode]) apply_to(bytes_[change.inode], *pending);
      pending_bytes_[change.inode].clear();
      return;
    case Change::kSyncFolder:
      if (ignores_folder_syncs) return;
      for (const Change* pending : pending_names_) apply_to(names_, *pending);
      pending_names_.clear();
      return;
    default: return;
  }
}

// ---------------------------------------------------------------- what is left

std::string Disk::bytes_of(size_t inode, Loss loss, std::mt19937_64& random) const {
  constexpr uint64_t kSector = 512;
  const std::string& durable = bytes_[inode];
  if (loss == Loss::kAll || pending_bytes_[inode].empty()) return durable;
  std::string written = durable;
  for (const Change* pending : pending_bytes_[inode]) apply_to(written, *pending);
  if (loss == Loss::kNone) return written;
  size_t sectors = (std::max(durable.size(), written.size()) + kSector - 1) / kSector;
  size_t kept = random() % (sectors + 1);
  // The length may be the old or the new one; what was not written within it is zero.
  std::string left = durable;
  left.resize(random() % 2 == 0 ? written.size() : durable.size());
  for (size_t sector = 0; sector < sectors; sector++) {
    bool keep = loss == Loss::kTorn ? sector < kept : random() % 2 == 0;
    size_t at = sector * kSector;
    if (!keep || at >= written.size()) continue;
    std::string piece = written.substr(at, kSector);
    if (left.size() < at + piece.size()) left.resize(at + piece.size());
    left.replace(at, piece.size(), piece);
  }
  return left;
}

Files Disk::survivors(Loss loss, std::mt19937_64& random) const {
  Names names = names_;
  size_t kept = random() % (pending_names_.size() + 1);
  for (size_t i = 0; i < pending_names_.size(); i++) {
    bool keep = loss == Loss::kNone || (loss == Loss::kTorn && i < kept) ||
                (loss == Loss::kRandom && random() % 2 == 0);
    if (keep) apply_to(names, *pending_names_[i]);
  }
  Files files;
  for (const auto& [name, inode] : names) files[name] = bytes_of(inode, loss, random);
  return files;
}

}  // namespace af::proofs
