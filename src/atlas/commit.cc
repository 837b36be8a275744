// Committing a store: layers first, the metadata that name them last.
#include <algorithm>
#include <chrono>

#include "atlas/atlas_impl.h"
#include "format/store_names.h"

namespace af {
namespace {

// A writer that loses this often gives up.
constexpr int kCommitTries = 100;

int64_t now_unix_ms() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

void set_folder(CommitRecord& record, const std::string& variable, std::vector<LayerId> layers) {
  auto found = std::ranges::find(record.folders, variable, &CommitRecord::Folder::variable);
  if (found == record.folders.end())
    record.folders.push_back({variable, std::move(layers)});
  else
    found->layers = std::move(layers);
}

[[noreturn]] void fail_conflict(std::string_view dataset, std::string_view what) {
  fail(Status::kConflict, "dataset ", quoted(dataset), " was ", what,
       " by another writer since this store was opened");
}

}  // namespace

bool Atlas::Impl::is_dirty() const {
  if (!touched.empty()) return true;
  return !dirty_stacks().empty();
}

std::vector<std::string> Atlas::Impl::dirty_stacks() const {
  std::lock_guard lock(stacks_mutex);
  std::vector<std::string> dirty;
  for (const auto& [variable, stack] : stacks)
    if (stack->is_dirty() || stack->has_own_layers()) dirty.push_back(variable);
  return dirty;
}

void Atlas::Impl::flush() {
  if (!is_dirty()) return;
  for (int attempt = 0; attempt < kCommitTries; attempt++)
    if (try_flush()) return;
  fail(Status::kConflict, document_key, ": other writers were faster ", kCommitTries, " times");
}

bool Atlas::Impl::try_flush() {
  std::unique_ptr<StoreLock> lock = store->lock(prefix + "atlas.lock");
  if (!catch_up()) return true;
  std::vector<std::string> put = dirty_stacks(), to_rewrite;
  if (!begin_record(put, lock != nullptr)) return false;
  for (const std::string& variable : put) {
    const Stack& stack = stacks.at(variable);
    if (!stack->own_layers_stand())
      fail(Status::kConflict, stack_key(variable),
           ": another writer has removed what an earlier attempt wrote: refresh, and make the changes again");
    bool rewrite = stack->is_dirty() && stack->put_layer();
    // The reference finds sidecars of such names nowhere.
    if (rewrite || folder_of_variable(variable) != variable) to_rewrite.push_back(variable);
  }
  if (!replace_document()) return false;
  after_commit(put, to_rewrite, lock != nullptr);
  return true;
}

bool Atlas::Impl::catch_up() {
  std::optional<ObjectInfo> info = store->stat(document_key);
  if (!info) fail(Status::kNotFound, store->describe(), ": there is no ", quoted(document_key), " any more");
  if (info->version == document_version) return true;
  StoredDocument theirs = read_document(*store, document_key, form, options.stacks.max_allocation);
  // An earlier attempt has succeeded without an answer.
  if (attempted && theirs.metadata.commit == attempted) {
    std::vector<std::string> put;
    for (auto& [variable, stack] : stacks)
      if (stack->has_own_layers()) put.push_back(variable);
    document_version = std::move(theirs.version);
    metadata.meta_epoch = theirs.metadata.meta_epoch;
    metadata.commit = std::move(attempted);
    after_commit(put, {}, false);
    return false;
  }
  check_conflicts(theirs.metadata);
  merge_into(std::move(theirs));
  return true;
}

void Atlas::Impl::check_conflicts(const StoreMetadata& theirs) const {
  std::vector<std::string> names;
  for (const auto& [name, before] : touched) {
    std::optional<size_t> row = theirs.datasets.find(name);
    bool live = row && !theirs.datasets.deleted(*row);
    if (live != before.live) fail_conflict(name, live ? "created" : "deleted");
    if (!live) continue;
    if (theirs.schemas[theirs.datasets.schema(*row)] != metadata.schemas[before.schema])
      fail_conflict(name, "changed");
    if (theirs.version == 1 && theirs.datasets.values(*row) != before.values) fail_conflict(name, "changed");
    names.push_back(name);
  }
  if (!names.empty()) check_stacks_for_conflicts(theirs, names);
}

// Others may have written into datasets without changing what they are.
void Atlas::Impl::check_stacks_for_conflicts(const StoreMetadata& theirs,
                                             const std::vector<std::string>& names) const {
  std::set<std::string_view> variables;
  if (metadata.version > 1) variables.insert(kGlobalFolder);
  for (const std::string& name : names)
    for (const VariableSchema& variable : metadata.schemas[touched.at(name).schema].variables)
      variables.insert(variable.name);
  for (std::string_view variable : variables) {
    Members before = members_of(metadata, variable), after = members_of(theirs, variable);
    if (before && after && *before == *after) continue;
    Stack stack;
    try {
      stack = find_stack(variable);
    } catch (const Error& error) {
      if (error.status() != Status::kStale) throw;
      fail(Status::kConflict, stack_key(variable),
           " was changed and compacted by another writer since this store was opened");
    }
    if (!stack) continue;
    if (std::optional<std::string> changed = stack->changed_by_others(after, names))
      fail_conflict(*changed, "written to");
  }
}

void Atlas::Impl::merge_into(StoredDocument theirs) {
  std::vector<size_t> rows;
  for (const auto& [name, before] : touched)
    if (std::optional<size_t> row = metadata.datasets.find(name)) rows.push_back(*row);
  std::ranges::sort(rows);
  StoreMetadata merged = std::move(theirs.metadata);
  for (size_t row : rows) {
    std::string_view name = metadata.datasets.name(row);
    Before& before = touched.at(std::string(name));
    before.schema = merged.schemas.intern(metadata.schemas[before.schema]);
    bool deleted = metadata.datasets.deleted(row);
    std::optional<size_t> place = merged.datasets.find(name);
    if (!place && deleted) continue;
    uint32_t schema = merged.schemas.intern(schema_of(row));
    if (!place) place = merged.datasets.append(name, schema);
    merged.datasets.set_schema(*place, schema);
    merged.datasets.set_deleted(*place, deleted);
    if (metadata.version == 1) merged.datasets.set_values(*place, metadata.datasets.values(row));
  }
  if (static_cast<int64_t>(merged.datasets.size()) > options.max_datasets)
    fail(Status::kLimitExceeded, document_key, " would hold ", merged.datasets.size(),
         " datasets, allowed are ", options.max_datasets);
  for (const std::string& variable : dirty_stacks())
    stacks.at(variable)->move_to_members(members_of(merged, variable));
  counters->count_read(theirs.size);
  metadata = std::move(merged);
  document_version = std::move(theirs.version);
  steps.clear();
  census.reset();
  moved = true;
}

bool Atlas::Impl::begin_record(const std::vector<std::string>& variables, bool locked) {
  bool known = metadata.commit.has_value();
  for (const std::string& variable : variables) {
    const Stack& stack = stacks.at(variable);
    stack->move_to_members(members_of(metadata, variable));
    known = known && !stack->counts_all();
  }
  if (!known) {
    StoredDocument committed = read_document(*store, document_key, form, options.stacks.max_allocation);
    CommitRecord record = committed.metadata.commit.value_or(CommitRecord{});
    record.sequence++;
    record.unix_ms = now_unix_ms();
    for (const std::string& variable : all_folders())
      if (Stack stack = find_stack(variable)) set_folder(record, variable, stack->member_ids());
    committed.metadata.commit = record;
    std::string bytes = pack_metadata(form, committed.metadata);
    std::optional<std::string> version =
        store->put(document_key, as_bytes(bytes), Condition::if_match(document_version));
    if (!version) return false;
    counters->count_write(static_cast<int64_t>(bytes.size()));
    document_version = std::move(*version);
    metadata.commit = std::move(record);
    for (auto& [variable, stack] : stacks) stack->move_to_members(members_of(metadata, variable));
  }
  // Without a lock they may be another writer's who is at work.
  for (const std::string& variable : variables)
    if (const Stack& stack = stacks.at(variable); locked && stack->has_orphans()) stack->empty_orphans();
  return true;
}

CommitRecord Atlas::Impl::next_record(bool all_stacks) const {
  CommitRecord record = metadata.commit.value_or(CommitRecord{});
  record.sequence++;
  record.unix_ms = now_unix_ms();
  for (const auto& [variable, stack] : stacks)
    if (all_stacks || stack->has_own_layers()) set_folder(record, variable, stack->member_ids());
  return record;
}

bool Atlas::Impl::replace_document(bool all_stacks) {
  std::optional<CommitRecord> before = metadata.commit;
  auto take_back = [&] {
    metadata.commit = before;
    if (metadata.version == 3) metadata.meta_epoch--;
  };
  attempted = next_record(all_stacks);
  metadata.commit = attempted;
  if (metadata.version == 3) metadata.meta_epoch++;
  try {
    std::string bytes = pack_metadata(form, metadata);
    std::optional<std::string> version =
        store->put(document_key, as_bytes(bytes), Condition::if_match(document_version));
    if (!version) {
      take_back();
      return false;
    }
    counters->count_write(static_cast<int64_t>(bytes.size()));
    document_version = std::move(*version);
  } catch (...) {
    take_back();
    throw;
  }
  return true;
}

// The commit has happened: no failure here may be taken for one of it.
void Atlas::Impl::after_commit(const std::vector<std::string>& put,
                               const std::vector<std::string>& to_rewrite, bool locked) {
  attempted.reset();
  touched.clear();
  auto try_to = [](const auto& tidy) {
    try {
      tidy();
    } catch (const std::exception&) {
      // What is left untidy now costs some room, or time later.
    }
  };
  if (metadata.version < 3) try_to([&] { metadata.datasets.keep_live(); });
  for (const std::string& variable : put) stacks.find(variable)->second->own_layers_are_committed();
  if (std::exchange(moved, false)) move_others(put);
  for (const std::string& variable : to_rewrite)
    try_to([&] {
      const Stack& stack = stacks.at(variable);
      if (stack->has_orphans() && locked) stack->empty_orphans();
      stack->rewrite();
    });
  for (const std::string& variable : put) try_to([&] { stacks.at(variable)->write_statistics(); });
}

// To what others have committed, where this handle has changed nothing.
void Atlas::Impl::move_others(const std::vector<std::string>& put) {
  std::lock_guard lock(stacks_mutex);
  for (auto place = stacks.begin(); place != stacks.end();) {
    try {
      if (std::ranges::find(put, place->first) == put.end())
        place->second->drop_to_members(members_of(metadata, place->first));
      ++place;
    } catch (const std::exception&) {
      // It is opened again when it is needed, and says then what is wrong.
      place = stacks.erase(place);
    }
  }
}

}  // namespace af
