#include "format/lists.h"

#include <cstring>

namespace af {
namespace {

bool has_offsets(TypeId type) { return type == TypeId::kList || is_variable(type); }

// From the outermost list to the values.
std::vector<DType> types_of(const DType& dtype) {
  std::vector<DType> types{dtype};
  while (types.back().child) {
    DType child = *types.back().child;
    types.push_back(std::move(child));
  }
  return types;
}

int64_t product(int64_t count, int64_t size, Status status) {
  int64_t result;
  if (!multiply_fits(count, size, &result)) fail(status, count, " lists of ", size, " elements are too many");
  return result;
}

void check_values(TypeId type, int64_t count, const int64_t* offsets, ByteView values, Status status) {
  std::string_view text = as_text(values);
  for (int64_t i = 0; type == TypeId::kString && i < count; i++) {
    std::string_view element =
        text.substr(static_cast<size_t>(offsets[i]), static_cast<size_t>(offsets[i + 1] - offsets[i]));
    if (!is_utf8(element)) fail(status, "value ", i, " of the lists is not UTF-8: ", quoted(element));
  }
  for (int64_t i = 0; type == TypeId::kBool && i < count; i++)
    if (values[static_cast<size_t>(i)] > std::byte{1})
      fail(status, "value ", i, " of the lists is a bool, but neither 0 nor 1");
}

}  // namespace

ListView list_view(const DType& dtype, int64_t elements, std::span<const int64_t> offsets, ByteView values) {
  constexpr Status kWrong = Status::kInvalidArgument;
  ListView view;
  int64_t count = elements;
  int64_t bytes = 0;
  for (const DType& type : types_of(dtype)) {
    ListLevel level{type.id, type.list_size, count, nullptr};
    if (has_offsets(type.id)) {
      if (static_cast<int64_t>(offsets.size()) - 1 < count)
        fail(kWrong, "the lists need ", count, " + 1 offsets at level ", view.levels.size(), ", left are ",
             offsets.size());
      level.offsets = offsets.data();
      if (offsets[0] != 0)
        fail(kWrong, "the offsets of level ", view.levels.size(), " begin at ", offsets[0]);
      for (int64_t i = 0; i < count; i++)
        if (offsets[static_cast<size_t>(i) + 1] < offsets[static_cast<size_t>(i)])
          fail(kWrong, "offset ", i + 1, " of level ", view.levels.size(), " is less than the one before it");
      bytes = offsets[static_cast<size_t>(count)];
      offsets = offsets.subspan(static_cast<size_t>(count) + 1);
      count = bytes;
    } else if (is_list(type.id)) {
      count = product(count, type.list_size, kWrong);
    } else {
      bytes = product(count, element_size(type.id), kWrong);
    }
    view.levels.push_back(level);
  }
  if (!offsets.empty()) fail(kWrong, "there are ", offsets.size(), " offsets more than the lists need");
  if (static_cast<uint64_t>(bytes) != values.size())
    fail(kWrong, "the lists hold ", bytes, " bytes of values, given are ", values.size());
  view.values = values;
  const ListLevel& last = view.levels.back();
  check_values(last.type, last.count, last.offsets, values, kWrong);
  return view;
}

// ---------------------------------------------------------------- payloads

ListPayload::ListPayload(const DType& dtype, ByteView payload, int64_t elements) {
  constexpr Status kWrong = Status::kCorrupt;
  int64_t count = elements;
  uint64_t bytes = 0;
  std::vector<DType> types = types_of(dtype);
  offsets_.resize(types.size());
  for (size_t i = 0; i < types.size(); i++) {
    ListLevel level{types[i].id, types[i].list_size, count, nullptr};
    if (has_offsets(level.type)) {
      uint64_t table;
      if (!multiply_fits(static_cast<uint64_t>(count) + 1, uint64_t{4}, &table) || table > payload.size())
        fail(kWrong, "a chunk of ", count, " lists or texts at level ", i, " needs more than its ",
             payload.size(), " bytes");
      std::vector<int64_t>& offsets = offsets_[i];
      offsets.resize(static_cast<size_t>(count) + 1);
      for (size_t k = 0; k < offsets.size(); k++) {
        offsets[k] = load<uint32_t>(payload.data() + k * 4);
        if (offsets[k] < (k == 0 ? 0 : offsets[k - 1]) || (k == 0 && offsets[k] != 0))
          fail(kWrong, "element ", k, " of level ", i, " of a chunk of lists begins at ", offsets[k]);
      }
      level.offsets = offsets.data();
      payload = payload.subspan(table);
      bytes = static_cast<uint64_t>(offsets.back());
      count = offsets.back();
    } else if (is_list(level.type)) {
      count = product(count, level.size, kWrong);
    } else {
      bytes = static_cast<uint64_t>(product(count, element_size(level.type), kWrong));
    }
    view_.levels.push_back(level);
  }
  if (bytes != payload.size())
    fail(kWrong, "a chunk of lists has ", payload.size(), " bytes of values, expected ", bytes);
  view_.values = payload;
  const ListLevel& last = view_.levels.back();
  check_values(last.type, last.count, last.offsets, payload, kWrong);
}

// ---------------------------------------------------------------- gathering

ListData::ListData(const DType& dtype, uint64_t limit)
    : types_(types_of(dtype)), counts_(types_.size()), offsets_(types_.size()), limit_(limit) {
  for (size_t i = 0; i < types_.size(); i++)
    if (has_offsets(types_[i].id)) offsets_[i].push_back(0);
}

void ListData::reserve(uint64_t bytes) const {
  uint64_t held = values_.size();
  for (const std::vector<int64_t>& offsets : offsets_) held += offsets.size() * sizeof(int64_t);
  if (bytes > limit_ || held > limit_ - bytes)
    fail(Status::kLimitExceeded, "the lists hold more than the ", limit_, " bytes that are allowed");
}

void ListData::append(const ListView& from, int64_t first, int64_t count) {
  for (size_t i = 0; i < types_.size(); i++) {
    const ListLevel& level = from.levels[i];
    counts_[i] += count;
    int64_t begin, end;
    if (level.offsets) {
      begin = level.offsets[first], end = level.offsets[first + count];
      reserve(static_cast<uint64_t>(count) * sizeof(int64_t));
      int64_t shift = offsets_[i].back() - begin;
      for (int64_t k = first + 1; k <= first + count; k++) offsets_[i].push_back(level.offsets[k] + shift);
    } else {
      int64_t each = is_list(level.type) ? level.size : element_size(level.type);
      begin = first * each, end = (first + count) * each;
    }
    if (is_list(level.type)) {
      first = begin, count = end - begin;
      continue;
    }
    reserve(static_cast<uint64_t>(end - begin));
    values_ += as_text(from.values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
  }
}

void ListData::append_unwritten(int64_t count) {
  for (size_t i = 0; i < types_.size(); i++) {
    counts_[i] += count;
    if (!offsets_[i].empty()) {
      reserve(product(count, sizeof(int64_t), Status::kLimitExceeded));
      offsets_[i].insert(offsets_[i].end(), static_cast<size_t>(count), offsets_[i].back());
      return;
    }
    count = product(count, is_list(types_[i].id) ? types_[i].list_size : element_size(types_[i].id),
                    Status::kLimitExceeded);
  }
  reserve(static_cast<uint64_t>(count));
  values_.append(static_cast<size_t>(count), '\0');
}

ListView ListData::view() const {
  ListView view;
  for (size_t i = 0; i < types_.size(); i++)
    view.levels.push_back(
        {types_[i].id, types_[i].list_size, counts_[i], offsets_[i].empty() ? nullptr : offsets_[i].data()});
  view.values = as_bytes(values_);
  return view;
}

std::vector<std::byte> ListData::payload() const {
  uint64_t size = values_.size();
  for (const std::vector<int64_t>& offsets : offsets_) {
    size += offsets.size() * 4;
    if (!offsets.empty() && offsets.back() > UINT32_MAX)
      fail(Status::kLimitExceeded, "a chunk holds lists of ", offsets.back(),
           " elements in all, the format fewer than 2^32: use smaller chunks");
  }
  if (size > UINT32_MAX)
    fail(Status::kLimitExceeded, "a chunk of lists of ", size, " bytes is over 4 GiB: use smaller chunks");
  std::vector<std::byte> payload(size);
  std::byte* at = payload.data();
  for (const std::vector<int64_t>& offsets : offsets_)
    for (int64_t offset : offsets) {
      store(at, static_cast<uint32_t>(offset));
      at += 4;
    }
  if (!values_.empty()) std::memcpy(at, values_.data(), values_.size());
  return payload;
}

}  // namespace af
