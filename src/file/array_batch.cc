#include "file/array_batch.h"

#include <algorithm>

#include "file/read_plan.h"

namespace af {

struct ArrayBatch::Plans {
  explicit Plans(const ArrayFile::Impl& file) : elements(file), texts(file) {}
  ReadPlan elements;
  TextPlan texts;
};

// Many arrays in little memory: what an ArrayInUse holds of each, without its room for ranks that few have.
struct ArrayBatch::Arrays {
  struct Held {
    std::string_view name;
    PendingArray* pending;
    uint64_t first_extent;  // of the shape; that of chunks follows
    uint64_t first_mention;
    uint32_t mention_count;
    uint32_t dtype;
    int32_t rank;
    int32_t chunk_rank;
  };
  std::vector<Held> held;
  std::vector<Mention> mentions;
  std::vector<int64_t> extents;
  std::vector<DType> dtypes;  // distinct ones

  void add(const ArrayInUse& array) {
    held.push_back({array.name, array.pending, extents.size(), mentions.size(),
                    static_cast<uint32_t>(array.mentions.size()), number_of(array.dtype), array.shape.rank(),
                    array.chunk_shape.rank()});
    for (const Extents* each : {&array.shape, &array.chunk_shape})
      extents.insert(extents.end(), each->data(), each->data() + each->rank());
    mentions.insert(mentions.end(), array.mentions.begin(), array.mentions.end());
  }
  Extents shape_at(const Held& one) const {
    return Extents(std::span(extents).subspan(one.first_extent, static_cast<size_t>(one.rank)));
  }
  Extents chunk_shape_at(const Held& one) const {
    return Extents(std::span(extents).subspan(one.first_extent + static_cast<size_t>(one.rank),
                                              static_cast<size_t>(one.chunk_rank)));
  }
  ArrayInUse at(size_t i) const {
    const Held& one = held[i];
    auto first = mentions.begin() + static_cast<int64_t>(one.first_mention);
    return {one.name,          one.pending,   {first, first + one.mention_count},
            dtypes[one.dtype], shape_at(one), chunk_shape_at(one)};
  }

 private:
  uint32_t number_of(const DType& dtype) {
    auto found = std::ranges::find(dtypes, dtype);
    if (found == dtypes.end()) found = dtypes.insert(dtypes.end(), dtype);
    return static_cast<uint32_t>(found - dtypes.begin());
  }
};

ArrayBatch::ArrayBatch(std::shared_ptr<const ArrayFile> file, std::span<const std::string_view> names)
    : file_(std::move(file)),
      lock_(file_->mutex_),
      arrays_(std::make_unique<Arrays>()),
      plans_(std::make_unique<Plans>(*file_->impl_)) {
  positions_.reserve(names.size());
  arrays_->held.reserve(names.size());
  for (std::string_view name : names) {
    std::optional<ArrayInUse> found = file_->impl_->find(name);
    positions_.push_back(found ? static_cast<uint32_t>(arrays_->held.size()) : kMissing);
    if (found) arrays_->add(*found);
  }
}

ArrayBatch::~ArrayBatch() = default;

ArrayInUse ArrayBatch::array(size_t i) const { return arrays_->at(positions_[i]); }
const DType& ArrayBatch::dtype(size_t i) const { return arrays_->dtypes[arrays_->held[positions_[i]].dtype]; }
Extents ArrayBatch::shape(size_t i) const { return arrays_->shape_at(arrays_->held[positions_[i]]); }
std::optional<FillValue> ArrayBatch::fill(size_t i) const { return array(i).fill(); }

NamedStats ArrayBatch::stats(size_t i) const {
  ArrayInUse array = this->array(i);
  return {std::string(array.name), file_->impl_->stats_of(array)};
}

void ArrayBatch::add(const Part& part) {
  plans_->elements.add(array(part.array), part.region, part.strides, part.first);
}
void ArrayBatch::read() { plans_->elements.run(); }

void ArrayBatch::add_texts(size_t array, const Region& region, std::string_view* texts) {
  plans_->texts.add(this->array(array), region, texts);
}
void ArrayBatch::read_texts() { plans_->texts.run(); }

std::vector<std::string_view> ArrayBatch::room_for_texts(int64_t count) const {
  return af::room_for_texts(count, file_->impl_->limits);
}
VariableData ArrayBatch::join_texts(const std::vector<std::string_view>& texts, bool repair) const {
  return af::join_texts(texts, repair, file_->impl_->limits);
}

}  // namespace af
