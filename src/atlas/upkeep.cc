// Compacting, emptying and checking a store.
#include <algorithm>

#include "atlas/atlas_impl.h"
#include "format/store_names.h"

namespace af {
namespace {

constexpr int kCompactTries = 100;

}  // namespace

void Atlas::Impl::compact() {
  for (int attempt = 0; attempt < kCompactTries; attempt++) {
    flush();
    std::unique_ptr<StoreLock> lock = store->lock(prefix + "atlas.lock");
    if (!is_current()) {
      // Nothing is pending: the newest commit is as good.
      load();
      moved = true;
    }
    move_all();
    std::vector<std::string> variables;
    for (const auto& [variable, stack] : stacks) variables.push_back(variable);
    if (!begin_record(variables, lock != nullptr)) continue;
    for (auto& [variable, stack] : stacks) {
      if (stack->has_orphans()) {
        if (!lock)
          fail(Status::kConflict, stack_key(variable),
               " has layers that belong to no commit: empty them when no other writer is at work");
        stack->empty_orphans();
      }
      stack->rewrite();
    }
    metadata.datasets.keep_live();
    if (!replace_document(true)) {
      load();
      continue;
    }
    after_commit({}, {}, true);
    return;
  }
  fail(Status::kConflict, document_key, ": other writers were faster ", kCompactTries, " times");
}

// Opens all stacks, and moves those that are open to the newest commit.
void Atlas::Impl::move_all() {
  for (const std::string& variable : all_folders()) find_stack(variable);
  for (auto& [variable, stack] : stacks) stack->move_to_members(members_of(metadata, variable));
  moved = false;
}

int64_t Atlas::Impl::gc() {
  std::unique_ptr<StoreLock> lock = store->lock(prefix + "atlas.lock");
  if (!is_current())
    fail(Status::kConflict, document_key, " was changed by another writer since it was opened: refresh it");
  for (const std::string& variable : all_folders()) find_stack(variable);
  int64_t given_back = 0;
  for (auto& [variable, stack] : stacks) {
    stack->move_to_members(members_of(metadata, variable));
    if (stack->has_orphans()) given_back += stack->empty_orphans();
  }
  return given_back;
}

// Each segment once; of format 1 they are those of the datasets.
std::vector<Finding> Atlas::Impl::verify_container() const {
  std::vector<Finding> findings;
  std::set<std::string_view> seen;
  for (size_t row = 0; row < metadata.datasets.size(); row++) {
    if (metadata.datasets.deleted(row)) continue;
    bool first = true;
    for (const VariableSchema& variable : schema_of(row).variables) {
      try {
        Container::Place place = container->place(row, variable.name);
        bool is_new = container->format() == 1 ? first : seen.insert(variable.name).second;
        if (is_new)
          for (Finding& finding : place.file->verify()) findings.push_back(std::move(finding));
        first = false;
      } catch (const Error& error) {
        if (error.status() == Status::kCancelled || error.status() == Status::kOutOfMemory) throw;
        findings.push_back({true, error.message()});
      }
    }
  }
  return findings;
}

std::vector<Finding> Atlas::Impl::verify() const {
  if (container) return verify_container();
  std::vector<Finding> findings;
  auto problem = [&](const auto&... pieces) { findings.push_back({true, text_of(pieces...)}); };
  auto note = [&](const auto&... pieces) { findings.push_back({false, text_of(pieces...)}); };
  auto check_stack = [&](const std::string& variable, const Stack& stack) {
    for (Finding& finding : stack->verify()) findings.push_back(std::move(finding));
    for (size_t row = 0; row < metadata.datasets.size(); row++) {
      const VariableSchema* declared =
          metadata.datasets.deleted(row) ? nullptr : schema_of(row).variable(variable);
      if (!declared) continue;
      std::string_view name = metadata.datasets.name(row);
      if (!stack->contains(name))
        problem(stack_key(variable), ": array ", quoted(name), " is declared but not there");
      else if (ArraySchema schema = stack->schema(name);
               schema.dtype != declared->dtype || schema.shape != Extents(declared->shape))
        problem(stack_key(variable), ": array ", quoted(name), " is not of the declared type and shape");
    }
    Listing listing = stack->list();
    int64_t undeclared = 0;
    for (int64_t i = 0; i < listing.count(); i++) {
      std::optional<size_t> row = find(listing.name(i));
      bool known = row && (variable == kGlobalFolder || schema_of(*row).variable(variable));
      undeclared += known ? 0 : 1;
    }
    if (undeclared > 0) note(stack_key(variable), ": ", undeclared, " arrays belong to no dataset");
  };
  std::vector<std::string> declared = variables();
  for (const std::string& variable : all_folders()) {
    try {
      Stack stack = find_stack(variable);
      if (stack) check_stack(variable, stack);
      if (!stack && std::ranges::binary_search(declared, variable))
        problem(stack_key(variable), " is not there, though datasets have the variable");
    } catch (const Error& error) {
      if (error.status() == Status::kCancelled || error.status() == Status::kOutOfMemory) throw;
      problem(error.message());
    }
  }
  return findings;
}

}  // namespace af
