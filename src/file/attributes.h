// Attributes: what the arrays of a snapshot have, and the dictionary that a stack's layers share.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "file/snapshot.h"

namespace af {

// In the order of the keys in the dictionary.
using AttributeMap = std::vector<std::pair<std::string, Value>>;

AttributeMap resolve_attributes(const Snapshot& snapshot, std::string_view name);
// Of an array's mentions, newest first.
AttributeMap resolve_attributes(const std::vector<Mention>& mentions);
// Of all mentions, newest first, where it is known what an array may have: the layers of other libraries
// change single attributes and never remove one; what they say that is not `declared` is none.
AttributeMap resolve_declared(const std::vector<Mention>& mentions,
                              const std::function<bool(std::string_view key, const Value& value)>& declared);
std::optional<Value> resolve_attribute(const Snapshot& snapshot, std::string_view name, std::string_view key);

// Looks one key up in many arrays: where the newest mention is in a layer of ours, the key is looked for in
// that layer once.
class AttributeColumn {
 public:
  AttributeColumn(const Snapshot& snapshot, std::string_view key) : snapshot_(snapshot), key_(key) {}
  // `newest` is the array's newest mention.
  std::optional<Value> of(const Mention& newest);

 private:
  const Snapshot& snapshot_;
  std::string key_;
  std::unordered_map<const Layer*, std::optional<uint64_t>> key_indices_;
};

// Whether the dictionaries of all layers begin alike, so that an index means the same in each that has it.
bool dictionaries_agree(const Snapshot& snapshot);

// The one dictionary of a stack: only ever appended to, no entry twice.
class Dictionary {
 public:
  // Empty.
  Dictionary() = default;
  // What the layers of the snapshot, whose dictionaries agree, hold together; with limits only its beginning,
  // to copy it.
  explicit Dictionary(const Snapshot& snapshot, uint64_t most_keys = UINT64_MAX,
                      uint64_t most_values = UINT64_MAX);

  uint64_t intern_key(std::string_view key);
  uint64_t intern_value(const Value& value);
  // Sorted by key, as the format wants it.
  std::vector<AttributeEntry> intern(const AttributeMap& attributes);
  const std::vector<std::string>& keys() const { return keys_; }
  const std::vector<Value>& values() const { return values_; }

 private:
  struct ValueHash {
    size_t operator()(const Value& value) const { return value.hash(); }
  };
  void index();

  std::vector<std::string> keys_;
  std::vector<Value> values_;
  // Built when something is first looked up: a stack's dictionary may be long and only be copied.
  bool indexed_ = false;
  std::unordered_map<std::string, uint64_t> key_places_;
  std::unordered_map<Value, uint64_t, ValueHash> value_places_;
};

}  // namespace af
