#include "format/dataset_table.h"

#include <bit>

#include "format/checksum.h"

namespace af {
namespace {

// The five kinds that schema 1 holds, as bytes: the type, then 8 bytes or a text's length and bytes.
void pack(const Value& value, std::string* out) {
  out->push_back(static_cast<char>(value.type()));
  if (value.type() == TypeId::kString) {
    uint64_t length = value.data().size();
    out->append(reinterpret_cast<const char*>(&length), sizeof length);
  }
  out->append(value.data());
}

Value unpack(std::string_view* rest) {
  TypeId type = static_cast<TypeId>(rest->front());
  rest->remove_prefix(1);
  uint64_t length = element_size(type);
  if (type == TypeId::kString) {
    length = load<uint64_t>(as_bytes(*rest).data());
    rest->remove_prefix(sizeof length);
  }
  std::string_view data = rest->substr(0, length);
  rest->remove_prefix(length);
  return type == TypeId::kString ? Value::text(data) : Value::fixed(type, false, as_bytes(data), 1);
}

uint32_t short_hash(std::string_view name) { return static_cast<uint32_t>(name_hash(name)); }

}  // namespace

std::string_view DatasetTable::name(size_t row) const {
  uint64_t begin = row == 0 ? 0 : name_ends_[row - 1];
  return std::string_view(names_).substr(begin, name_ends_[row] - begin);
}

std::optional<size_t> DatasetTable::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  uint32_t row = slots_[slot_of(name, short_hash(name))].row;
  return row != 0 ? std::optional<size_t>(row - 1) : std::nullopt;
}

size_t DatasetTable::slot_of(std::string_view name, uint32_t hash) const {
  auto is_other = [&](Slot slot) {
    return slot.row != 0 && (slot.hash != hash || this->name(slot.row - 1) != name);
  };
  size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (is_other(slots_[at])) at = (at + 1) & mask;
  return at;
}

void DatasetTable::reserve(size_t rows, size_t name_bytes) {
  names_.reserve(name_bytes);
  name_ends_.reserve(rows);
  schemas_.reserve(rows);
  deleted_.reserve(rows);
  resize_index(rows);
}

std::pair<size_t, bool> DatasetTable::insert(std::string_view name, uint32_t schema) {
  // Ordinals are 32 bits in documents, and one more is taken by free slots.
  if (size() >= UINT32_MAX - 1) fail(Status::kLimitExceeded, "a store of over 2^32-2 datasets");
  if ((size() + 1) * 4 > slots_.size() * 3) resize_index(size() * 2 + 1);
  uint32_t hash = short_hash(name);
  Slot& slot = slots_[slot_of(name, hash)];
  if (slot.row != 0) return {slot.row - 1, false};
  names_ += name;
  name_ends_.push_back(names_.size());
  schemas_.push_back(schema);
  deleted_.push_back(false);
  slot = {hash, static_cast<uint32_t>(size())};
  return {size() - 1, true};
}

void DatasetTable::resize_index(size_t rows) {
  std::vector<Slot> old(std::bit_ceil(rows + rows / 3 + 16));
  old.swap(slots_);
  size_t mask = slots_.size() - 1;
  for (Slot slot : old) {
    if (slot.row == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].row != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void DatasetTable::set_deleted(size_t row, bool deleted) {
  if (deleted_[row] == deleted) return;
  deleted_[row] = deleted;
  deleted ? deleted_count_++ : deleted_count_--;
}

void DatasetTable::keep_live() {
  if (deleted_count_ == 0) return;
  DatasetTable live;
  live.reserve(live_count(), names_.size());
  for (size_t row = 0; row < size(); row++)
    if (!deleted_[row]) live.append(name(row), schemas_[row]);
  if (!values_.empty()) live.values_.resize(live.size());
  // From here on nothing can fail: what is moved is not lost.
  for (size_t row = 0, at = 0; row < values_.size(); row++)
    if (!deleted_[row]) live.values_[at++] = std::move(values_[row]);
  *this = std::move(live);
}

std::vector<Value> DatasetTable::values(size_t row) const {
  std::vector<Value> values;
  if (row >= values_.size()) return values;
  for (std::string_view rest = values_[row]; !rest.empty();) values.push_back(unpack(&rest));
  return values;
}

void DatasetTable::set_values(size_t row, std::span<const Value> values) {
  if (values.empty() && row >= values_.size()) return;
  if (row >= values_.size()) values_.resize(row + 1);
  std::string packed;
  for (const Value& value : values) pack(value, &packed);
  packed.shrink_to_fit();
  values_[row] = std::move(packed);
}

}  // namespace af
