/*
 * arrayformat.hpp - the C ABI of arrayformat.h for C++17: owners that close themselves, calls that throw,
 * typed reads and writes. It adds nothing else: what a call does, costs and may answer is said in
 * arrayformat.h, at the function of the same name.
 *
 * Copyright 2026 The arrayformat authors. Licensed under the Apache License, Version 2.0.
 */
#ifndef ARRAYFORMAT_HPP
#define ARRAYFORMAT_HPP

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "arrayformat/arrayformat.h"

namespace arrayformat {

// What a failing call answered.
class Error : public std::runtime_error {
 public:
  Error(af_status status, const std::string& message, int32_t os_errno = 0, int32_t http_status = 0)
      : std::runtime_error(message), status_(status), os_errno_(os_errno), http_status_(http_status) {}

  af_status status() const noexcept { return status_; }
  int32_t os_errno() const noexcept { return os_errno_; }
  int32_t http_status() const noexcept { return http_status_; }

 private:
  af_status status_;
  int32_t os_errno_;
  int32_t http_status_;
};

// Elements in memory that belong to somebody else.
template <typename T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, std::size_t size) : data_(data), size_(size) {}
  // Whatever has data() and size(): a vector, an array, a string, a std::span.
  template <typename Elements, typename = std::enable_if_t<
                                   std::is_convertible_v<decltype(std::declval<Elements&>().data()), T*>>>
  constexpr Span(Elements&& elements) : data_(elements.data()), size_(elements.size()) {}

  constexpr T* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }
  constexpr T& operator[](std::size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

// Shapes, starts, chunk coordinates.
using Extents = std::vector<std::int64_t>;

// Part of an array; as it is made, all of it.
struct Region {
  Extents start;
  Extents shape;
};

// An element of AF_TIMESTAMP_NS.
struct Timestamp {
  std::int64_t nanoseconds;

  friend bool operator==(Timestamp a, Timestamp b) { return a.nanoseconds == b.nanoseconds; }
  friend bool operator!=(Timestamp a, Timestamp b) { return !(a == b); }
};

// The dtype that holds elements of T.
template <typename T>
struct DataTypeOf;
template <>
struct DataTypeOf<bool> : std::integral_constant<af_data_type, AF_BOOL> {};
template <>
struct DataTypeOf<std::int8_t> : std::integral_constant<af_data_type, AF_INT8> {};
template <>
struct DataTypeOf<std::int16_t> : std::integral_constant<af_data_type, AF_INT16> {};
template <>
struct DataTypeOf<std::int32_t> : std::integral_constant<af_data_type, AF_INT32> {};
template <>
struct DataTypeOf<std::int64_t> : std::integral_constant<af_data_type, AF_INT64> {};
template <>
struct DataTypeOf<std::uint8_t> : std::integral_constant<af_data_type, AF_UINT8> {};
template <>
struct DataTypeOf<std::uint16_t> : std::integral_constant<af_data_type, AF_UINT16> {};
template <>
struct DataTypeOf<std::uint32_t> : std::integral_constant<af_data_type, AF_UINT32> {};
template <>
struct DataTypeOf<std::uint64_t> : std::integral_constant<af_data_type, AF_UINT64> {};
template <>
struct DataTypeOf<float> : std::integral_constant<af_data_type, AF_FLOAT32> {};
template <>
struct DataTypeOf<double> : std::integral_constant<af_data_type, AF_FLOAT64> {};
template <>
struct DataTypeOf<Timestamp> : std::integral_constant<af_data_type, AF_TIMESTAMP_NS> {};

template <typename T>
inline constexpr af_data_type data_type_of = DataTypeOf<std::remove_cv_t<T>>::value;

namespace detail {

// Calls f(arguments..., &error) and throws what it answers.
template <typename Function, typename... Arguments>
void call(Function f, Arguments... arguments) {
  af_error* error = nullptr;
  const af_status status = f(arguments..., &error);
  if (status == AF_OK) return;
  const std::unique_ptr<af_error, void (*)(af_error*)> owned(error, af_error_free);
  throw Error(status, af_error_message(error), af_error_os_errno(error), af_error_http_status(error));
}

// The same for a function whose last parameter but one is the result.
template <typename Result, typename Function, typename... Arguments>
Result ask(Function f, Arguments... arguments) {
  Result result{};
  call(f, arguments..., &result);
  return result;
}

template <typename T, void (*Release)(T*)>
struct Releaser {
  void operator()(T* object) const noexcept { Release(object); }
};
template <typename T, void (*Release)(T*)>
using Owner = std::unique_ptr<T, Releaser<T, Release>>;

inline std::int64_t length(std::string_view text) { return static_cast<std::int64_t>(text.size()); }
inline std::int32_t rank(const Extents& extents) { return static_cast<std::int32_t>(extents.size()); }
template <typename T>
std::int64_t length_in_bytes(Span<T> elements) {
  return static_cast<std::int64_t>(elements.size() * sizeof(T));
}
// NULL where the region means the whole array.
inline const std::int64_t* data(const Extents& extents) { return extents.empty() ? nullptr : extents.data(); }
inline std::int32_t rank(const Region& region) {
  if (region.start.size() != region.shape.size())
    throw Error(AF_INVALID_ARGUMENT, "a region's start and shape have different ranks");
  return rank(region.start);
}

// For a whole array the strides tell the rank.
inline std::int32_t rank(const Region& region, const Extents& strides) {
  if (strides.empty()) return rank(region);
  if (rank(region) != 0 && strides.size() != region.start.size())
    throw Error(AF_INVALID_ARGUMENT, "a region and its strides have different ranks");
  return rank(strides);
}

inline void check_type(af_data_type found, af_data_type expected, std::string_view what) {
  if (found == expected) return;
  throw Error(AF_DTYPE_MISMATCH, std::string(what) + " is of dtype " + af_data_type_name(found) +
                                     ", expected " + af_data_type_name(expected));
}

// Pieces of text or bytes, back to back with offsets.
struct Packed {
  std::string bytes;
  std::vector<std::int64_t> offsets{0};

  template <typename Pieces>
  explicit Packed(const Pieces& pieces) {
    for (std::string_view piece : pieces) {
      bytes += piece;
      offsets.push_back(length(bytes));
    }
  }
  std::int64_t count() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
};

inline std::string_view piece(const void* data, const std::int64_t* offsets, std::int64_t i) {
  return {static_cast<const char*>(data) + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
}

}  // namespace detail

// One value that belongs to somebody else.
class ValueView {
 public:
  explicit ValueView(const af_value* value) : value_(value) {}

  const af_value* get() const { return value_; }
  af_data_type data_type() const { return af_value_data_type(value_); }
  bool is_list() const { return af_value_is_list(value_) != 0; }
  std::int64_t count() const { return af_value_count(value_); }
  // The elements of a value of a fixed-width dtype, which must be T's.
  template <typename T>
  Span<const T> elements() const {
    detail::check_type(data_type(), data_type_of<T>, "the value");
    return {static_cast<const T*>(af_value_data(value_)), static_cast<std::size_t>(count())};
  }
  // Element i, which must be there.
  template <typename T>
  T as(std::int64_t i = 0) const {
    check_index(i);
    return elements<T>()[static_cast<std::size_t>(i)];
  }
  // Element i of a string or binary value.
  std::string_view bytes(std::int64_t i = 0) const {
    const std::int64_t* offsets = af_value_offsets(value_);
    if (offsets == nullptr) throw Error(AF_DTYPE_MISMATCH, "the value is neither string nor binary");
    check_index(i);
    return detail::piece(af_value_data(value_), offsets, i);
  }

 private:
  void check_index(std::int64_t i) const {
    if (i < 0 || i >= count()) throw Error(AF_OUT_OF_BOUNDS, "the value has no element " + std::to_string(i));
  }

  const af_value* value_;
};

// One value: an attribute or a fill value.
class Value {
 public:
  explicit Value(af_value* owned) : value_(owned) {}

  template <typename T>
  static Value scalar(T element) {
    return fixed(0, Span<const T>(&element, 1));
  }
  template <typename T>
  static Value list(Span<const T> elements) {
    return fixed(1, elements);
  }
  template <typename T>
  static Value list(std::initializer_list<T> elements) {
    return fixed(1, Span<const T>(elements.begin(), elements.size()));
  }
  static Value text(std::string_view text) {
    return Value(detail::ask<af_value*>(af_value_create_text, text.data(), detail::length(text)));
  }
  static Value binary(std::string_view bytes) {
    return variable(AF_BINARY, 0, std::initializer_list<std::string_view>{bytes});
  }
  static Value texts(const std::vector<std::string_view>& texts) { return variable(AF_STRING, 1, texts); }
  static Value binaries(const std::vector<std::string_view>& pieces) {
    return variable(AF_BINARY, 1, pieces);
  }

  const af_value* get() const { return value_.get(); }
  ValueView view() const { return ValueView(get()); }
  operator ValueView() const { return view(); }

 private:
  template <typename T>
  static Value fixed(std::uint8_t is_list, Span<const T> elements) {
    return Value(detail::ask<af_value*>(af_value_create, data_type_of<T>, is_list, elements.data(),
                                        static_cast<std::int64_t>(elements.size())));
  }
  template <typename Pieces>
  static Value variable(af_data_type dtype, std::uint8_t is_list, const Pieces& pieces) {
    const detail::Packed packed(pieces);
    return Value(detail::ask<af_value*>(af_value_create_variable, dtype, is_list, packed.bytes.data(),
                                        packed.offsets.data(), packed.count()));
  }

  detail::Owner<af_value, af_value_free> value_;
};

// Names with values.
class ValueMap {
 public:
  explicit ValueMap(af_value_map* owned) : map_(owned) {}

  std::int64_t count() const { return af_value_map_count(map_.get()); }
  std::string_view name(std::int64_t i) const {
    std::int64_t length = 0;
    const char* text = af_value_map_name(map_.get(), i, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  std::optional<ValueView> value(std::int64_t i) const {
    const af_value* value = af_value_map_value(map_.get(), i);
    return value == nullptr ? std::nullopt : std::optional(ValueView(value));
  }

 private:
  detail::Owner<af_value_map, af_value_map_free> map_;
};

// Elements of variable length, or raw bytes.
class Values {
 public:
  explicit Values(af_values* owned) : values_(owned) {}

  const af_values* get() const { return values_.get(); }
  std::int64_t count() const { return af_values_count(get()); }
  // Element i, which must be there.
  std::string_view operator[](std::int64_t i) const {
    return detail::piece(af_values_data(get()), af_values_offsets(get()), i);
  }

 private:
  detail::Owner<af_values, af_values_free> values_;
};

// Elements of a list dtype, as levels of offsets and values.
class Lists {
 public:
  explicit Lists(af_lists* owned) : lists_(owned) {}

  std::int64_t count(std::int32_t level) const { return af_lists_count(lists_.get(), level); }
  // Empty for levels without.
  Span<const std::int64_t> offsets(std::int32_t level) const {
    const std::int64_t* first = af_lists_offsets(lists_.get(), level);
    return {first, first == nullptr ? 0 : static_cast<std::size_t>(count(level)) + 1};
  }
  std::string_view data() const {
    return {static_cast<const char*>(af_lists_data(lists_.get())),
            static_cast<std::size_t>(af_lists_data_len(lists_.get()))};
  }

 private:
  detail::Owner<af_lists, af_lists_free> lists_;
};

// What an array is.
class Schema {
 public:
  explicit Schema(af_schema* owned) : schema_(owned) {}
  Schema(af_data_type dtype, const Extents& shape)
      : schema_(detail::ask<af_schema*>(af_schema_create, dtype, shape.data(), detail::rank(shape))) {}
  template <typename T>
  static Schema of(const Extents& shape) {
    return Schema(data_type_of<T>, shape);
  }

  Schema& wrap_list(af_data_type list_dtype, std::int64_t size = 0) {
    detail::call(af_schema_wrap_list, schema_.get(), list_dtype, size);
    return *this;
  }
  Schema& set_chunk_shape(const Extents& shape) {
    detail::call(af_schema_set_chunk_shape, schema_.get(), shape.data(), detail::rank(shape));
    return *this;
  }
  Schema& set_dimension_name(std::int32_t axis, std::string_view name) {
    detail::call(af_schema_set_dimension_name, schema_.get(), axis, name.data(), detail::length(name));
    return *this;
  }
  Schema& set_fill(ValueView fill) {
    detail::call(af_schema_set_fill, schema_.get(), fill.get());
    return *this;
  }
  Schema& clear_fill() {
    detail::call(af_schema_set_fill, schema_.get(), static_cast<const af_value*>(nullptr));
    return *this;
  }

  const af_schema* get() const { return schema_.get(); }
  af_data_type data_type() const { return af_schema_data_type(get()); }
  std::int32_t list_depth() const { return af_schema_list_depth(get()); }
  af_data_type list_data_type(std::int32_t level) const { return af_schema_list_data_type(get(), level); }
  std::int64_t list_size(std::int32_t level) const { return af_schema_list_size(get(), level); }
  std::int32_t rank() const { return af_schema_rank(get()); }
  Extents shape() const { return extents(af_schema_shape(get())); }
  Extents chunk_shape() const { return extents(af_schema_chunk_shape(get())); }
  std::int64_t element_count() const { return af_schema_element_count(get()); }
  std::string_view dimension_name(std::int32_t axis) const {
    std::int64_t length = 0;
    const char* text = af_schema_dimension_name(get(), axis, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  std::optional<ValueView> fill() const {
    const af_value* fill = af_schema_fill(get());
    return fill == nullptr ? std::nullopt : std::optional(ValueView(fill));
  }

 private:
  Extents extents(const std::int64_t* first) const { return Extents(first, first + rank()); }

  detail::Owner<af_schema, af_schema_free> schema_;
};

namespace detail {

// The elements of a region. One that is too large for its array is refused before memory is sought for it.
inline std::int64_t element_count(const Region& region, const Schema& schema) {
  if (rank(region) == 0) return schema.element_count();
  const Extents shape = schema.shape();
  if (shape.size() != region.shape.size())
    throw Error(AF_INVALID_ARGUMENT, "the region has another rank than the array");
  std::uint64_t count = 1;
  for (std::size_t axis = 0; axis < shape.size(); axis++) {
    if (region.shape[axis] < 0 || region.shape[axis] > shape[axis])
      throw Error(AF_OUT_OF_BOUNDS, "the region is larger than the array along axis " + std::to_string(axis));
    count *= static_cast<std::uint64_t>(region.shape[axis]);
  }
  return static_cast<std::int64_t>(count);
}

}  // namespace detail

// The arrays of a file, or of a dataset.
class Listing {
 public:
  explicit Listing(af_listing* owned) : listing_(owned) {}

  std::int64_t count() const { return af_listing_count(listing_.get()); }
  // Of array i, which must be there.
  std::string_view name(std::int64_t i) const {
    return detail::piece(af_listing_names(listing_.get()), af_listing_name_offsets(listing_.get()), i);
  }
  af_data_type data_type(std::int64_t i) const { return af_listing_data_types(listing_.get())[i]; }
  Span<const std::int64_t> shape(std::int64_t i) const {
    const std::int64_t* offsets = af_listing_shape_offsets(listing_.get());
    return {af_listing_shapes(listing_.get()) + offsets[i],
            static_cast<std::size_t>(offsets[i + 1] - offsets[i])};
  }

 private:
  detail::Owner<af_listing, af_listing_free> listing_;
};

// Statistics of arrays.
class Stats {
 public:
  explicit Stats(af_stats* owned) : stats_(owned) {}

  std::int64_t count() const { return af_stats_count(stats_.get()); }
  std::string_view name(std::int64_t i) const {
    std::int64_t length = 0;
    const char* text = af_stats_name(stats_.get(), i, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  bool known(std::int64_t i) const { return af_stats_known(stats_.get(), i) != 0; }
  std::uint64_t row_count(std::int64_t i) const { return af_stats_row_count(stats_.get(), i); }
  std::uint64_t null_count(std::int64_t i) const { return af_stats_null_count(stats_.get(), i); }
  std::optional<ValueView> min(std::int64_t i) const { return view(af_stats_min(stats_.get(), i)); }
  std::optional<ValueView> max(std::int64_t i) const { return view(af_stats_max(stats_.get(), i)); }

 private:
  static std::optional<ValueView> view(const af_value* value) {
    return value == nullptr ? std::nullopt : std::optional(ValueView(value));
  }

  detail::Owner<af_stats, af_stats_free> stats_;
};

// What a check found.
class Report {
 public:
  explicit Report(af_report* owned) : report_(owned) {}

  std::int64_t count() const { return af_report_count(report_.get()); }
  bool is_problem(std::int64_t i) const { return af_report_is_problem(report_.get(), i) != 0; }
  std::string_view text(std::int64_t i) const { return af_report_text(report_.get(), i); }

 private:
  detail::Owner<af_report, af_report_free> report_;
};

// Decoded blocks, shared by files.
class Cache {
 public:
  explicit Cache(std::int64_t capacity) : cache_(detail::ask<af_cache*>(af_cache_create, capacity)) {}

  const af_cache* get() const { return cache_.get(); }
  std::int64_t size() const { return detail::ask<std::int64_t>(af_cache_size, get()); }

 private:
  detail::Owner<af_cache, af_cache_close> cache_;
};

// A place that holds objects under keys.
class Store {
 public:
  explicit Store(af_store* owned) : store_(owned) {}
  static Store open_local(std::string_view folder) {
    return Store(detail::ask<af_store*>(af_store_open_local, folder.data(), detail::length(folder)));
  }
  // `options`: lines of name=value.
  static Store open_url(std::string_view url, std::string_view options = {}) {
    return Store(detail::ask<af_store*>(af_store_open_url, url.data(), detail::length(url), options.data(),
                                        detail::length(options)));
  }
  static Store create_memory() { return Store(detail::ask<af_store*>(af_store_create_memory)); }
  static Store create_callbacks(const af_store_callbacks& callbacks) {
    return Store(detail::ask<af_store*>(af_store_create_callbacks, &callbacks));
  }

  af_store* get() const { return store_.get(); }
  Values get(std::string_view key) const {
    return Values(detail::ask<af_values*>(af_store_get, get(), key.data(), detail::length(key)));
  }
  void put(std::string_view key, std::string_view bytes, std::int32_t condition = AF_PUT_ALWAYS) {
    detail::call(af_store_put, get(), key.data(), detail::length(key), bytes.data(), detail::length(bytes),
                 condition);
  }
  void remove(std::string_view key) { detail::call(af_store_remove, get(), key.data(), detail::length(key)); }
  Values list(std::string_view prefix) const {
    return Values(detail::ask<af_values*>(af_store_list, get(), prefix.data(), detail::length(prefix)));
  }

 private:
  detail::Owner<af_store, af_store_close> store_;
};

inline af_file_options file_options() { return AF_FILE_OPTIONS_INIT; }
inline af_file_options writable() {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.writable = 1;
  return options;
}

// Whole arrays back to back: array i is the bytes from offsets[i] to offsets[i + 1].
struct ManyArrays {
  std::vector<char> bytes;
  std::vector<std::int64_t> offsets;
};

// Many arrays in one file.
class File {
 public:
  // Answers true to cancel. What it throws cancels, too.
  using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

  explicit File(af_file* owned) : file_(owned) {}
  static File create(std::string_view path, const af_file_options& options = file_options()) {
    return File(detail::ask<af_file*>(af_file_create, path.data(), detail::length(path), &options));
  }
  static File open(std::string_view path, const af_file_options& options = file_options()) {
    return File(detail::ask<af_file*>(af_file_open, path.data(), detail::length(path), &options));
  }
  static File create_in(Store& store, std::string_view key, const af_file_options& options = file_options()) {
    return File(
        detail::ask<af_file*>(af_file_create_in, store.get(), key.data(), detail::length(key), &options));
  }
  static File open_in(Store& store, std::string_view key, const af_file_options& options = file_options()) {
    return File(
        detail::ask<af_file*>(af_file_open_in, store.get(), key.data(), detail::length(key), &options));
  }
  static File create_memory(const af_file_options& options = file_options()) {
    return File(detail::ask<af_file*>(af_file_create_memory, &options));
  }
  // A base file in memory, which is copied.
  static File open_buffer(std::string_view bytes, const af_file_options& options = file_options()) {
    return File(detail::ask<af_file*>(af_file_open_buffer, static_cast<const void*>(bytes.data()),
                                      detail::length(bytes), nullptr, nullptr, &options));
  }
  static File open_descriptor(std::int32_t descriptor, const af_file_options& options = file_options()) {
    return File(detail::ask<af_file*>(af_file_open_descriptor, descriptor, &options));
  }

  af_file* get() const { return file_.get(); }
  void set_cache(const Cache& cache) { detail::call(af_file_set_cache, get(), cache.get()); }
  void set_progress(Progress progress) {
    auto kept = std::make_unique<Progress>(std::move(progress));
    detail::call(af_file_set_progress, get(), *kept ? &report : nullptr, static_cast<void*>(kept.get()));
    progress_ = std::move(kept);
  }

  // -- arrays

  void define(std::string_view name, const Schema& schema) {
    detail::call(af_file_define, get(), name.data(), detail::length(name), schema.get());
  }
  void erase(std::string_view name) {
    detail::call(af_file_delete, get(), name.data(), detail::length(name));
  }
  void resize(std::string_view name, const Extents& shape) {
    detail::call(af_file_resize, get(), name.data(), detail::length(name), shape.data(), detail::rank(shape));
  }
  bool contains(std::string_view name) const {
    return detail::ask<std::uint8_t>(af_file_contains, get(), name.data(), detail::length(name)) != 0;
  }
  Schema schema(std::string_view name) const {
    return Schema(detail::ask<af_schema*>(af_file_schema, get(), name.data(), detail::length(name)));
  }
  Listing list() const { return Listing(detail::ask<af_listing*>(af_file_list, get())); }
  // The names that match, `limit` of them from position *next on, which then is where to go on: -1 at the
  // end.
  Listing list_page(std::string_view pattern, std::int32_t match, std::int64_t limit,
                    std::int64_t* next) const {
    af_listing* found = nullptr;
    std::int64_t first = *next;
    detail::call(af_file_list_page, get(), pattern.data(), detail::length(pattern), match, first, limit,
                 &found, next);
    return Listing(found);
  }
  Stats stats(std::string_view name) const {
    return Stats(detail::ask<af_stats*>(af_file_stats, get(), name.data(), detail::length(name)));
  }
  Stats stats_all() const { return Stats(detail::ask<af_stats*>(af_file_stats_all, get())); }

  // -- attributes

  void set_attribute(std::string_view name, std::string_view key, ValueView value) {
    detail::call(af_file_set_attribute, get(), name.data(), detail::length(name), key.data(),
                 detail::length(key), value.get());
  }
  void remove_attribute(std::string_view name, std::string_view key) {
    detail::call(af_file_remove_attribute, get(), name.data(), detail::length(name), key.data(),
                 detail::length(key));
  }
  Value attribute(std::string_view name, std::string_view key) const {
    return Value(detail::ask<af_value*>(af_file_get_attribute, get(), name.data(), detail::length(name),
                                        key.data(), detail::length(key)));
  }
  ValueMap attributes(std::string_view name) const {
    return ValueMap(detail::ask<af_value_map*>(af_file_attributes, get(), name.data(), detail::length(name)));
  }
  ValueMap attribute_column(std::string_view key) const {
    return ValueMap(
        detail::ask<af_value_map*>(af_file_attribute_column, get(), key.data(), detail::length(key)));
  }
  void set_file_attribute(std::string_view key, ValueView value) {
    detail::call(af_file_set_file_attribute, get(), key.data(), detail::length(key), value.get());
  }

  // -- data. The typed calls ask first whether the array's dtype is that of T; the others take any memory.

  template <typename T>
  void write(std::string_view name, Span<const T> elements, const Region& region = {}) {
    check_type<T>(name);
    write(name, region, elements.data(), detail::length_in_bytes(elements));
  }
  template <typename T>
  void write(std::string_view name, const std::vector<T>& elements, const Region& region = {}) {
    write(name, Span<const T>(elements), region);
  }
  void write(std::string_view name, const Region& region, const void* src, std::int64_t src_len,
             const Extents& strides = {}) {
    detail::call(af_file_write, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region, strides), detail::data(strides), src,
                 src_len);
  }
  // Strings or binary, in C order.
  void write_variable(std::string_view name, const std::vector<std::string_view>& elements,
                      const Region& region = {}) {
    const detail::Packed packed(elements);
    detail::call(af_file_write_variable, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region), packed.bytes.data(), packed.offsets.data(),
                 packed.count());
  }
  template <typename T>
  void read_into(std::string_view name, Span<T> elements, const Region& region = {}) const {
    check_type<T>(name);
    read(name, region, elements.data(), detail::length_in_bytes(elements));
  }
  template <typename T>
  std::vector<T> read(std::string_view name, const Region& region = {}) const {
    static_assert(!std::is_same_v<T, bool>,
                  "a std::vector<bool> has no memory to read into: use std::uint8_t");
    const Schema schema = check_type<T>(name);
    std::vector<T> elements(static_cast<std::size_t>(detail::element_count(region, schema)));
    read(name, region, elements.data(), detail::length_in_bytes(Span<T>(elements)));
    return elements;
  }
  void read(std::string_view name, const Region& region, void* dst, std::int64_t dst_len,
            const Extents& strides = {}) const {
    detail::call(af_file_read, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region, strides), detail::data(strides), dst,
                 dst_len);
  }
  Values read_variable(std::string_view name, const Region& region = {}) const {
    return Values(detail::ask<af_values*>(af_file_read_variable, get(), name.data(), detail::length(name),
                                          detail::data(region.start), detail::data(region.shape),
                                          detail::rank(region)));
  }
  Lists read_lists(std::string_view name, const Region& region = {}) const {
    return Lists(detail::ask<af_lists*>(af_file_read_lists, get(), name.data(), detail::length(name),
                                        detail::data(region.start), detail::data(region.shape),
                                        detail::rank(region)));
  }
  // The offsets of all levels that have some, one run after the other.
  void write_lists(std::string_view name, const std::vector<std::int64_t>& offsets, std::string_view values,
                   const Region& region = {}) {
    detail::call(af_file_write_lists, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region), offsets.data(),
                 static_cast<std::int64_t>(offsets.size()), values.data(), detail::length(values));
  }
  void export_arrow(std::string_view name, ArrowSchema* schema, ArrowArray* array,
                    const Region& region = {}) const {
    detail::call(af_file_export_arrow, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region), schema, array);
  }
  void write_arrow(std::string_view name, const ArrowSchema& schema, const ArrowArray& array) {
    detail::call(af_file_write_arrow, get(), name.data(), detail::length(name), &schema, &array);
  }
  void export_arrow_stream(const std::vector<std::string_view>& names, std::int64_t limit,
                           ArrowArrayStream* stream) const {
    const detail::Packed packed(names);
    detail::call(af_file_export_arrow_stream, get(), packed.bytes.data(), packed.offsets.data(),
                 packed.count(), limit, stream);
  }
  void write_arrow_stream(ArrowArrayStream* stream) {
    detail::call(af_file_write_arrow_stream, get(), stream);
  }
  DLManagedTensorVersioned* export_dlpack(std::string_view name, const Region& region = {}) const {
    return detail::ask<DLManagedTensorVersioned*>(af_file_export_dlpack, get(), name.data(),
                                                  detail::length(name), detail::data(region.start),
                                                  detail::data(region.shape), detail::rank(region));
  }
  ManyArrays read_many(const std::vector<std::string_view>& names) const {
    const detail::Packed packed(names);
    ManyArrays result{{}, std::vector<std::int64_t>(names.size() + 1)};
    const auto read = [&](void* dst, std::int64_t dst_len) {
      detail::call(af_file_read_many, get(), packed.bytes.data(), packed.offsets.data(), packed.count(), dst,
                   dst_len, result.offsets.data());
    };
    read(nullptr, 0);
    result.bytes.resize(static_cast<std::size_t>(result.offsets.back()));
    if (!result.bytes.empty()) read(result.bytes.data(), result.offsets.back());
    return result;
  }

  // -- growing. The answer of append is where the new part begins along the axis.

  template <typename T>
  std::int64_t append(std::string_view name, std::int32_t axis, const Extents& shape,
                      const std::vector<T>& elements) {
    check_type<T>(name);
    std::int64_t position = 0;
    detail::call(af_file_append, get(), name.data(), detail::length(name), axis, shape.data(),
                 detail::rank(shape), nullptr, elements.data(),
                 detail::length_in_bytes(Span<const T>(elements)), &position);
    return position;
  }
  std::int64_t append_variable(std::string_view name, std::int32_t axis, const Extents& shape,
                               const std::vector<std::string_view>& elements) {
    const detail::Packed packed(elements);
    std::int64_t position = 0;
    detail::call(af_file_append_variable, get(), name.data(), detail::length(name), axis, shape.data(),
                 detail::rank(shape), packed.bytes.data(), packed.offsets.data(), packed.count(), &position);
    return position;
  }
  void rename(std::string_view name, std::string_view new_name) {
    detail::call(af_file_rename, get(), name.data(), detail::length(name), new_name.data(),
                 detail::length(new_name));
  }
  void copy_array(const File& source, std::string_view name, std::string_view new_name,
                  std::int32_t present = AF_PRESENT_REFUSE) {
    detail::call(af_file_copy_array, get(), source.get(), name.data(), detail::length(name), new_name.data(),
                 detail::length(new_name), present);
  }
  void copy_arrays(const File& source, const std::vector<std::string_view>& names,
                   std::int32_t present = AF_PRESENT_REFUSE) {
    const detail::Packed packed(names);
    detail::call(af_file_copy_arrays, get(), source.get(), packed.bytes.data(), packed.offsets.data(),
                 packed.count(), present);
  }
  void move_array(File& source, std::string_view name, std::string_view new_name,
                  std::int32_t present = AF_PRESENT_REFUSE) {
    detail::call(af_file_move_array, get(), source.get(), name.data(), detail::length(name), new_name.data(),
                 detail::length(new_name), present);
  }
  void merge(const File& source, std::int32_t present = AF_PRESENT_REFUSE) {
    detail::call(af_file_merge, get(), source.get(), present);
  }

  // -- raw chunks

  std::vector<Extents> chunks(std::string_view name) const {
    af_values* found = nullptr;
    std::int64_t count = 0;
    detail::call(af_file_chunks, get(), name.data(), detail::length(name), &found, &count);
    const Values values(found);
    std::vector<Extents> coords;
    coords.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; i++) {
      const std::string_view bytes = values[i];
      const auto* first = reinterpret_cast<const std::int64_t*>(bytes.data());
      coords.emplace_back(first, first + bytes.size() / sizeof(std::int64_t));
    }
    return coords;
  }
  Values read_chunk(std::string_view name, const Extents& coord) const {
    return Values(detail::ask<af_values*>(af_file_read_chunk, get(), name.data(), detail::length(name),
                                          coord.data(), detail::rank(coord)));
  }
  void write_chunk(std::string_view name, const Extents& coord, std::string_view payload) {
    detail::call(af_file_write_chunk, get(), name.data(), detail::length(name), coord.data(),
                 detail::rank(coord), payload.data(), detail::length(payload));
  }

  // -- the stack

  void flush() { detail::call(af_file_flush, get()); }
  bool is_dirty() const { return detail::ask<std::uint8_t>(af_file_is_dirty, get()) != 0; }
  void compact() { detail::call(af_file_compact, get()); }
  void upgrade(std::int32_t footer_version) { detail::call(af_file_upgrade, get(), footer_version); }
  // Answers how many bytes it gave back.
  std::int64_t gc() { return detail::ask<std::int64_t>(af_file_gc, get()); }
  void backup(std::string_view path, const af_file_options& options = file_options()) const {
    detail::call(af_file_backup, get(), path.data(), detail::length(path), &options);
  }
  // Whether there was anything new.
  bool refresh() { return detail::ask<std::uint8_t>(af_file_refresh, get()) != 0; }
  void copy(std::string_view path, const af_file_options& options = file_options()) const {
    detail::call(af_file_copy, get(), path.data(), detail::length(path), &options);
  }
  // What is sound of a stack that may be too damaged to be opened, as a new one at `new_path`.
  static Report repair(std::string_view path, std::string_view new_path,
                       const af_file_options& options = file_options()) {
    return Report(detail::ask<af_report*>(af_file_repair, path.data(), detail::length(path), new_path.data(),
                                          detail::length(new_path), &options, nullptr, nullptr));
  }
  Report verify() const { return Report(detail::ask<af_report*>(af_file_verify, get())); }
  std::int64_t layer_count() const { return detail::ask<std::int64_t>(af_file_layer_count, get()); }
  af_layer_info layer(std::int64_t i) const {
    af_layer_info info = AF_LAYER_INFO_INIT;
    detail::call(af_file_layer, get(), i, &info);
    return info;
  }
  std::int32_t footer_version() const { return detail::ask<std::int32_t>(af_file_footer_version, get()); }
  af_io_stats io_stats() const {
    af_io_stats stats = AF_IO_STATS_INIT;
    detail::call(af_file_io_stats, get(), &stats);
    return stats;
  }

 private:
  static std::int32_t report(void* context, std::int64_t done, std::int64_t total) noexcept {
    try {
      return (*static_cast<Progress*>(context))(done, total) ? 1 : 0;
    } catch (...) {
      return 1;
    }
  }

  template <typename T>
  Schema check_type(std::string_view name) const {
    Schema schema = this->schema(name);
    detail::check_type(schema.data_type(), data_type_of<T>, "the array");
    return schema;
  }

  std::unique_ptr<Progress> progress_;
  detail::Owner<af_file, af_file_close> file_;
};

inline af_mmap_options mmap_options(std::int32_t mode = AF_MMAP_READ_ONLY) {
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.mode = mode;
  return options;
}

inline af_atlas_options atlas_options() { return AF_ATLAS_OPTIONS_INIT; }
inline af_atlas_options writable_atlas() {
  af_atlas_options options = AF_ATLAS_OPTIONS_INIT;
  options.writable = 1;
  return options;
}

// What arrays and attributes of datasets are. Array -1 stands for the dataset itself where attributes are
// asked for.
class AtlasSchema {
 public:
  explicit AtlasSchema(af_atlas_schema* owned) : schema_(owned) {}

  std::int64_t array_count() const { return af_atlas_schema_array_count(get()); }
  std::string_view array_name(std::int64_t array) const {
    std::int64_t length = 0;
    const char* text = af_atlas_schema_array_name(get(), array, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  af_data_type array_data_type(std::int64_t array) const {
    return af_atlas_schema_array_data_type(get(), array);
  }
  std::int32_t dimension_count(std::int64_t array) const {
    return af_atlas_schema_dimension_count(get(), array);
  }
  std::string_view dimension_name(std::int64_t array, std::int32_t axis) const {
    std::int64_t length = 0;
    const char* text = af_atlas_schema_dimension_name(get(), array, axis, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  std::int64_t attribute_count(std::int64_t array) const {
    return af_atlas_schema_attribute_count(get(), array);
  }
  std::string_view attribute_key(std::int64_t array, std::int64_t i) const {
    std::int64_t length = 0;
    const char* text = af_atlas_schema_attribute_key(get(), array, i, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  af_data_type attribute_data_type(std::int64_t array, std::int64_t i) const {
    return af_atlas_schema_attribute_data_type(get(), array, i);
  }
  bool attribute_is_list(std::int64_t array, std::int64_t i) const {
    return af_atlas_schema_attribute_is_list(get(), array, i) != 0;
  }
  std::int32_t array_codec(std::int64_t array) const { return af_atlas_schema_array_codec(get(), array); }
  std::vector<std::int64_t> array_chunk_shape(std::int64_t array) const {
    std::int32_t rank = 0;
    const std::int64_t* shape = af_atlas_schema_array_chunk_shape(get(), array, &rank);
    return {shape, shape + rank};
  }

 private:
  const af_atlas_schema* get() const { return schema_.get(); }

  detail::Owner<af_atlas_schema, af_atlas_schema_free> schema_;
};

// One dataset of a store.
class Dataset {
 public:
  explicit Dataset(af_dataset* owned) : dataset_(owned) {}

  af_dataset* get() const { return dataset_.get(); }
  std::string_view name() const {
    const char* text = nullptr;
    std::int64_t length = 0;
    detail::call(af_dataset_name, get(), &text, &length);
    return {text, static_cast<std::size_t>(length)};
  }
  AtlasSchema schema() const {
    return AtlasSchema(detail::ask<af_atlas_schema*>(af_dataset_get_schema, get()));
  }

  // -- arrays

  void define(std::string_view name, const Schema& schema) {
    detail::call(af_dataset_define, get(), name.data(), detail::length(name), schema.get());
  }
  void erase(std::string_view name) {
    detail::call(af_dataset_delete, get(), name.data(), detail::length(name));
  }
  bool contains(std::string_view name) const {
    return detail::ask<std::uint8_t>(af_dataset_contains, get(), name.data(), detail::length(name)) != 0;
  }
  Schema schema(std::string_view name) const {
    return Schema(detail::ask<af_schema*>(af_dataset_schema, get(), name.data(), detail::length(name)));
  }
  Listing list() const { return Listing(detail::ask<af_listing*>(af_dataset_list, get())); }
  Stats stats(std::string_view name) const {
    return Stats(detail::ask<af_stats*>(af_dataset_stats, get(), name.data(), detail::length(name)));
  }

  // -- data, as in File

  template <typename T>
  void write(std::string_view name, const std::vector<T>& elements, const Region& region = {}) {
    check_type<T>(name);
    write(name, region, elements.data(), detail::length_in_bytes(Span<const T>(elements)));
  }
  void write(std::string_view name, const Region& region, const void* src, std::int64_t src_len,
             const Extents& strides = {}) {
    detail::call(af_dataset_write, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region, strides), detail::data(strides), src,
                 src_len);
  }
  void write_variable(std::string_view name, const std::vector<std::string_view>& elements,
                      const Region& region = {}) {
    const detail::Packed packed(elements);
    detail::call(af_dataset_write_variable, get(), name.data(), detail::length(name),
                 detail::data(region.start), detail::data(region.shape), detail::rank(region),
                 packed.bytes.data(), packed.offsets.data(), packed.count());
  }
  template <typename T>
  std::vector<T> read(std::string_view name, const Region& region = {}) const {
    static_assert(!std::is_same_v<T, bool>,
                  "a std::vector<bool> has no memory to read into: use std::uint8_t");
    const Schema schema = check_type<T>(name);
    std::vector<T> elements(static_cast<std::size_t>(detail::element_count(region, schema)));
    read(name, region, elements.data(), detail::length_in_bytes(Span<T>(elements)));
    return elements;
  }
  void read(std::string_view name, const Region& region, void* dst, std::int64_t dst_len,
            const Extents& strides = {}) const {
    detail::call(af_dataset_read, get(), name.data(), detail::length(name), detail::data(region.start),
                 detail::data(region.shape), detail::rank(region, strides), detail::data(strides), dst,
                 dst_len);
  }
  Values read_variable(std::string_view name, const Region& region = {}) const {
    return Values(detail::ask<af_values*>(af_dataset_read_variable, get(), name.data(), detail::length(name),
                                          detail::data(region.start), detail::data(region.shape),
                                          detail::rank(region)));
  }

  // -- attributes of the dataset, and of its arrays

  void set_attribute(std::string_view key, ValueView value) {
    detail::call(af_dataset_set_attribute, get(), key.data(), detail::length(key), value.get());
  }
  void remove_attribute(std::string_view key) {
    detail::call(af_dataset_remove_attribute, get(), key.data(), detail::length(key));
  }
  Value attribute(std::string_view key) const {
    return Value(detail::ask<af_value*>(af_dataset_get_attribute, get(), key.data(), detail::length(key)));
  }
  ValueMap attributes() const { return ValueMap(detail::ask<af_value_map*>(af_dataset_attributes, get())); }
  void set_array_attribute(std::string_view name, std::string_view key, ValueView value) {
    detail::call(af_dataset_set_array_attribute, get(), name.data(), detail::length(name), key.data(),
                 detail::length(key), value.get());
  }
  void remove_array_attribute(std::string_view name, std::string_view key) {
    detail::call(af_dataset_remove_array_attribute, get(), name.data(), detail::length(name), key.data(),
                 detail::length(key));
  }
  Value array_attribute(std::string_view name, std::string_view key) const {
    return Value(detail::ask<af_value*>(af_dataset_get_array_attribute, get(), name.data(),
                                        detail::length(name), key.data(), detail::length(key)));
  }
  ValueMap array_attributes(std::string_view name) const {
    return ValueMap(
        detail::ask<af_value_map*>(af_dataset_array_attributes, get(), name.data(), detail::length(name)));
  }

 private:
  template <typename T>
  Schema check_type(std::string_view name) const {
    Schema schema = this->schema(name);
    detail::check_type(schema.data_type(), data_type_of<T>, "the array");
    return schema;
  }

  detail::Owner<af_dataset, af_dataset_close> dataset_;
};

// Rows of datasets, in any order; nothing: all datasets.
using Rows = std::optional<std::vector<std::int64_t>>;

// A variable of many datasets: that of the i-th is elements[offsets[i]] to elements[offsets[i + 1]].
template <typename T>
struct Ragged {
  std::vector<T> elements;
  std::vector<std::int64_t> offsets;
  std::vector<std::uint8_t> present;  // 0 where a dataset does not have it
};

namespace detail {

inline const std::int64_t* data(const Rows& rows) {
  // An empty vector may have no memory, and NULL means all.
  static constexpr std::int64_t kNone = 0;
  if (!rows) return nullptr;
  return rows->empty() ? &kNone : rows->data();
}
inline std::int64_t count(const Rows& rows) { return rows ? static_cast<std::int64_t>(rows->size()) : 0; }

}  // namespace detail

// Many datasets in one store.
class Atlas {
 public:
  explicit Atlas(af_atlas* owned) : atlas_(owned) {}
  static Atlas create(std::string_view path, const af_atlas_options& options = atlas_options()) {
    return Atlas(detail::ask<af_atlas*>(af_atlas_create, path.data(), detail::length(path), &options));
  }
  static Atlas open(std::string_view path, const af_atlas_options& options = atlas_options()) {
    return Atlas(detail::ask<af_atlas*>(af_atlas_open, path.data(), detail::length(path), &options));
  }
  static Atlas create_in(Store& store, std::string_view prefix,
                         const af_atlas_options& options = atlas_options()) {
    return Atlas(detail::ask<af_atlas*>(af_atlas_create_in, store.get(), prefix.data(),
                                        detail::length(prefix), &options));
  }
  static Atlas open_in(Store& store, std::string_view prefix,
                       const af_atlas_options& options = atlas_options()) {
    return Atlas(detail::ask<af_atlas*>(af_atlas_open_in, store.get(), prefix.data(), detail::length(prefix),
                                        &options));
  }

  af_atlas* get() const { return atlas_.get(); }
  void set_cache(const Cache& cache) { detail::call(af_atlas_set_cache, get(), cache.get()); }
  af_atlas_info info() const {
    af_atlas_info info = AF_ATLAS_INFO_INIT;
    detail::call(af_atlas_get_info, get(), &info);
    return info;
  }
  af_io_stats io_stats() const {
    af_io_stats stats = AF_IO_STATS_INIT;
    detail::call(af_atlas_io_stats, get(), &stats);
    return stats;
  }

  // -- datasets

  Dataset create_dataset(std::string_view name) {
    return Dataset(
        detail::ask<af_dataset*>(af_atlas_create_dataset, get(), name.data(), detail::length(name)));
  }
  Dataset open_dataset(std::string_view name) const {
    return Dataset(detail::ask<af_dataset*>(af_atlas_open_dataset, get(), name.data(), detail::length(name)));
  }
  void delete_dataset(std::string_view name) {
    detail::call(af_atlas_delete_dataset, get(), name.data(), detail::length(name));
  }
  bool contains_dataset(std::string_view name) const {
    return detail::ask<std::uint8_t>(af_atlas_contains_dataset, get(), name.data(), detail::length(name)) !=
           0;
  }
  std::int64_t dataset_row(std::string_view name) const {
    return detail::ask<std::int64_t>(af_atlas_dataset_row, get(), name.data(), detail::length(name));
  }
  Values list_datasets() const { return Values(detail::ask<af_values*>(af_atlas_list_datasets, get())); }
  Values list_variables() const { return Values(detail::ask<af_values*>(af_atlas_list_variables, get())); }
  AtlasSchema schema() const {
    return AtlasSchema(detail::ask<af_atlas_schema*>(af_atlas_get_schema, get()));
  }

  // -- across datasets: those of `rows`, or all

  // What the variable is in each; dtype -1 where a dataset does not have it.
  Listing list_across(std::string_view variable, const Rows& rows = {}) const {
    return Listing(detail::ask<af_listing*>(af_atlas_list_across, get(), variable.data(),
                                            detail::length(variable), detail::data(rows),
                                            detail::count(rows)));
  }
  // T must be the variable's dtype wherever there is one.
  template <typename T>
  Ragged<T> read_ragged(std::string_view variable, const Region& region = {}, const Rows& rows = {}) const {
    check_type<T>(variable, rows);
    const std::int64_t count = rows ? detail::count(rows) : info().dataset_count;
    Ragged<T> result{{},
                     std::vector<std::int64_t>(static_cast<std::size_t>(count) + 1),
                     std::vector<std::uint8_t>(static_cast<std::size_t>(count))};
    const auto read = [&](void* dst, std::int64_t dst_len) {
      detail::call(af_atlas_read_ragged, get(), variable.data(), detail::length(variable), detail::data(rows),
                   count, detail::data(region.start), detail::data(region.shape), detail::rank(region), dst,
                   dst_len, result.offsets.data(), result.present.data());
    };
    read(nullptr, 0);
    result.elements.resize(static_cast<std::size_t>(result.offsets.back()) / sizeof(T));
    if (!result.elements.empty()) read(result.elements.data(), result.offsets.back());
    for (std::int64_t& offset : result.offsets) offset /= static_cast<std::int64_t>(sizeof(T));
    return result;
  }
  Ragged<std::string> read_ragged_variable(std::string_view variable, const Region& region = {},
                                           const Rows& rows = {}) const {
    const std::int64_t count = rows ? detail::count(rows) : info().dataset_count;
    Ragged<std::string> result{{},
                               std::vector<std::int64_t>(static_cast<std::size_t>(count) + 1),
                               std::vector<std::uint8_t>(static_cast<std::size_t>(count))};
    af_values* found = nullptr;
    detail::call(af_atlas_read_ragged_variable, get(), variable.data(), detail::length(variable),
                 detail::data(rows), count, detail::data(region.start), detail::data(region.shape),
                 detail::rank(region), &found, result.offsets.data(), result.present.data());
    const Values values(found);
    for (std::int64_t i = 0; i < values.count(); i++) result.elements.emplace_back(values[i]);
    return result;
  }
  // The least shape that the variable of each fits into.
  Extents stack_shape(std::string_view variable, const Rows& rows = {}) const {
    Extents shape(AF_MAX_RANK);
    std::int32_t rank = 0;
    detail::call(af_atlas_stack_shape, get(), variable.data(), detail::length(variable), detail::data(rows),
                 detail::count(rows), shape.data(), &rank);
    shape.resize(static_cast<std::size_t>(rank));
    return shape;
  }
  // The same region of each in C order, with `fill`, else each array's fill value or zero, for what is
  // missing.
  template <typename T>
  std::vector<T> read_padded(std::string_view variable, const Region& region = {}, const Rows& rows = {},
                             const std::optional<ValueView>& fill = {}) const {
    return read_stacked<T>(variable, region, rows, 1, fill ? fill->get() : nullptr);
  }
  // The same; AF_ARRAY_NOT_FOUND, AF_OUT_OF_BOUNDS where something is missing.
  template <typename T>
  std::vector<T> read_stacked(std::string_view variable, const Region& region = {},
                              const Rows& rows = {}) const {
    return read_stacked<T>(variable, region, rows, 0, nullptr);
  }
  Values read_stacked_variable(std::string_view variable, const Region& region = {}, const Rows& rows = {},
                               bool pad = false, const std::optional<ValueView>& fill = {}) const {
    return Values(detail::ask<af_values*>(
        af_atlas_read_stacked_variable, get(), variable.data(), detail::length(variable), detail::data(rows),
        detail::count(rows), detail::data(region.start), detail::data(region.shape), detail::rank(region),
        static_cast<std::uint8_t>(pad), fill ? fill->get() : nullptr));
  }
  // One attribute of each dataset, or of its array.
  ValueMap attribute_across(std::string_view key, const Rows& rows = {}) const {
    return ValueMap(detail::ask<af_value_map*>(af_atlas_attribute_across, get(), nullptr, 0, key.data(),
                                               detail::length(key), detail::data(rows), detail::count(rows)));
  }
  ValueMap array_attribute_across(std::string_view variable, std::string_view key,
                                  const Rows& rows = {}) const {
    return ValueMap(detail::ask<af_value_map*>(af_atlas_attribute_across, get(), variable.data(),
                                               detail::length(variable), key.data(), detail::length(key),
                                               detail::data(rows), detail::count(rows)));
  }
  Stats stats_across(std::string_view variable, const Rows& rows = {}) const {
    return Stats(detail::ask<af_stats*>(af_atlas_stats_across, get(), variable.data(),
                                        detail::length(variable), detail::data(rows), detail::count(rows)));
  }
  // The rows of datasets for which the predicate may hold.
  std::vector<std::int64_t> select(std::string_view predicate,
                                   const std::vector<ValueView>& parameters = {}) const {
    std::vector<const af_value*> values;
    for (const ValueView& value : parameters) values.push_back(value.get());
    const detail::Owner<af_rows, af_rows_free> found(
        detail::ask<af_rows*>(af_atlas_select, get(), predicate.data(), detail::length(predicate),
                              values.data(), static_cast<std::int64_t>(values.size())));
    const std::int64_t* first = af_rows_data(found.get());
    return {first, first + af_rows_count(found.get())};
  }

  // -- the store

  void flush() { detail::call(af_atlas_flush, get()); }
  bool is_dirty() const { return detail::ask<std::uint8_t>(af_atlas_is_dirty, get()) != 0; }
  void compact() { detail::call(af_atlas_compact, get()); }
  // Whether there was anything new.
  bool refresh() { return detail::ask<std::uint8_t>(af_atlas_refresh, get()) != 0; }
  Report verify() const { return Report(detail::ask<af_report*>(af_atlas_verify, get())); }
  // As a new store of options.generation.
  void copy(std::string_view path, const af_atlas_options& options = atlas_options()) const {
    detail::call(af_atlas_copy, get(), path.data(), detail::length(path), &options);
  }
  void copy_in(Store& store, std::string_view prefix,
               const af_atlas_options& options = atlas_options()) const {
    detail::call(af_atlas_copy_in, get(), store.get(), prefix.data(), detail::length(prefix), &options);
  }
  // Numbers and times of those that options.at_commit can go back to.
  ValueMap commits() const { return ValueMap(detail::ask<af_value_map*>(af_atlas_commits, get())); }
  // The bytes given back.
  std::int64_t gc() { return detail::ask<std::int64_t>(af_atlas_gc, get()); }

 private:
  template <typename T>
  void check_type(std::string_view variable, const Rows& rows) const {
    const Listing listing = list_across(variable, rows);
    for (std::int64_t i = 0; i < listing.count(); i++)
      if (listing.data_type(i) != -1)
        detail::check_type(listing.data_type(i), data_type_of<T>, "the variable");
  }
  template <typename T>
  std::vector<T> read_stacked(std::string_view variable, const Region& region, const Rows& rows,
                              std::uint8_t pad, const af_value* fill) const {
    check_type<T>(variable, rows);
    std::int64_t count = rows ? detail::count(rows) : info().dataset_count;
    for (std::int64_t extent : region.shape.empty() ? stack_shape(variable, rows) : region.shape)
      count *= extent;
    std::vector<T> elements(static_cast<std::size_t>(count));
    detail::call(af_atlas_read_stacked, get(), variable.data(), detail::length(variable), detail::data(rows),
                 detail::count(rows), detail::data(region.start), detail::data(region.shape),
                 detail::rank(region), pad, fill, elements.data(),
                 detail::length_in_bytes(Span<T>(elements)));
    return elements;
  }

  detail::Owner<af_atlas, af_atlas_close> atlas_;
};

// The elements of a mapped array, in place. It keeps the mapping alive.
class MmapView {
 public:
  explicit MmapView(af_mmap_view* owned) : view_(owned) {}

  af_mmap_view* get() const { return view_.get(); }
  af_data_type data_type() const { return af_mmap_view_data_type(get()); }
  Extents shape() const { return extents(af_mmap_view_shape(get())); }
  Extents strides() const { return extents(af_mmap_view_strides(get())); }
  // All elements in C order. T must be the array's element type.
  template <typename T>
  Span<const T> elements() const {
    detail::check_type(data_type(), data_type_of<T>, "the mapped array");
    return {static_cast<const T*>(af_mmap_view_data(get())), size()};
  }
  // The same to be written to. AF_READ_ONLY if the view is for reading.
  template <typename T>
  Span<T> mutable_elements() {
    detail::check_type(data_type(), data_type_of<T>, "the mapped array");
    void* data = af_mmap_view_mutable_data(get());
    if (data == nullptr && size() > 0) throw Error(AF_READ_ONLY, "the view is for reading");
    return {static_cast<T*>(data), size()};
  }

 private:
  std::size_t size() const { return static_cast<std::size_t>(af_mmap_view_element_count(get())); }
  Extents extents(const std::int64_t* first) const {
    return Extents(first, first + af_mmap_view_rank(get()));
  }

  detail::Owner<af_mmap_view, af_mmap_view_free> view_;
};

// One array in a mapped file.
class Mmap {
 public:
  explicit Mmap(af_mmap* owned) : mmap_(owned) {}
  template <typename T>
  static Mmap create(std::string_view path, const Extents& shape, Span<const T> elements,
                     const af_mmap_options& options = mmap_options()) {
    const std::int64_t* c_order = nullptr;
    return Mmap(detail::ask<af_mmap*>(af_mmap_create, path.data(), detail::length(path), data_type_of<T>,
                                      shape.data(), detail::rank(shape), c_order, elements.data(),
                                      detail::length_in_bytes(elements), &options));
  }
  template <typename T>
  static Mmap create(std::string_view path, const Extents& shape, const std::vector<T>& elements,
                     const af_mmap_options& options = mmap_options()) {
    return create(path, shape, Span<const T>(elements), options);
  }
  template <typename T>
  static Mmap create_zeros(std::string_view path, const Extents& shape,
                           const af_mmap_options& options = mmap_options()) {
    return Mmap(detail::ask<af_mmap*>(af_mmap_create_zeros, path.data(), detail::length(path),
                                      data_type_of<T>, shape.data(), detail::rank(shape), &options));
  }
  static Mmap open(std::string_view path, const af_mmap_options& options = mmap_options()) {
    return Mmap(detail::ask<af_mmap*>(af_mmap_open, path.data(), detail::length(path), &options));
  }

  af_mmap* get() const { return mmap_.get(); }
  af_data_type data_type() const { return detail::ask<af_data_type>(af_mmap_data_type, get()); }
  Extents shape() const {
    Extents shape(static_cast<std::size_t>(detail::ask<std::int32_t>(af_mmap_rank, get())));
    detail::call(af_mmap_shape, get(), shape.data(), detail::rank(shape));
    return shape;
  }
  std::int64_t element_count() const { return detail::ask<std::int64_t>(af_mmap_element_count, get()); }
  std::int32_t mode() const { return detail::ask<std::int32_t>(af_mmap_mode, get()); }

  MmapView view() const { return MmapView(detail::ask<af_mmap_view*>(af_mmap_get_view, get())); }
  MmapView mutable_view() { return MmapView(detail::ask<af_mmap_view*>(af_mmap_get_mutable_view, get())); }
  void read(const Region& region, void* dst, std::int64_t dst_len, const Extents& strides = {}) const {
    detail::call(af_mmap_read, get(), detail::data(region.start), detail::data(region.shape),
                 detail::rank(region, strides), detail::data(strides), dst, dst_len);
  }
  void write(const Region& region, const void* src, std::int64_t src_len, const Extents& strides = {}) {
    detail::call(af_mmap_write, get(), detail::data(region.start), detail::data(region.shape),
                 detail::rank(region, strides), detail::data(strides), src, src_len);
  }
  void flush() const { detail::call(af_mmap_flush, get()); }
  void flush_range(std::int64_t offset, std::int64_t length, bool wait = true) const {
    detail::call(af_mmap_flush_range, get(), offset, length, static_cast<std::uint8_t>(wait));
  }
  void advise(std::int32_t advice, std::int64_t offset, std::int64_t length) const {
    detail::call(af_mmap_advise, get(), advice, offset, length);
  }

 private:
  detail::Owner<af_mmap, af_mmap_close> mmap_;
};

}  // namespace arrayformat

#endif  // ARRAYFORMAT_HPP
