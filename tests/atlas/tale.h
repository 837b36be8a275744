// What stories about stores of datasets are told with.
#pragma once

#include "atlas/atlas.h"
#include "file/failing_store.h"
#include "file/story.h"

namespace af {

// A dataset, and what its user does with it.
class Member {
 public:
  explicit Member(std::shared_ptr<Dataset> dataset) : dataset_(std::move(dataset)) {}

  Dataset* operator->() const { return dataset_.get(); }

  template <typename T>
  void put(std::string_view variable, const std::vector<T>& values,
           std::optional<FillValue> fill = {}) const {
    dataset_->define(variable,
                     array_of(type_of<T>(), {static_cast<int64_t>(values.size())}, {}, std::move(fill)));
    write(variable, values);
  }
  template <typename T>
  void write(std::string_view variable, const std::vector<T>& values) const {
    dataset_->write(variable, {}, {}, {std::as_bytes(std::span(values)), {}});
  }
  template <typename T>
  std::vector<T> read(std::string_view variable) const {
    Extents shape = dataset_->schema(variable).shape;
    std::vector<T> values(static_cast<size_t>(element_count(shape)), static_cast<T>(0x55));
    dataset_->read(variable, {}, {}, {std::as_writable_bytes(std::span(values)), {}});
    return values;
  }
  Texts variables() const {
    Listing listing = dataset_->list();
    Texts names;
    for (int64_t i = 0; i < listing.count(); i++) names.emplace_back(listing.name(i));
    return names;
  }

 private:
  std::shared_ptr<Dataset> dataset_;
};

inline Texts texts_of(const VariableData& data) {
  Texts texts;
  for (size_t i = 0; i + 1 < data.offsets.size(); i++)
    texts.push_back(data.bytes.substr(static_cast<size_t>(data.offsets[i]),
                                      static_cast<size_t>(data.offsets[i + 1] - data.offsets[i])));
  return texts;
}

// A store, and what its user does with it.
class Collection {
 public:
  explicit Collection(std::shared_ptr<Atlas> atlas) : atlas_(std::move(atlas)) {}

  Atlas* operator->() const { return atlas_.get(); }
  void close() { atlas_.reset(); }
  Member create(std::string_view name) const { return Member(atlas_->create_dataset(name)); }
  Member open(std::string_view name) const { return Member(atlas_->open_dataset(name)); }
  Texts datasets() const { return texts_of(atlas_->list_datasets()); }
  Texts variables() const { return texts_of(atlas_->list_variables()); }
  Texts findings(bool problems_only = false) const {
    Texts texts;
    for (const Finding& finding : atlas_->verify())
      if (finding.problem || !problems_only) texts.push_back(finding.text);
    return texts;
  }
  // All that can be read: every value and attribute of every dataset, as text.
  Texts contents() const {
    Texts lines;
    for (const std::string& name : datasets()) {
      Member dataset = open(name);
      lines.push_back(name);
      for (const auto& [key, value] : dataset->attributes()) lines.push_back(line(name, key, value));
      for (const std::string& variable : dataset.variables()) {
        lines.push_back(text_of(name, ".", variable, " = ", elements(dataset, variable)));
        for (const auto& [key, value] : dataset->array_attributes(variable))
          lines.push_back(line(text_of(name, ".", variable), key, value));
      }
    }
    return lines;
  }

 private:
  static std::string elements(const Member& dataset, std::string_view variable) {
    ArraySchema schema = dataset->schema(variable);
    if (schema.dtype == TypeId::kInt32) return testing::PrintToString(dataset.read<int32_t>(variable));
    if (is_variable(schema.dtype.id))
      return testing::PrintToString(texts_of(dataset->read_variable(variable, {}, {})));
    std::string bytes(static_cast<size_t>(element_count(schema.shape)) * element_size(schema.dtype.id), 'x');
    dataset->read(variable, {}, {}, {std::as_writable_bytes(std::span(bytes)), {}});
    return testing::PrintToString(bytes);
  }
  static std::string line(std::string_view owner, std::string_view key, const std::optional<Value>& value) {
    return text_of(owner, " @", key, " = ", testing::PrintToString(*value));
  }

  std::shared_ptr<Atlas> atlas_;
};

inline AtlasOptions to_write() {
  AtlasOptions options;
  options.writable = true;
  options.stacks.threads = 1;
  return options;
}

inline AtlasOptions schema_1(MetadataForm form = {}) {
  AtlasOptions options = to_write();
  options.generation = 1;
  options.document = form;
  return options;
}

// Lays a golden store out under `folder`.
inline void take_golden_store(ObjectStore& store, const std::string& name, const std::string& folder) {
  std::filesystem::path golden = std::filesystem::path(AF_GOLDEN) / "atlas" / name;
  int taken = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(golden)) {
    std::string key = folder + "/" + entry.path().lexically_relative(golden).string();
    if (entry.is_directory()) store.make_folder(key);
    if (!entry.is_regular_file()) continue;
    store.put(key, as_bytes(Shelf::file_bytes(entry.path())), Condition::always());
    taken++;
  }
  ASSERT_GT(taken, 0) << "there is no golden store " << name;
}

// A place where a store lies under "w", with whatever else there is.
class StoreStory : public testing::TestWithParam<Place>, protected Shelf {
 protected:
  StoreStory() : Shelf(GetParam()) {}

  Collection create(const AtlasOptions& options = to_write()) const {
    return Collection(Atlas::create(store(), "w", options));
  }
  Collection open(const AtlasOptions& options = to_write()) const {
    return Collection(Atlas::open(store(), "w", options));
  }
  Collection open_to_read() const { return open({}); }
};

}  // namespace af
