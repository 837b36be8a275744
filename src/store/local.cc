#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "store/local_parts.h"
#include "store/posix_file.h"
#include "store/temp_file.h"

namespace af {
namespace {

// A relative folder as an absolute path, so that it stays the same one when the process changes its
// directory. It is left relative where the absolute path leads elsewhere, or through folders that this
// process may not pass.
std::string fixed_path(std::string_view folder) {
  std::string path(folder.empty() ? "." : folder);
  char here[PATH_MAX];
  struct stat by_name, by_dot;
  if (path.front() == '/' || !::getcwd(here, sizeof here)) return path;
  if (::stat(here, &by_name) != 0 || ::stat(".", &by_dot) != 0) return path;
  if (by_name.st_dev != by_dot.st_dev || by_name.st_ino != by_dot.st_ino) return path;
  return path == "." ? here : text_of(std::string_view(here), "/", path);
}

void check_key(std::string_view key) {
  std::string_view rest = key;
  while (true) {
    size_t slash = rest.find('/');
    std::string_view segment = rest.substr(0, slash);
    if (segment.empty() || segment == "." || segment == ".." || segment.find('\0') != std::string_view::npos)
      fail(Status::kInvalidName, "key ", quoted(key),
           ": expected names with '/' between, none of them empty, '.' or '..'");
    if (slash == std::string_view::npos) return;
    rest.remove_prefix(slash + 1);
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using FolderHandle = std::unique_ptr<DIR, CloseFolder>;

// nullptr if there is no such folder.
FolderHandle open_folder(const std::string& path) {
  while (true) {
    FolderHandle folder(::opendir(path.c_str()));
    if (folder || errno == ENOENT || errno == ENOTDIR) return folder;
    if (errno != EINTR) fail_os(errno, text_of("list ", quoted(path)));
  }
}

// nullptr after the last one.
const dirent* next_entry(const FolderHandle& folder, const std::string& path) {
  errno = 0;
  const dirent* entry = ::readdir(folder.get());
  if (!entry && errno != 0) fail_os(errno, text_of("list ", quoted(path)));
  return entry;
}

// The file's size and version; nothing if it is no file, or no longer there.
std::optional<ObjectInfo> describe_entry(const FolderHandle& folder, const char* name,
                                         const std::string& key) {
  struct stat file;
  if (uninterrupted([&] { return ::fstatat(::dirfd(folder.get()), name, &file, 0); }) != 0) {
    if (errno == ENOENT) return std::nullopt;
    // To leave it out would hide a layer.
    fail_os(errno, text_of("stat ", quoted(key)));
  }
  if (!S_ISREG(file.st_mode)) return std::nullopt;
  return ObjectInfo{key, file.st_size, version_of(file)};
}

class LocalStore : public ObjectStore {
 public:
  LocalStore(std::string_view folder, Durability durability) : folder_(folder), durability_(durability) {}

  std::string describe() const override { return folder_.path(); }

  std::unique_ptr<Object> open(std::string_view key) const override {
    return open_local_object(folder_.path_of(key), key);
  }

  std::optional<ObjectInfo> stat(std::string_view key) const override;

  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    return start_upload(key)->finish(key, bytes, condition);
  }

  std::unique_ptr<Upload> start_upload(std::string_view near) override {
    return start_local_upload(folder_, durability_, near);
  }

  bool remove(std::string_view key, const std::optional<std::string>& version) override;
  bool rename(std::string_view from, std::string_view to) override;
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const override;

  void make_folder(std::string_view folder) override {
    std::string path = folder_.path_of(folder);
    if (af::make_folder(path)) sync_folder_of(path, durability_);
  }

  int64_t remove_abandoned(std::string_view prefix,
                           const std::function<bool(std::string_view key)>& belongs) override;

  std::unique_ptr<StoreLock> lock(std::string_view key) override {
    return lock_local_file(folder_.path_of(key));
  }

 private:
  LocalFolder folder_;
  Durability durability_;
};

std::optional<ObjectInfo> LocalStore::stat(std::string_view key) const {
  std::optional<struct stat> file = find_file(folder_.path_of(key));
  if (!file || !S_ISREG(file->st_mode)) return std::nullopt;
  return ObjectInfo{std::string(key), file->st_size, version_of(*file)};
}

bool LocalStore::remove(std::string_view key, const std::optional<std::string>& version) {
  std::string path = folder_.path_of(key);
  std::optional<ObjectInfo> info = stat(key);
  if (!info || (version && *version != info->version)) return false;
  if (!remove_file(path)) return false;
  sync_folder_of(path, durability_);
  return true;
}

bool LocalStore::rename(std::string_view from, std::string_view to) {
  std::string old_path = folder_.path_of(from);
  std::string new_path = folder_.path_of(to);
  if (!stat(from)) fail(Status::kNotFound, "rename ", quoted(old_path), ": there is no such file");
  Naming outcome = rename_if_free(old_path, new_path);
  if (outcome == Naming::kUnable) {
    outcome = link_if_free(old_path, new_path);
    if (outcome == Naming::kDone) remove_file(old_path);
  }
  if (outcome == Naming::kUnable) fail_unable(new_path);
  if (outcome == Naming::kTaken) return false;
  sync_folder_of(new_path, durability_);
  if (folder_of(old_path) != folder_of(new_path)) sync_folder_of(old_path, durability_);
  return true;
}

int64_t LocalStore::remove_abandoned(std::string_view prefix,
                                     const std::function<bool(std::string_view key)>& belongs) {
  std::string inner(prefix.substr(0, prefix.rfind('/') + 1));
  std::string path = inner.empty() ? folder_.path() : folder_.path_of(inner.substr(0, inner.size() - 1));
  FolderHandle folder = open_folder(path);
  int64_t bytes = 0;
  while (const dirent* entry = folder ? next_entry(folder, path) : nullptr) {
    if (!is_temp_name(entry->d_name)) continue;
    std::string key = inner + std::string(name_behind_temp(entry->d_name));
    if (key.starts_with(prefix) && belongs(key))
      bytes += remove_if_abandoned(text_of(path, "/", std::string_view(entry->d_name)));
  }
  return bytes;
}

std::vector<ObjectInfo> LocalStore::list(std::string_view prefix, int64_t limit) const {
  std::string inner(prefix.substr(0, prefix.rfind('/') + 1));  // "" or a folder and its '/'
  std::string_view name_prefix = prefix.substr(inner.size());
  std::string path = inner.empty() ? folder_.path() : folder_.path_of(inner.substr(0, inner.size() - 1));
  std::vector<ObjectInfo> found;
  FolderHandle folder = open_folder(path);
  while (const dirent* entry = folder ? next_entry(folder, path) : nullptr) {
    std::string_view name = entry->d_name;
    bool may_be_key = entry->d_type != DT_DIR && !is_temp_name(name) && is_utf8(name);
    if (!may_be_key || !name.starts_with(name_prefix)) continue;
    std::optional<ObjectInfo> info = describe_entry(folder, entry->d_name, inner + entry->d_name);
    if (!info) continue;
    if (static_cast<int64_t>(found.size()) >= limit)
      fail(Status::kLimitExceeded, quoted(path), " holds more than ", limit, " files beginning with ",
           quoted(name_prefix));
    found.push_back(std::move(*info));
  }
  std::sort(found.begin(), found.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.key < b.key; });
  return found;
}

}  // namespace

LocalFolder::LocalFolder(std::string_view folder) : path_(fixed_path(folder)) {
  if (folder.find('\0') != std::string_view::npos)
    fail(Status::kInvalidName, "folder ", quoted(folder), ": a path cannot hold a NUL");
}

std::string LocalFolder::path_of(std::string_view key) const {
  check_key(key);
  return text_of(path_, path_.ends_with('/') ? "" : "/", key);
}

std::shared_ptr<ObjectStore> open_local_store(std::string_view folder, Durability durability) {
  return std::make_shared<LocalStore>(folder, durability);
}

}  // namespace af
