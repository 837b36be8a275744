#include "atlas/across.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "format/chunk.h"

namespace af {

std::vector<size_t> chosen_rows(const StoreMetadata& metadata, const RowChoice& rows) {
  const DatasetTable& datasets = metadata.datasets;
  std::vector<size_t> chosen;
  if (!rows) {
    chosen.reserve(datasets.live_count());
    for (size_t row = 0; row < datasets.size(); row++)
      if (!datasets.deleted(row)) chosen.push_back(row);
    return chosen;
  }
  chosen.reserve(rows->size());
  for (int64_t row : *rows) {
    if (row < 0 || static_cast<uint64_t>(row) >= datasets.size())
      fail(Status::kOutOfBounds, "row ", row, " of a store of ", datasets.size(), " rows");
    if (datasets.deleted(static_cast<size_t>(row)))
      fail(Status::kDatasetNotFound, "the dataset of row ", row, " was deleted");
    chosen.push_back(static_cast<size_t>(row));
  }
  return chosen;
}

Across::Across(const Atlas::Impl& atlas, std::string_view variable, const RowChoice& rows)
    : atlas_(atlas), variable_(variable), rows_(chosen_rows(atlas.metadata, rows)) {
  find_those_that_have_it(variable);
}

void Across::find_those_that_have_it(std::string_view variable) {
  const SchemaPool& schemas = atlas_.metadata.schemas;
  std::vector<bool> declares(schemas.size());
  for (uint32_t id = 0; id < schemas.size(); id++) declares[id] = schemas[id].variable(variable) != nullptr;
  std::vector<size_t> declaring;
  positions_.reserve(rows_.size());
  for (size_t row : rows_) {
    bool declared = declares[atlas_.metadata.datasets.schema(row)];
    positions_.push_back(declared ? static_cast<uint32_t>(declaring.size()) : kMissing);
    if (declared) declaring.push_back(row);
  }
  if (declaring.empty()) {
    if (!std::ranges::binary_search(atlas_.variables(), variable))
      fail(Status::kArrayNotFound, "no dataset has an array ", quoted(variable));
    return;
  }
  arrays_ = arrays_across(atlas_, variable, std::move(declaring));
}

std::optional<DType> Across::common_dtype() const {
  std::optional<size_t> first;
  for (size_t i = 0; i < size(); i++) {
    if (!has(i)) continue;
    if (!first) first = i;
    if (!(dtype(i) == dtype(*first)))
      fail(Status::kDtypeMismatch, "array ", quoted(variable_), " is ", type_name(dtype(*first).id),
           " in dataset ", quoted(dataset(*first)), " and ", type_name(dtype(i).id), " in ",
           quoted(dataset(i)));
  }
  return first ? std::optional(dtype(*first)) : std::nullopt;
}

Extents Across::common_shape() const {
  std::optional<Extents> common;
  for (size_t i = 0; i < size(); i++) {
    if (!has(i)) continue;
    if (!common) common = shape(i);
    if (shape(i).rank() != common->rank())
      fail(Status::kInvalidArgument, "array ", quoted(variable_), " has ", shape(i).rank(),
           " dimensions in dataset ", quoted(dataset(i)), ", ", common->rank(), " before");
    for (int axis = 0; axis < common->rank(); axis++)
      (*common)[axis] = std::max((*common)[axis], shape(i)[axis]);
  }
  if (!common) fail(Status::kArrayNotFound, "none of the datasets chosen has an array ", quoted(variable_));
  return *common;
}

void Across::require_fixed_width() const {
  if (std::optional<DType> dtype = common_dtype(); dtype && !is_fixed_width(dtype->id))
    fail(Status::kDtypeMismatch, "array ", quoted(variable_), " is ", type_name(dtype->id),
         ": its elements have no fixed width");
}

void Across::require_texts() const {
  if (std::optional<DType> dtype = common_dtype(); dtype && !is_variable(dtype->id))
    fail(Status::kDtypeMismatch, "array ", quoted(variable_), " is ", type_name(dtype->id),
         ", not String or Binary");
}

// ---------------------------------------------------------------- ragged

Region Across::clipped(size_t i, const RegionChoice& region) const {
  const Extents& whole = shape(i);
  if (region.is_all()) return {Extents(whole.rank()), whole};
  if (region.start.size() != static_cast<size_t>(whole.rank()) || region.shape.size() != region.start.size())
    fail(Status::kInvalidArgument, "a region of rank ", region.shape.size(), ", array ", quoted(variable_),
         " of dataset ", quoted(dataset(i)), " has rank ", whole.rank());
  Region part{Extents(whole.rank()), Extents(whole.rank())};
  for (int axis = 0; axis < whole.rank(); axis++) {
    int64_t start = region.start[axis], extent = region.shape[axis];
    if (start < 0 || extent < 0)
      fail(Status::kInvalidArgument, "axis ", axis, ": a region from ", start, " of extent ", extent);
    part.start[axis] = std::min(start, whole[axis]);
    part.shape[axis] = std::min(extent, whole[axis] - part.start[axis]);
  }
  return part;
}

void Across::measure(const RegionChoice& region, std::span<int64_t> offsets, uint8_t* present) const {
  if (offsets.size() != size() + 1)
    fail(Status::kInvalidArgument, "room for ", offsets.size() - 1, " datasets, chosen are ", size());
  offsets[0] = 0;
  for (size_t i = 0; i < size(); i++) {
    int64_t count = has(i) ? element_count(clipped(i, region).shape, "region") : 0;
    if (!add_fits(offsets[i], count, &offsets[i + 1]))
      fail(Status::kLimitExceeded, "the arrays hold over 2^63-1 elements");
    if (present) present[i] = has(i);
  }
}

void Across::read_ragged(const RegionChoice& region, std::optional<MutableBytes> dst,
                         std::span<int64_t> offsets, uint8_t* present) {
  require_fixed_width();
  measure(region, offsets, present);
  std::optional<DType> dtype = common_dtype();
  int64_t width = dtype ? element_size(dtype->id) : 0;
  for (int64_t& offset : offsets)
    if (!multiply_fits(offset, width, &offset))
      fail(Status::kLimitExceeded, "the arrays hold over 2^63-1 bytes");
  if (!dst || !dtype) return;
  if (static_cast<uint64_t>(offsets.back()) > dst->size())
    fail(Status::kInvalidArgument, "the arrays need ", offsets.back(), " bytes, the buffer has ",
         dst->size());
  for (size_t i = 0; i < size(); i++) {
    if (offsets[i] == offsets[i + 1]) continue;
    Region part = clipped(i, region);
    arrays_->add({positions_[i], part, c_strides(part.shape, width), dst->data() + offsets[i]});
  }
  arrays_->read();
}

VariableData Across::read_ragged_texts(const RegionChoice& region, std::span<int64_t> offsets,
                                       uint8_t* present) {
  require_texts();
  measure(region, offsets, present);
  if (!arrays_) return {};
  std::vector<std::string_view> texts = arrays_->room_for_texts(offsets.back());
  for (size_t i = 0; i < size(); i++)
    if (offsets[i] != offsets[i + 1])
      arrays_->add_texts(positions_[i], clipped(i, region), texts.data() + offsets[i]);
  arrays_->read_texts();
  return arrays_->join_texts(texts, common_dtype()->id == TypeId::kString);
}

// ---------------------------------------------------------------- stacked

Region Across::stack_region(const RegionChoice& region) const {
  if (region.is_all()) {
    Extents shape = common_shape();
    return {Extents(shape.rank()), shape};
  }
  if (region.start.size() != region.shape.size() || region.shape.size() > kMaxRank)
    fail(Status::kInvalidArgument, "a region of rank ", region.shape.size());
  for (size_t axis = 0; axis < region.shape.size(); axis++)
    if (region.start[axis] < 0 || region.shape[axis] < 0)
      fail(Status::kInvalidArgument, "axis ", axis, ": a region from ", region.start[axis], " of extent ",
           region.shape[axis]);
  return {Extents(region.start), Extents(region.shape)};
}

std::optional<Region> Across::part_of(size_t i, const Region& region, bool pad) const {
  if (!has(i)) {
    if (!pad)
      fail(Status::kArrayNotFound, "dataset ", quoted(dataset(i)), " has no array ", quoted(variable_));
    return {};
  }
  Region part = clipped(i, {region.start.span(), region.shape.span()});
  if (!pad && !(part.shape == region.shape))
    fail(Status::kOutOfBounds, "the region reaches beyond array ", quoted(variable_), " of dataset ",
         quoted(dataset(i)));
  return part;
}

namespace {

bool holds_integer(TypeId type, const FillValue& fill) {
  using Kind = FillValue::Kind;
  if (fill.kind == Kind::kFloat) {
    double number = std::bit_cast<double>(fill.bits);
    if (number != std::trunc(number) || std::abs(number) > 0x1p53) return false;
    return holds_integer(type, {Kind::kInt, static_cast<uint64_t>(static_cast<int64_t>(number)), {}});
  }
  bool negative = fill.kind == Kind::kInt && static_cast<int64_t>(fill.bits) < 0;
  int bits = static_cast<int>(element_size(type)) * 8;
  bool is_signed = type >= TypeId::kInt8 && type <= TypeId::kInt64;
  if (type == TypeId::kBool) return fill.bits <= 1;
  if (negative) return is_signed && static_cast<int64_t>(fill.bits) >= INT64_MIN >> (64 - bits);
  return fill.bits <= UINT64_MAX >> (64 - bits + (is_signed ? 1 : 0));
}

// Whether elements of this type can be what the caller wants in place of missing ones.
bool holds(TypeId type, const FillValue& fill) {
  using Kind = FillValue::Kind;
  if (is_variable(type)) return fill.kind == Kind::kString;
  if (fill.kind == Kind::kString) return false;
  if (type == TypeId::kTimestampNs) return fill.kind == Kind::kTimestampNs || fill.kind == Kind::kInt;
  if (fill.kind == Kind::kTimestampNs) return type == TypeId::kInt64;
  return type == TypeId::kFloat32 || type == TypeId::kFloat64 || holds_integer(type, fill);
}

// As the caller gave it, fit for this type.
std::optional<FillValue> given_fill(TypeId type, const Value* fill) {
  if (!fill) return {};
  FillValue given = fill_of(*fill);
  if (!holds(type, given))
    fail(Status::kDtypeMismatch, "no element of ", type_name(type), " is the given ",
         type_name(fill->type()));
  if (given.kind == FillValue::Kind::kTimestampNs || given.kind == FillValue::Kind::kBool)
    given.kind = type == TypeId::kTimestampNs ? given.kind : FillValue::Kind::kInt;
  return given;
}

}  // namespace

void Across::read_stacked(const RegionChoice& choice, bool pad, const Value* fill, MutableBytes dst) {
  require_fixed_width();
  std::optional<DType> dtype = common_dtype();
  Region region = stack_region(choice);
  if (!dtype && !rows_.empty())
    fail(Status::kArrayNotFound, "none of the datasets chosen has an array ", quoted(variable_));
  if (!dtype) return;
  int64_t width = element_size(dtype->id), each, all;
  if (!multiply_fits(element_count(region.shape, "region"), width, &each) ||
      !multiply_fits(each, static_cast<int64_t>(size()), &all))
    fail(Status::kLimitExceeded, "the arrays hold over 2^63-1 bytes");
  if (static_cast<uint64_t>(all) > dst.size())
    fail(Status::kInvalidArgument, "the arrays need ", all, " bytes, the buffer has ", dst.size());
  std::optional<FillValue> given = given_fill(dtype->id, fill);
  Extents strides = c_strides(region.shape, width);
  std::byte* first = dst.data();
  for (size_t i = 0; i < size(); i++, first += each) {
    std::optional<Region> part = part_of(i, region, pad);
    if (!part || !(part->shape == region.shape)) {
      std::optional<FillValue> filler = given || !part ? given : arrays_->fill(positions_[i]);
      fill_strided(region.shape, width, first, strides, fill_element(dtype->id, filler).data());
    }
    if (part && !is_empty(*part)) arrays_->add({positions_[i], *part, strides, first});
  }
  arrays_->read();
}

VariableData Across::read_stacked_texts(const RegionChoice& choice, bool pad, const Value* fill) {
  require_texts();
  std::optional<DType> dtype = common_dtype();
  Region region = stack_region(choice);
  if (!dtype && !rows_.empty())
    fail(Status::kArrayNotFound, "none of the datasets chosen has an array ", quoted(variable_));
  if (!dtype) return {};
  int64_t each = element_count(region.shape, "region"), all;
  if (!multiply_fits(each, static_cast<int64_t>(size()), &all))
    fail(Status::kLimitExceeded, "the arrays hold over 2^63-1 elements");
  std::optional<FillValue> given = given_fill(dtype->id, fill);
  std::vector<std::string_view> texts = arrays_->room_for_texts(all);
  // What is cut short is read beside, then put in its place.
  struct Short {
    std::string_view* to;
    Extents shape;
    std::vector<std::string_view> texts;
  };
  std::vector<Short> cut;
  std::vector<FillValue> fills(size());
  for (size_t i = 0; i < size(); i++) {
    std::string_view* first = texts.data() + static_cast<int64_t>(i) * each;
    std::optional<Region> part = part_of(i, region, pad);
    if (part && part->shape == region.shape) {
      if (!is_empty(*part)) arrays_->add_texts(positions_[i], *part, first);
      continue;
    }
    if (std::optional<FillValue> filler = given || !part ? given : arrays_->fill(positions_[i])) {
      fills[i] = std::move(*filler);
      std::fill_n(first, each, std::string_view(fills[i].text));
    }
    if (!part || is_empty(*part)) continue;
    cut.push_back({first, part->shape, std::vector<std::string_view>(element_count(part->shape, "region"))});
    arrays_->add_texts(positions_[i], *part, cut.back().texts.data());
  }
  arrays_->read_texts();
  constexpr int64_t kView = sizeof(std::string_view);
  for (const Short& one : cut)
    copy_strided(one.shape, kView, reinterpret_cast<std::byte*>(one.to), c_strides(region.shape, kView),
                 reinterpret_cast<const std::byte*>(one.texts.data()), c_strides(one.shape, kView));
  return arrays_->join_texts(texts, dtype->id == TypeId::kString);
}

}  // namespace af
