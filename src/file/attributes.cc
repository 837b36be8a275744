#include "file/attributes.h"

#include <algorithm>

namespace af {
namespace {

// Whether the reference's binary search, which wants sorted entries, comes upon the i-th of these.
bool is_reachable(const std::vector<AttributeEntry>& entries, size_t i) {
  size_t base = 0;
  for (size_t size = entries.size(); size > 1;) {
    size_t half = size / 2;
    if (entries[base + half].key <= entries[i].key) base += half;
    size -= half;
  }
  return base == i;
}

std::vector<AttributeEntry> entries_of(const ArrayView& view) {
  std::vector<AttributeEntry> entries;
  uint64_t count = view.attribute_count();
  for (uint64_t i = 0; i < count; i++) entries.push_back(view.attribute(i));
  auto not_rising = [](const AttributeEntry& a, const AttributeEntry& b) { return a.key >= b.key; };
  if (std::ranges::adjacent_find(entries, not_rising) == entries.end()) return entries;
  // An entry out of order was never visible to anyone: it stays so.
  std::vector<AttributeEntry> reachable;
  for (size_t i = 0; i < entries.size(); i++)
    if (is_reachable(entries, i)) reachable.push_back(entries[i]);
  return reachable;
}

bool resolves(const FooterView& footer, const AttributeEntry& entry) {
  return entry.key < footer.key_count() && entry.value < footer.value_count();
}

// What an array's attributes are after the mentions looked at so far, with the entries that the last one had.
struct Meaning {
  std::vector<AttributeEntry> entries;
  AttributeMap attributes;  // one for each entry that could be resolved, `places` telling which
  std::vector<size_t> places;

  bool has(std::string_view key) const {
    return std::ranges::any_of(attributes, [&](const auto& pair) { return pair.first == key; });
  }
  const std::pair<std::string, Value>* of_entry(const AttributeEntry& entry) const {
    for (size_t i = 0; i < attributes.size(); i++)
      if (entries[places[i]] == entry) return &attributes[i];
    return nullptr;
  }
  void add(size_t place, std::string key, Value value) {
    for (size_t i = 0; i < attributes.size(); i++) {
      if (attributes[i].first != key) continue;
      attributes[i].second = std::move(value);
      return;
    }
    places.push_back(place);
    attributes.emplace_back(std::move(key), std::move(value));
  }
};

void add_own(Meaning& meaning, const FooterView& footer, size_t place, const AttributeEntry& entry) {
  if (resolves(footer, entry))
    meaning.add(place, std::string(footer.key(entry.key)), footer.value(entry.value));
}

// Whether a foreign mention stands for itself: all of it resolves in its own layer, and it covers every key
// the array had.
bool is_self_contained(const std::vector<AttributeEntry>& entries, const FooterView& footer,
                       const Meaning& before) {
  if (!std::ranges::all_of(entries, [&](const AttributeEntry& entry) { return resolves(footer, entry); }))
    return false;
  return std::ranges::all_of(before.attributes, [&](const auto& pair) {
    return std::ranges::any_of(
        entries, [&](const AttributeEntry& entry) { return footer.key(entry.key) == pair.first; });
  });
}

Meaning next_meaning(const Meaning& before, const Mention& mention) {
  const FooterView& footer = mention.layer->footer();
  Meaning meaning;
  meaning.entries = entries_of(mention.view());
  bool own = !mention.layer->foreign() || is_self_contained(meaning.entries, footer, before);
  auto kept = [&](const AttributeEntry& entry) { return own ? nullptr : before.of_entry(entry); };
  for (size_t place = 0; place < meaning.entries.size(); place++)
    if (auto* pair = kept(meaning.entries[place])) meaning.add(place, pair->first, pair->second);
  // What this layer sets itself is newer than what it repeats.
  for (size_t place = 0; place < meaning.entries.size(); place++)
    if (!kept(meaning.entries[place])) add_own(meaning, footer, place, meaning.entries[place]);
  return meaning;
}

Meaning meaning_of(const std::vector<Mention>& mentions) {
  size_t first = 0;
  // Nothing below a tombstone or a mention of ours has a say.
  while (first < mentions.size() && mentions[first].layer->foreign() && !mentions[first].view().deleted())
    first++;
  Meaning meaning;
  for (size_t i = std::min(first + 1, mentions.size()); i-- > 0;)
    meaning = mentions[i].view().deleted() ? Meaning{} : next_meaning(meaning, mentions[i]);
  return meaning;
}

template <typename Get>
bool same_prefix(uint64_t a_count, uint64_t b_count, Get same) {
  for (uint64_t i = 0; i < std::min(a_count, b_count); i++)
    if (!same(i)) return false;
  return true;
}

// The indices of version 6 mean the same in all of the file. Of a key that is there twice the last counts.
AttributeMap own_attributes(const Mention& mention) {
  const FooterView& footer = mention.layer->footer();
  ArrayView view = mention.view();
  std::vector<AttributeEntry> entries;
  std::unordered_map<std::string_view, size_t> places;
  uint64_t count = view.attribute_count();
  for (uint64_t i = 0; i < count; i++) {
    AttributeEntry entry = view.attribute(i);
    auto [place, added] = places.try_emplace(footer.key(entry.key), entries.size());
    if (added)
      entries.push_back(entry);
    else
      entries[place->second].value = entry.value;
  }
  AttributeMap attributes;
  for (const AttributeEntry& entry : entries)
    attributes.emplace_back(footer.key(entry.key), footer.value(entry.value));
  return attributes;
}

}  // namespace

AttributeMap resolve_attributes(const Snapshot& snapshot, std::string_view name) {
  return resolve_attributes(snapshot.all_mentions(name));
}

AttributeMap resolve_attributes(const std::vector<Mention>& mentions) {
  if (!mentions.empty() && mentions.front().layer->footer().version() == 6)
    return own_attributes(mentions.front());
  return meaning_of(mentions).attributes;
}

AttributeMap resolve_declared(const std::vector<Mention>& mentions,
                              const std::function<bool(std::string_view key, const Value& value)>& declared) {
  if (!mentions.empty() && mentions.front().layer->footer().version() == 6)
    return resolve_attributes(mentions);
  size_t count = 0;
  while (count < mentions.size() && mentions[count].layer->foreign() && !mentions[count].view().deleted())
    count++;
  Meaning meaning;
  for (size_t i = std::min(count + 1, mentions.size()); i-- > 0;) {
    const FooterView& footer = mentions[i].layer->footer();
    bool ours = !mentions[i].layer->foreign();
    if (ours || mentions[i].view().deleted()) meaning = {};
    if (mentions[i].view().deleted()) continue;
    for (const AttributeEntry& entry : entries_of(mentions[i].view())) {
      if (!resolves(footer, entry)) continue;
      Value value = footer.value(entry.value);
      if (ours || declared(footer.key(entry.key), value))
        meaning.add(0, std::string(footer.key(entry.key)), std::move(value));
    }
  }
  return std::move(meaning.attributes);
}

std::optional<Value> resolve_attribute(const Snapshot& snapshot, std::string_view name,
                                       std::string_view key) {
  for (auto& [found, value] : resolve_attributes(snapshot, name))
    if (found == key) return std::move(value);
  return {};
}

std::optional<Value> AttributeColumn::of(const Mention& newest) {
  if (newest.layer->foreign() && !snapshot_.immutable())
    return resolve_attribute(snapshot_, newest.view().name(), key_);
  const FooterView& footer = newest.layer->footer();
  auto [place, added] = key_indices_.try_emplace(newest.layer);
  if (added)
    for (uint64_t i = 0; i < footer.key_count() && !place->second; i++)
      if (footer.key(i) == key_) place->second = i;
  if (!place->second) return {};
  ArrayView view = newest.view();
  uint64_t count = view.attribute_count();
  std::optional<uint64_t> value;
  for (uint64_t i = 0; i < count; i++) {
    AttributeEntry entry = view.attribute(i);
    if (entry.key == *place->second && resolves(footer, entry)) value = entry.value;
  }
  if (!value) return {};
  return footer.value(*value);
}

bool dictionaries_agree(const Snapshot& snapshot) {
  // Layers of ours continue what is below them; only those of other writers need to be compared, with all
  // others.
  const auto& layers = snapshot.layers();
  for (size_t i = 0; i < layers.size(); i++) {
    const FooterView& upper = layers[i]->footer();
    if (!layers[i]->foreign() || (upper.key_count() == 0 && upper.value_count() == 0)) continue;
    for (size_t j = 0; j < layers.size(); j++) {
      if (j == i || (j > i && layers[j]->foreign())) continue;
      const FooterView& other = layers[j]->footer();
      if (!same_prefix(upper.key_count(), other.key_count(),
                       [&](uint64_t k) { return upper.key(k) == other.key(k); }) ||
          !same_prefix(upper.value_count(), other.value_count(),
                       [&](uint64_t k) { return upper.value(k) == other.value(k); }))
        return false;
    }
    // A verbatim copy of entries into a layer whose own dictionaries do not hold them.
    for (uint64_t a = 0; a < upper.array_count(); a++) {
      if (upper.array(a).deleted()) continue;
      for (const AttributeEntry& entry : entries_of(upper.array(a)))
        if (!resolves(upper, entry)) return false;
    }
  }
  return true;
}

// ---------------------------------------------------------------- dictionary

Dictionary::Dictionary(const Snapshot& snapshot, uint64_t most_keys, uint64_t most_values) {
  const FooterView* keys = nullptr;
  const FooterView* values = nullptr;
  for (const auto& layer : snapshot.chain()) {
    const FooterView& footer = layer->footer();
    if (!keys || footer.key_count() > keys->key_count()) keys = &footer;
    if (!values || footer.value_count() > values->value_count()) values = &footer;
  }
  for (uint64_t i = 0; i < std::min(most_keys, keys->key_count()); i++) keys_.emplace_back(keys->key(i));
  for (uint64_t i = 0; i < std::min(most_values, values->value_count()); i++)
    values_.push_back(values->value(i));
}

void Dictionary::index() {
  if (indexed_) return;
  for (size_t i = 0; i < keys_.size(); i++) key_places_.emplace(keys_[i], i);
  for (size_t i = 0; i < values_.size(); i++) value_places_.emplace(values_[i], i);
  indexed_ = true;
}

uint64_t Dictionary::intern_key(std::string_view key) {
  index();
  auto [place, added] = key_places_.try_emplace(std::string(key), keys_.size());
  if (added) keys_.emplace_back(key);
  return place->second;
}

uint64_t Dictionary::intern_value(const Value& value) {
  index();
  auto [place, added] = value_places_.try_emplace(value, values_.size());
  if (added) values_.push_back(value);
  return place->second;
}

std::vector<AttributeEntry> Dictionary::intern(const AttributeMap& attributes) {
  std::vector<AttributeEntry> entries;
  for (const auto& [key, value] : attributes) {
    uint64_t key_at = intern_key(key);
    entries.push_back({key_at, intern_value(value)});
  }
  std::ranges::sort(entries, {}, &AttributeEntry::key);
  return entries;
}

}  // namespace af
