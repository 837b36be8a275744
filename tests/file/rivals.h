// Writers of one stack who do not know of each other: what each has changed, and what must come of committing
// it.
#pragma once

#include "model.h"

namespace af::model {

// What a writer has changed of one array since it last saw the stack.
struct ArrayChanges {
  bool whole = false;  // defined or deleted
  bool resized = false;
  std::set<Index> chunks;
  std::set<std::string> keys;
};
using Changes = std::map<std::string, ArrayChanges>;

enum class Verdict {
  kMerges,     // others changed other things: both stay
  kConflicts,  // others changed the same thing, and it reads differently now
  kEither      // the same thing, but it reads as before; or a change of shape beside one of attributes
};

// Whether a chunk that is not there is as good: who reads it, and who counts, finds the same.
inline bool is_void(const Array& array, const std::map<Index, Cell>& chunk) {
  if (is_list(array.type())) return chunk.empty();
  return std::ranges::all_of(chunk, [&](const auto& cell) {
    return is_fill(array.schema, cell.second) && cell.second == fill_cell(array.schema);
  });
}

inline bool same_chunks(const Array& a, const Array& b, const std::set<Index>& coords) {
  return std::ranges::all_of(coords, [&](const Index& coord) {
    auto one = a.chunk(coord), other = b.chunk(coord);
    return one == other || ((one.empty() || other.empty()) && is_void(a, one) && is_void(b, other));
  });
}

// Whether the array is not what it was in what these changes depend on.
inline bool found_otherwise(const ArrayChanges& changes, const Array* before, const Array* after) {
  if (!before != !after) return true;
  if (!before) return false;
  auto value_of = [](const Array& array, const std::string& key) {
    auto found = array.attributes.find(key);
    return found == array.attributes.end() ? std::nullopt : std::optional(found->second);
  };
  auto differs = [&](const std::string& key) { return value_of(*before, key) != value_of(*after, key); };
  if (std::ranges::any_of(changes.keys, differs)) return true;
  if (changes.whole && before->attributes != after->attributes) return true;
  bool all = changes.whole || changes.resized;
  if (!(before->schema == after->schema)) return all || !changes.chunks.empty();
  std::set<Index> coords = changes.chunks;
  if (all)
    for (const Array* array : {before, after}) coords.merge(array->written_chunks());
  return !same_chunks(*before, *after, coords);
}

inline bool overlap(const ArrayChanges& a, const ArrayChanges& b) {
  if (a.whole || b.whole || a.resized || b.resized) return true;
  auto shared = [](const auto& one, const auto& other) {
    return std::ranges::any_of(one, [&](const auto& item) { return other.contains(item); });
  };
  return shared(a.chunks, b.chunks) || shared(a.keys, b.keys);
}

// A handle as its user thinks of it.
struct Writer {
  Contents base;  // the stack as the handle last saw it
  Contents now;   // with the handle's own changes
  Changes changes;
  size_t seen = 0;  // how many commits the base holds

  void move_to(const Contents& contents, size_t commits) {
    base = now = contents;
    changes.clear();
    seen = commits;
  }

  void define(const std::string& name, const ArraySchema& schema) {
    now.put(name, Array{schema, {}, {}, {}});
    changes[name].whole = true;
  }
  void erase(const std::string& name) {
    now.erase(name);
    changes[name].whole = true;
  }
  void resize(const std::string& name, const Index& shape) {
    if (now.find(name)->shape() == shape) return;
    now.find(name)->resize(shape);
    changes[name].resized = true;
  }
  void write(const std::string& name, const Index& start, const Index& extent,
             const std::vector<Cell>& values) {
    if (values.empty()) return;
    changes[name].chunks.merge(now.find(name)->write(start, extent, values));
  }
  void write_payload(const std::string& name, const Index& coord, const std::string& payload) {
    now.find(name)->payloads[coord] = payload;
    changes[name].chunks.insert(coord);
  }
  void set_attribute(const std::string& name, const std::string& key, const Value& value) {
    now.find(name)->attributes.insert_or_assign(key, value);
    changes[name].keys.insert(key);
  }
  void remove_attribute(const std::string& name, const std::string& key) {
    now.find(name)->attributes.erase(key);
    changes[name].keys.insert(key);
  }

  // What must come of committing on top of `committed`, which `log`, one entry for each commit, led to.
  Verdict verdict(const Contents& committed, const std::vector<Changes>& log) const {
    bool overlaps = false;
    for (const auto& [name, own] : changes) {
      if (found_otherwise(net_changes(name, own), base.find(name), committed.find(name)))
        return Verdict::kConflicts;
      for (size_t i = seen; i < log.size(); i++)
        if (auto others = log[i].find(name); others != log[i].end())
          overlaps = overlaps || overlap(own, others->second);
    }
    return overlaps ? Verdict::kEither : Verdict::kMerges;
  }

  // What others committed, with these changes on top, still to be committed.
  Contents on_top_of(Contents committed) const {
    for (const std::string& name : now.names())
      if (auto own = changes.find(name); own != changes.end())
        merge_array(name, net_changes(name, own->second), committed);
    for (const auto& [name, own] : changes)
      if (!now.find(name)) committed.erase(name);
    return committed;
  }
  Contents merged_into(const Contents& committed) const {
    Contents merged = on_top_of(committed);
    merged.commit();
    return merged;
  }
  void rebase(const Contents& committed, size_t commits) {
    now = on_top_of(committed);
    base = committed;
    seen = commits;
  }

 private:
  // An array that has its old shape again has only lost some chunks, or nothing at all.
  ArrayChanges net_changes(const std::string& name, ArrayChanges own) const {
    const Array *before = base.find(name), *mine = now.find(name);
    if (own.whole || !own.resized || !before || !mine || !(before->schema == mine->schema)) return own;
    own.resized = false;
    std::set<Index> coords = before->written_chunks();
    coords.merge(mine->written_chunks());
    for (const Index& coord : coords)
      if (before->chunk(coord) != mine->chunk(coord)) own.chunks.insert(coord);
    return own;
  }

  void merge_array(const std::string& name, const ArrayChanges& own, Contents& committed) const {
    const Array& mine = *now.find(name);
    Array* theirs = committed.find(name);
    if (own.whole || !theirs) return committed.put(name, mine);
    if (own.resized) {
      theirs->schema = mine.schema;
      theirs->cells = mine.cells;
    }
    for (const Index& coord : own.chunks) theirs->replace_chunk(coord, mine);
    for (const std::string& key : own.keys) {
      theirs->attributes.erase(key);
      if (auto set = mine.attributes.find(key); set != mine.attributes.end()) theirs->attributes.insert(*set);
    }
  }
};

}  // namespace af::model
