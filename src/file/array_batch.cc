#include "file/array_batch.h"

#include "file/read_plan.h"

namespace af {

struct ArrayBatch::Plans {
  explicit Plans(const ArrayFile::Impl& file) : elements(file), texts(file) {}
  ReadPlan elements;
  TextPlan texts;
};

ArrayBatch::ArrayBatch(std::shared_ptr<const ArrayFile> file, std::span<const std::string_view> names)
    : file_(std::move(file)), lock_(file_->mutex_), plans_(std::make_unique<Plans>(*file_->impl_)) {
  positions_.reserve(names.size());
  arrays_.reserve(names.size());
  for (std::string_view name : names) {
    std::optional<ArrayInUse> found = file_->impl_->find(name);
    positions_.push_back(found ? static_cast<uint32_t>(arrays_.size()) : kMissing);
    if (found) arrays_.push_back(std::move(*found));
  }
}

ArrayBatch::~ArrayBatch() = default;

const ArrayInUse& ArrayBatch::array(size_t i) const { return arrays_[positions_[i]]; }
const DType& ArrayBatch::dtype(size_t i) const { return array(i).dtype; }
const Extents& ArrayBatch::shape(size_t i) const { return array(i).shape; }
std::optional<FillValue> ArrayBatch::fill(size_t i) const { return array(i).fill(); }

NamedStats ArrayBatch::stats(size_t i) const {
  return {std::string(array(i).name), file_->impl_->stats_of(array(i))};
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
