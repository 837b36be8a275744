// What stories about stacks are told with: a place where they lie, and verbs for what is done to them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "file/array_file.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

namespace af {

inline void PrintTo(const Extents& extents, std::ostream* out) {
  *out << testing::PrintToString(std::vector<int64_t>(extents.span().begin(), extents.span().end()));
}

inline void PrintTo(const Value& value, std::ostream* out) {
  *out << type_name(value.type()) << (value.is_list() ? " list " : " ")
       << testing::PrintToString(std::string(value.data()));
}

using Numbers = std::vector<int64_t>;
using Texts = std::vector<std::string>;

template <typename T>
constexpr TypeId type_of() {
  if constexpr (std::is_same_v<T, int8_t>) return TypeId::kInt8;
  if constexpr (std::is_same_v<T, int16_t>) return TypeId::kInt16;
  if constexpr (std::is_same_v<T, int32_t>) return TypeId::kInt32;
  if constexpr (std::is_same_v<T, int64_t>) return TypeId::kInt64;
  if constexpr (std::is_same_v<T, uint8_t>) return TypeId::kUInt8;
  if constexpr (std::is_same_v<T, uint16_t>) return TypeId::kUInt16;
  if constexpr (std::is_same_v<T, uint32_t>) return TypeId::kUInt32;
  if constexpr (std::is_same_v<T, uint64_t>) return TypeId::kUInt64;
  if constexpr (std::is_same_v<T, float>) return TypeId::kFloat32;
  if constexpr (std::is_same_v<T, double>) return TypeId::kFloat64;
}

inline FillValue filled_with(int64_t value) { return fill_of(Value::scalar(TypeId::kInt64, value)); }
inline FillValue filled_with(double value) { return fill_of(Value::scalar(TypeId::kFloat64, value)); }
inline FillValue filled_with(std::string_view text) { return fill_of(Value::text(text)); }

// An array of this type; one chunk holds all of it unless a chunk shape is given.
inline ArraySchema array_of(DType dtype, const Numbers& shape, const Numbers& chunk_shape = {},
                            std::optional<FillValue> fill = {}) {
  ArraySchema schema = make_schema(std::move(dtype), Extents(shape));
  if (!chunk_shape.empty()) schema.chunk_shape = Extents(chunk_shape);
  schema.fill = std::move(fill);
  return schema;
}

inline Value number(int64_t value) { return Value::scalar(TypeId::kInt64, value); }
inline Value number(double value) { return Value::scalar(TypeId::kFloat64, value); }
inline Value text(std::string_view value) { return Value::text(value); }

// A handle, and what its user does with it.
class Stack {
 public:
  explicit Stack(std::shared_ptr<ArrayFile> file) : file_(std::move(file)) {}

  ArrayFile* operator->() const { return file_.get(); }
  ArrayFile& operator*() const { return *file_; }
  void close() { file_.reset(); }

  template <typename T>
  void define(std::string_view name, const Numbers& shape, const Numbers& chunk_shape = {},
              std::optional<FillValue> fill = {}) const {
    file_->define(name, array_of(type_of<T>(), shape, chunk_shape, std::move(fill)));
  }

  template <typename T>
  void write(std::string_view name, const std::vector<T>& values) const {
    file_->write(name, {}, {}, {std::as_bytes(std::span(values)), {}});
  }
  template <typename T>
  void write(std::string_view name, const Numbers& start, const Numbers& shape,
             const std::vector<T>& values) const {
    file_->write(name, start, shape, {std::as_bytes(std::span(values)), {}});
  }
  template <typename T>
  std::vector<T> read(std::string_view name) const {
    return read_region<T>(name, {}, file_->schema(name).shape);
  }
  template <typename T>
  std::vector<T> read(std::string_view name, const Numbers& start, const Numbers& shape) const {
    return read_region<T>(name, start, Extents(shape));
  }

  void write_texts(std::string_view name, const Texts& texts, const Numbers& start = {},
                   const Numbers& shape = {}) const {
    std::string bytes;
    std::vector<int64_t> offsets{0};
    for (const std::string& text : texts) {
      bytes += text;
      offsets.push_back(static_cast<int64_t>(bytes.size()));
    }
    file_->write_variable(name, start, shape, as_bytes(bytes).data(), offsets);
  }
  Texts read_texts(std::string_view name, const Numbers& start = {}, const Numbers& shape = {}) const {
    VariableData data = file_->read_variable(name, start, shape);
    Texts texts;
    for (size_t i = 0; i + 1 < data.offsets.size(); i++)
      texts.push_back(data.bytes.substr(static_cast<size_t>(data.offsets[i]),
                                        static_cast<size_t>(data.offsets[i + 1] - data.offsets[i])));
    return texts;
  }

  // In listing order.
  Texts names() const {
    Listing listing = file_->list();
    Texts names;
    for (int64_t i = 0; i < listing.count(); i++) names.emplace_back(listing.name(i));
    return names;
  }
  std::map<std::string, Value> attributes(std::string_view name) const {
    std::map<std::string, Value> found;
    for (auto& [key, value] : file_->attributes(name)) found.emplace(key, *value);
    return found;
  }
  ArrayStats stats(std::string_view name) const { return file_->stats(name).stats.value(); }
  // All that a check has to say, and only what says that data are damaged.
  Texts findings() const { return reported(false); }
  Texts problems() const { return reported(true); }

 private:
  Texts reported(bool problems_only) const {
    Texts texts;
    for (const Finding& finding : file_->verify())
      if (finding.problem || !problems_only) texts.push_back(finding.text);
    return texts;
  }
  template <typename T>
  std::vector<T> read_region(std::string_view name, const Numbers& start, const Extents& shape) const {
    // Neither zero nor what was there before passes for something that was read.
    std::vector<T> values(static_cast<size_t>(element_count(shape)), static_cast<T>(0x55));
    Numbers extents(shape.span().begin(), shape.span().end());
    if (start.empty()) extents.clear();
    file_->read(name, start, extents, {std::as_writable_bytes(std::span(values)), {}});
    return values;
  }

  std::shared_ptr<ArrayFile> file_;
};

enum class Place { kFolder, kMemory };

inline std::string place_name(const testing::TestParamInfo<Place>& info) {
  return info.param == Place::kFolder ? "InAFolder" : "InMemory";
}

// Objects under keys, where stacks lie.
class Shelf {
 public:
  explicit Shelf(Place place) {
    if (place == Place::kFolder) folder_ = std::make_unique<TempFolder>();
    store_ = folder_ ? open_local_store(folder_->path(), Durability::kNone) : create_memory_store();
  }

  const std::shared_ptr<ObjectStore>& store() const { return store_; }

  Stack create(const std::string& key = "s.af", FileOptions options = {}) const {
    return Stack(ArrayFile::create(store_, key, options));
  }
  Stack open(const std::string& key = "s.af", FileOptions options = {}) const {
    options.writable = true;
    return Stack(ArrayFile::open(store_, key, options));
  }
  Stack open_to_read(const std::string& key = "s.af", FileOptions options = {}) const {
    return Stack(ArrayFile::open(store_, key, options));
  }

  std::set<std::string> keys() const {
    std::set<std::string> keys;
    for (const ObjectInfo& info : store_->list("", INT64_MAX)) keys.insert(info.key);
    return keys;
  }
  bool holds(const std::string& key) const { return store_->stat(key).has_value(); }
  std::string bytes(const std::string& key) const {
    std::unique_ptr<Object> object = store_->open(key);
    std::string bytes(static_cast<size_t>(object->info().size), '\0');
    object->read(0, std::as_writable_bytes(std::span(bytes)));
    return bytes;
  }
  void put(const std::string& key, std::string_view bytes) const {
    store_->put(key, as_bytes(bytes), Condition::always());
  }
  void remove(const std::string& key) const { EXPECT_TRUE(store_->remove(key)) << key << " was not there"; }
  void rename(const std::string& from, const std::string& to) const {
    EXPECT_TRUE(store_->rename(from, to)) << to << " is taken";
  }
  // All that lies here, to be laid out again later.
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    for (const std::string& key : keys()) all[key] = bytes(key);
    return all;
  }

  // Copies the golden stack `name` ("x/attrs_layers") so that `key` is its base.
  void take_golden(const std::string& name, const std::string& key = "s.af") const {
    std::filesystem::path golden = std::filesystem::path(AF_GOLDEN) / name;
    std::string stem = golden.filename().string() + ".", target = key.substr(0, key.size() - 2);
    int taken = 0;
    for (const auto& entry : std::filesystem::directory_iterator(golden.parent_path())) {
      std::string file = entry.path().filename().string();
      if (!file.starts_with(stem) || entry.path().extension() == ".json") continue;
      put(target + file.substr(stem.size()), file_bytes(entry.path()));
      taken++;
    }
    ASSERT_GT(taken, 0) << "there is no golden stack " << name;
  }
  static std::string file_bytes(const std::filesystem::path& path);

 private:
  std::unique_ptr<TempFolder> folder_;
  std::shared_ptr<ObjectStore> store_;
};

inline std::string Shelf::file_bytes(const std::filesystem::path& path) {
  std::string bytes(std::filesystem::file_size(path), '\0');
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "rb"), fclose);
  if (!file || fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    throw std::runtime_error("cannot read " + path.string());
  return bytes;
}

// A story that is told twice: in a folder, and in memory.
class Story : public testing::TestWithParam<Place>, protected Shelf {
 protected:
  Story() : Shelf(GetParam()) {}
};

#define TELL_EVERYWHERE(suite) \
  INSTANTIATE_TEST_SUITE_P(Told, suite, testing::Values(Place::kFolder, Place::kMemory), place_name)

// What whoever opens the stack sees of it.
inline void expect_sound(const Stack& stack) { EXPECT_EQ(stack.findings(), Texts{}); }

}  // namespace af
