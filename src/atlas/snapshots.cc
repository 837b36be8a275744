// Commits that stay open to readers: the metadata of each, beside the store's. Their layers are there as long
// as nobody compacts.
#include <algorithm>
#include <charconv>

#include "atlas/atlas_impl.h"

namespace af {
namespace {

// No variable's folder begins so.
constexpr std::string_view kCommitsFolder = "_commits";
constexpr int64_t kMostCommits = int64_t{1} << 20;

// "7-1700000000000.json": the number of a commit, its time, and the form of the metadata.
std::optional<KeptCommit> commit_of_key(std::string_view key) {
  KeptCommit commit{0, 0, std::string(key)};
  std::string_view name = key.substr(key.rfind('/') + 1);
  auto number = std::from_chars(name.data(), name.data() + name.size(), commit.sequence);
  if (number.ec != std::errc() || number.ptr == name.data() + name.size() || *number.ptr != '-') return {};
  auto time = std::from_chars(number.ptr + 1, name.data() + name.size(), commit.unix_ms);
  if (time.ec != std::errc() || time.ptr == name.data() + name.size() || *time.ptr != '.') return {};
  return commit;
}

}  // namespace

std::vector<KeptCommit> Atlas::Impl::kept_commits() const {
  std::vector<KeptCommit> commits;
  for (const ObjectInfo& info : store->list(text_of(prefix, kCommitsFolder, "/"), kMostCommits))
    if (std::optional<KeptCommit> commit = commit_of_key(info.key)) commits.push_back(std::move(*commit));
  std::ranges::sort(commits, {}, [](const KeptCommit& one) { return std::pair(one.sequence, one.unix_ms); });
  return commits;
}

void Atlas::Impl::keep_commit() {
  if (options.keep_commits == 0 || !metadata.commit) return;
  // The commit stands, whatever becomes of this.
  try {
    store->make_folder(text_of(prefix, kCommitsFolder));
    std::string_view ending =
        std::string_view(metadata_file_name(form)).substr(std::string_view("atlas").size());
    std::string key = text_of(prefix, kCommitsFolder, "/", metadata.commit->sequence, "-",
                              metadata.commit->unix_ms, ending);
    std::string bytes = pack_metadata(form, metadata);
    store->put(key, as_bytes(bytes), Condition::always());
    counters->count_write(static_cast<int64_t>(bytes.size()));
    std::vector<KeptCommit> commits = kept_commits();
    auto keep = static_cast<size_t>(options.keep_commits);
    for (size_t i = 0; i + keep < commits.size(); i++) store->remove(commits[i].key);
  } catch (const Error&) {
  }
}

void Atlas::Impl::forget_commits() {
  try {
    for (const KeptCommit& commit : kept_commits()) store->remove(commit.key);
  } catch (const Error&) {
  }
}

void Atlas::Impl::go_back(int64_t sequence) {
  for (KeptCommit& commit : kept_commits())
    if (commit.sequence == static_cast<uint64_t>(sequence)) document_key = std::move(commit.key);
  if (!document_key.starts_with(text_of(prefix, kCommitsFolder)))
    fail(Status::kNotFound, store->describe(), ": commit ", sequence, " was not kept");
  load();
  if (!metadata.commit || metadata.commit->sequence != static_cast<uint64_t>(sequence))
    fail(Status::kCorrupt, document_key, ": the metadata are not those of commit ", sequence);
}

// Layers of ours that the commit does not name do not count; those of other libraries always do.
void Atlas::Impl::check_as_committed(std::string_view variable, const ArrayFile& stack) const {
  std::string key = stack_key(variable);
  if (stack.counts_all() || stack.base_is_newer())
    fail(Status::kStale, key, ": layers of commit ", metadata.commit->sequence, " are not there any more");
  bool seen_own = false;
  for (int64_t i = stack.layer_count(); i-- > 0 && !seen_own;) {
    seen_own = !stack.layer(i).foreign;
    if (!seen_own && i > 0 && !stack.member_ids().empty())
      fail(Status::kStale, key, ": another library has written since commit ", metadata.commit->sequence);
  }
}

}  // namespace af
