// The stacks of a store's variables: opened when they are first needed, and kept.
#include <algorithm>

#include "atlas/atlas_impl.h"
#include "atlas/stored_value.h"
#include "format/container.h"
#include "format/store_names.h"

namespace af {
namespace {

constexpr std::string_view kBaseName = "/data.af";

std::string codec_name(StoreCodec codec) {
  if (codec == StoreCodec::kNone) return "";
  return codec == StoreCodec::kLz4 ? "lz4" : "zstd";
}

}  // namespace

Atlas::Impl::Members Atlas::Impl::members_of(const StoreMetadata& metadata, std::string_view variable) {
  if (!metadata.commit) return {};
  for (const CommitRecord::Folder& folder : metadata.commit->folders)
    if (folder.variable == variable) return std::set<LayerId>(folder.layers.begin(), folder.layers.end());
  return std::set<LayerId>();
}

std::string Atlas::Impl::stack_key(std::string_view variable) const {
  return text_of(prefix, folder_of_variable(variable), kBaseName);
}

FileOptions Atlas::Impl::stack_options(std::string_view variable) const {
  FileOptions stack = options.stacks;
  stack.writable = writable;
  stack.replace = false;
  stack.layers = 0;
  stack.footer_version = metadata.version == 1 ? 4 : 5;
  stack.codec = {codec_name(metadata.codec), options.codec.level};
  auto in_store = std::make_shared<StackInStore>();
  if (Members members = members_of(metadata, variable))
    in_store->members.committed = std::move(*members);
  else
    in_store->members.all = true;
  std::string folder = folder_of_variable(variable), twin = twice_escaped_folder(variable);
  if (twin != folder) in_store->twin = text_of(prefix, twin, kBaseName);
  in_store->pool = pool;
  in_store->cache = cache;
  in_store->counters = counters;
  in_store->declares = [this, name = std::string(variable)](std::string_view dataset, std::string_view key,
                                                            const Value& value) {
    return declares(name, dataset, key, value);
  };
  stack.in_store = std::move(in_store);
  return stack;
}

bool Atlas::Impl::declares(std::string_view variable, std::string_view dataset, std::string_view key,
                           const Value& stored) const {
  std::optional<size_t> row = find(dataset);
  if (!row) return true;
  std::string_view owner = variable == kGlobalFolder ? std::string_view() : variable;
  for (const AttributeDeclaration& declared : declared_attributes(*row, owner))
    if (declared.key == key) return from_stored(declared.type, stored).has_value();
  return false;
}

Atlas::Impl::Stack Atlas::Impl::open_stack(std::string_view variable, const Members& members) const {
  Stack stack = ArrayFile::open(store, stack_key(variable), stack_options(variable));
  stack->set_progress(progress);
  if (options.at_commit != 0) check_as_committed(variable, *stack);
  if (members && stack->base_is_newer() && !is_current())
    fail(Status::kStale, stack_key(variable),
         " was compacted by another writer after this store was opened: refresh it");
  return stack;
}

Atlas::Impl::Stack Atlas::Impl::find_stack(std::string_view variable) const {
  // Format 1 has none: there each dataset has a file of its own.
  if (container) return container->variable_file(variable == kGlobalFolder ? kDatasetsVariable : variable);
  std::lock_guard lock(stacks_mutex);
  if (auto found = stacks.find(variable); found != stacks.end()) return found->second;
  // Where each request is a journey, opening it says as well whether it is there.
  if (!store->batched() && !store->stat(stack_key(variable))) return nullptr;
  Stack stack;
  try {
    stack = open_stack(variable, members_of(metadata, variable));
  } catch (const Error& error) {
    if (!store->batched() || error.status() != Status::kNotFound) throw;
    return nullptr;
  }
  stacks.emplace(variable, stack);
  return stack;
}

Atlas::Impl::Stack Atlas::Impl::stack(std::string_view variable) const {
  Stack found = find_stack(variable);
  if (!found) fail(Status::kCorrupt, store->describe(), ": there is no ", quoted(stack_key(variable)));
  return found;
}

Atlas::Impl::Stack Atlas::Impl::stack_to_write(std::string_view variable) {
  if (Stack found = find_stack(variable)) return found;
  Stack stack = ArrayFile::begin(store, stack_key(variable), stack_options(variable));
  stack->set_progress(progress);
  std::lock_guard lock(stacks_mutex);
  return stacks.emplace(variable, std::move(stack)).first->second;
}

std::vector<std::string> Atlas::Impl::variables() const {
  std::vector<bool> used(metadata.schemas.size());
  for (size_t row = 0; row < metadata.datasets.size(); row++)
    if (!metadata.datasets.deleted(row)) used[metadata.datasets.schema(row)] = true;
  std::set<std::string> names;
  for (uint32_t schema = 0; schema < metadata.schemas.size(); schema++)
    if (used[schema])
      for (const VariableSchema& variable : metadata.schemas[schema].variables) names.insert(variable.name);
  return {names.begin(), names.end()};
}

std::vector<std::string> Atlas::Impl::all_folders() const {
  std::set<std::string> names;
  for (uint32_t schema = 0; schema < metadata.schemas.size(); schema++)
    for (const VariableSchema& variable : metadata.schemas[schema].variables) names.insert(variable.name);
  if (metadata.commit)
    for (const CommitRecord::Folder& folder : metadata.commit->folders) names.insert(folder.variable);
  if (metadata.version > 1) names.insert(std::string(kGlobalFolder));
  return {names.begin(), names.end()};
}

}  // namespace af
