#include "atlas/arrays_across.h"

#include <deque>

#include "file/read_plan.h"

namespace af {
namespace {

// In the variable's stack, or segment.
class TogetherInOneFile : public ArraysAcross {
 public:
  TogetherInOneFile(const Atlas::Impl& atlas, std::string_view variable,
                    const std::vector<std::string_view>& datasets)
      : batch_(atlas.stack(variable), datasets) {
    for (size_t i = 0; i < datasets.size(); i++)
      if (!batch_.contains(i))
        fail(Status::kCorrupt, "array ", quoted(variable), " of dataset ", quoted(datasets[i]),
             " is declared but not there");
  }

  const DType& dtype(size_t i) const override { return batch_.dtype(i); }
  Extents shape(size_t i) const override { return batch_.shape(i); }
  std::optional<FillValue> fill(size_t i) const override { return batch_.fill(i); }
  std::optional<ArrayStats> stats(size_t i) const override { return batch_.stats(i).stats; }
  void add(const ArrayBatch::Part& part) override { batch_.add(part); }
  void read() override { batch_.read(); }
  void add_texts(size_t array, const Region& region, std::string_view* texts) override {
    batch_.add_texts(array, region, texts);
  }
  void read_texts() override { batch_.read_texts(); }
  std::vector<std::string_view> room_for_texts(int64_t count) const override {
    return batch_.room_for_texts(count);
  }
  VariableData join_texts(const std::vector<std::string_view>& texts, bool repair) const override {
    return batch_.join_texts(texts, repair);
  }

 private:
  ArrayBatch batch_;
};

// In a container of format 1: what arrays are is in its footer, and files are opened one after the other.
class EachInItsDatasetsFile : public ArraysAcross {
 public:
  EachInItsDatasetsFile(const Container& container, std::string_view variable, std::vector<size_t> rows)
      : container_(container), variable_(variable), rows_(std::move(rows)) {}

  const DType& dtype(size_t i) const override { return declared(rows_[i]).dtype; }
  Extents shape(size_t i) const override { return Extents(declared(rows_[i]).shape); }
  std::optional<FillValue> fill(size_t i) const override {
    return container_.array_schema(rows_[i], variable_).fill;
  }
  std::optional<ArrayStats> stats(size_t i) const override { return container_.stats(rows_[i], variable_); }

  void add(const ArrayBatch::Part& part) override { parts_.push_back(part); }
  void read() override {
    for (ArrayBatch::Part part : parts_) {
      Container::Place place = container_.place(rows_[part.array], variable_);
      ArrayBatch one(std::move(place.file), std::span(&place.array, 1));
      part.array = 0;
      one.add(part);
      one.read();
    }
  }

  void add_texts(size_t array, const Region& region, std::string_view* texts) override {
    text_parts_.push_back({array, region, texts});
  }
  void read_texts() override {
    for (const TextPart& part : text_parts_) {
      Container::Place place = container_.place(rows_[part.array], variable_);
      const VariableData& data = texts_.emplace_back(
          place.file->read_variable(place.array, part.region.start.span(), part.region.shape.span()));
      for (size_t i = 0; i + 1 < data.offsets.size(); i++)
        part.texts[i] = std::string_view(data.bytes)
                            .substr(static_cast<size_t>(data.offsets[i]),
                                    static_cast<size_t>(data.offsets[i + 1] - data.offsets[i]));
    }
  }
  std::vector<std::string_view> room_for_texts(int64_t count) const override {
    return af::room_for_texts(count, container_.limits());
  }
  VariableData join_texts(const std::vector<std::string_view>& texts, bool repair) const override {
    return af::join_texts(texts, repair, container_.limits());
  }

 private:
  struct TextPart {
    size_t array;
    Region region;
    std::string_view* texts;
  };
  const VariableSchema& declared(size_t row) const { return *container_.schema(row).variable(variable_); }

  const Container& container_;
  std::string variable_;
  std::vector<size_t> rows_;
  std::vector<ArrayBatch::Part> parts_;
  std::vector<TextPart> text_parts_;
  std::deque<VariableData> texts_;
};

}  // namespace

std::unique_ptr<ArraysAcross> arrays_across(const Atlas::Impl& atlas, std::string_view variable,
                                            std::vector<size_t> rows) {
  if (atlas.container && atlas.container->format() == 1)
    return std::make_unique<EachInItsDatasetsFile>(*atlas.container, variable, std::move(rows));
  std::vector<std::string_view> names;
  names.reserve(rows.size());
  for (size_t row : rows) names.push_back(atlas.metadata.datasets.name(row));
  return std::make_unique<TogetherInOneFile>(atlas, variable, names);
}

}  // namespace af
