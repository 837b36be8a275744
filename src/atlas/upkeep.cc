// Compacting, emptying and checking a store.
#include <algorithm>
#include <ctime>

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
  constexpr int64_t kLongestUpload = 86400;
  store->abort_uploads(prefix, std::time(nullptr) - kLongestUpload);
  int64_t given_back = 0;
  for (auto& [variable, stack] : stacks) {
    stack->move_to_members(members_of(metadata, variable));
    if (stack->has_orphans()) given_back += stack->empty_orphans();
  }
  return given_back;
}

// Each segment once; of format 1 they are those of the datasets.
std::vector<Finding> Atlas::Impl::verify_container() const {
  Findings findings;
  std::set<std::string_view> seen;
  for (size_t row = 0; row < metadata.datasets.size(); row++) {
    if (metadata.datasets.deleted(row)) continue;
    bool first = true;
    for (const VariableSchema& variable : schema_of(row).variables) {
      findings.sound([&] {
        Container::Place place = container->place(row, variable.name);
        bool is_new = container->format() == 1 ? first : seen.insert(variable.name).second;
        if (is_new) findings.add(place.file->verify());
        first = false;
      });
    }
  }
  return findings.take();
}

std::vector<Finding> Atlas::Impl::verify() const {
  if (container) return verify_container();
  Findings findings;
  std::vector<std::string> declared = variables();
  for (const std::string& variable : all_folders())
    findings.sound([&] {
      Stack stack = find_stack(variable);
      if (stack) verify_stack(variable, *stack, findings);
      if (!stack && std::ranges::binary_search(declared, variable))
        findings.problem(stack_key(variable), " is not there, though datasets have the variable");
    });
  return findings.take();
}

void Atlas::Impl::verify_stack(const std::string& variable, const ArrayFile& stack,
                               Findings& findings) const {
  findings.add(stack.verify());
  for (size_t row = 0; row < metadata.datasets.size(); row++) {
    const VariableSchema* declared =
        metadata.datasets.deleted(row) ? nullptr : schema_of(row).variable(variable);
    if (!declared) continue;
    std::string_view name = metadata.datasets.name(row);
    if (!stack.contains(name))
      findings.problem(stack_key(variable), ": array ", quoted(name), " is declared but not there");
    else if (ArraySchema schema = stack.schema(name);
             schema.dtype != declared->dtype || schema.shape != Extents(declared->shape))
      findings.problem(stack_key(variable), ": array ", quoted(name),
                       " is not of the declared type and shape");
  }
  Listing listing = stack.list();
  int64_t undeclared = 0;
  for (int64_t i = 0; i < listing.count(); i++) {
    std::optional<size_t> row = find(listing.name(i));
    bool known = row && (variable == kGlobalFolder || schema_of(*row).variable(variable));
    undeclared += known ? 0 : 1;
  }
  if (undeclared > 0) findings.note(stack_key(variable), ": ", undeclared, " arrays belong to no dataset");
}

}  // namespace af
