// Verbs for tests of af_mmap_*: each call that is expected to succeed does, and says why it did not.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "arrayformat/arrayformat.h"
#include "support/mmap_files.h"

namespace mmap_api {

using Numbers = std::vector<int64_t>;

// Takes the place of `af_error **err`; reports what went wrong when it goes.
class ExpectOk {
 public:
  ExpectOk() = default;
  ~ExpectOk() {
    EXPECT_EQ(af_error_code(error_), AF_OK) << af_error_message(error_);
    af_error_free(error_);
  }
  ExpectOk(const ExpectOk&) = delete;
  ExpectOk& operator=(const ExpectOk&) = delete;
  operator af_error**() { return &error_; }

 private:
  af_error* error_ = nullptr;
};

struct Close {
  void operator()(af_mmap* mmap) const { af_mmap_close(mmap); }
  void operator()(af_mmap_view* view) const { af_mmap_view_free(view); }
};
using Array = std::unique_ptr<af_mmap, Close>;
using View = std::unique_ptr<af_mmap_view, Close>;

template <typename T>
constexpr af_data_type kTypeOf = -1;
template <>
inline constexpr af_data_type kTypeOf<float> = AF_FLOAT32;
template <>
inline constexpr af_data_type kTypeOf<double> = AF_FLOAT64;
template <>
inline constexpr af_data_type kTypeOf<int32_t> = AF_INT32;
template <>
inline constexpr af_data_type kTypeOf<int64_t> = AF_INT64;

inline int32_t rank_of(const Numbers& shape) { return static_cast<int32_t>(shape.size()); }

template <typename T>
Array create(const std::string& path, const Numbers& shape, const std::vector<T>& values) {
  af_mmap* array = nullptr;
  af_mmap_create(path.c_str(), -1, kTypeOf<T>, shape.data(), rank_of(shape), nullptr, values.data(),
                 static_cast<int64_t>(values.size() * sizeof(T)), nullptr, &array, ExpectOk());
  return Array(array);
}

inline af_mmap_options options_of(int32_t mode) {
  af_mmap_options options = AF_MMAP_OPTIONS_INIT;
  options.mode = mode;
  return options;
}

inline Array open(const std::string& path, int32_t mode = AF_MMAP_READ_ONLY) {
  const af_mmap_options options = options_of(mode);
  af_mmap* array = nullptr;
  af_mmap_open(path.c_str(), -1, &options, &array, ExpectOk());
  return Array(array);
}

inline View view_of(const Array& array) {
  af_mmap_view* view = nullptr;
  af_mmap_get_view(array.get(), &view, ExpectOk());
  return View(view);
}

inline View mutable_view_of(const Array& array) {
  af_mmap_view* view = nullptr;
  af_mmap_get_mutable_view(array.get(), &view, ExpectOk());
  return View(view);
}

template <typename T>
std::vector<T> elements(const View& view) {
  EXPECT_EQ(af_mmap_view_data_type(view.get()), kTypeOf<T>);
  const auto* first = static_cast<const T*>(af_mmap_view_data(view.get()));
  return {first, first + af_mmap_view_element_count(view.get())};
}

template <typename T>
std::vector<T> elements(const Array& array) {
  return elements<T>(view_of(array));
}

}  // namespace mmap_api
