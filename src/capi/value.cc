#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/results.h"

using af::cleared;
using af::fail;
using af::guard;
using af::Status;
using af::TypeId;

namespace {

void check_form(uint8_t is_list, int64_t count) {
  if (is_list > 1) fail(Status::kInvalidArgument, "is_list is ", is_list, ", expected 0 or 1");
  if (count < 0) fail(Status::kInvalidArgument, "count is negative: ", count);
  if (is_list == 0 && count != 1)
    fail(Status::kInvalidArgument, "count of a scalar is ", count, ", expected 1");
}

void check_bools(af::ByteView elements) {
  for (std::byte element : elements)
    if (element > std::byte{1})
      fail(Status::kInvalidArgument, "a bool is ", static_cast<int>(element), ", expected 0 or 1");
}

af::Value fixed_value(af_data_type dtype, uint8_t is_list, const void* data, int64_t count) {
  const int64_t size = af_data_type_size(dtype);
  if (size == 0) fail(Status::kInvalidArgument, "dtype ", dtype, " is not of fixed width");
  check_form(is_list, count);
  int64_t length = 0;
  if (!af::multiply_fits(count, size, &length)) fail(Status::kInvalidArgument, "count is ", count);
  const af::ByteView elements = af::bytes_argument(data, length, "data");
  if (dtype == AF_BOOL) check_bools(elements);
  return af::Value::fixed(static_cast<TypeId>(dtype), is_list != 0, elements, count);
}

af::Value variable_value(af_data_type dtype, uint8_t is_list, const void* bytes, const int64_t* offsets,
                         int64_t count) {
  if (dtype != AF_STRING && dtype != AF_BINARY)
    fail(Status::kInvalidArgument, "dtype ", dtype, " is not of variable length");
  check_form(is_list, count);
  const auto ends = af::offsets_argument(offsets, count, "offsets");
  const auto text = af::as_text(af::bytes_argument(bytes, ends.back(), "bytes"));
  af::Value value =
      af::Value::variable(static_cast<TypeId>(dtype), is_list != 0, text, {ends.begin(), ends.end()});
  for (int64_t i = 0; dtype == AF_STRING && i < count; i++)
    if (!af::is_utf8(value.element(i))) fail(Status::kInvalidArgument, "string ", i, " is not UTF-8");
  return value;
}

}  // namespace

namespace af {

af_value* new_value(Value value) { return new af_value{std::move(value)}; }

af_value_map* new_value_map(ValueMap map) {
  auto result = std::make_unique<af_value_map>();
  result->entries.reserve(map.size());
  for (auto& named : map) {
    auto& entry = result->entries.emplace_back();
    entry.name = std::move(named.first);
    if (named.second) entry.value = af_value{std::move(*named.second)};
  }
  return result.release();
}

}  // namespace af

af_status af_value_create(af_data_type dtype, uint8_t is_list, const void* data, int64_t count,
                          af_value** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value(fixed_value(dtype, is_list, data, count));
  });
}

af_status af_value_create_variable(af_data_type dtype, uint8_t is_list, const void* bytes,
                                   const int64_t* offsets, int64_t count, af_value** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value(variable_value(dtype, is_list, bytes, offsets, count));
  });
}

af_status af_value_create_text(const char* text, int64_t text_len, af_value** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result =
        af::new_value(af::Value::text(af::text_argument(text, text_len, "text", Status::kInvalidArgument)));
  });
}

void af_value_free(af_value* value) { delete value; }

af_data_type af_value_data_type(const af_value* value) {
  return value == nullptr ? 0 : static_cast<af_data_type>(value->value.type());
}

uint8_t af_value_is_list(const af_value* value) { return value != nullptr && value->value.is_list(); }

int64_t af_value_count(const af_value* value) { return value == nullptr ? 0 : value->value.count(); }

const void* af_value_data(const af_value* value) {
  return value == nullptr ? nullptr : value->value.data().data();
}

int64_t af_value_data_len(const af_value* value) {
  return value == nullptr ? 0 : static_cast<int64_t>(value->value.data().size());
}

const int64_t* af_value_offsets(const af_value* value) {
  return value == nullptr || value->value.offsets().empty() ? nullptr : value->value.offsets().data();
}
