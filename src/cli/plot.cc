// af plot: an array, or a region of it, as a picture.
#include <cmath>
#include <limits>

#include "cli/commands.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/picture.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/region.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// More than anyone can see.
constexpr int64_t kMostElements = int64_t{1} << 26;

struct AsDouble {
  double operator()(Timestamp time) const { return static_cast<double>(time.nanoseconds); }
  template <typename T>
  double operator()(T number) const {
    return static_cast<double>(number);
  }
};

double number_at(af_data_type dtype, const std::byte* at) { return with_element(dtype, at, AsDouble()); }

// What unwritten elements read as, NaN where that is no number.
double fill_of(const af_schema* schema) {
  const af_value* fill = af_schema_fill(schema);
  if (fill == nullptr || is_variable(af_value_data_type(fill))) return std::nan("");
  return number_at(af_value_data_type(fill), static_cast<const std::byte*>(af_value_data(fill)));
}

// With no more digits than the elements have.
std::string text_of_element(double number, af_data_type dtype) {
  return dtype == AF_FLOAT32 ? number_text(static_cast<float>(number)) : number_text(number);
}

// Without axes of one element.
Extents squeezed(const Extents& shape) {
  Extents axes;
  for (const int64_t extent : shape) {
    if (extent != 1) axes.push_back(extent);
  }
  if (axes.empty()) axes.push_back(1);
  return axes;
}

Field read_field(const af_file* file, std::string_view name, const af_schema* schema, const Region& region) {
  const af_data_type dtype = af_schema_data_type(schema);
  const int64_t size = af_data_type_size(dtype);
  // A fill value of a wider type is compared as the elements are.
  const double fill = dtype == AF_FLOAT32 ? static_cast<float>(fill_of(schema)) : fill_of(schema);
  Field field{squeezed(region.shape), {}};
  field.values.reserve(static_cast<size_t>(element_count(region.shape)));
  std::vector<std::byte> buffer;
  for (Pieces pieces(region, chunk_shape_of(schema), piece_limit(dtype)); !pieces.done(); pieces.next()) {
    check_interrupted();
    buffer.resize(static_cast<size_t>(element_count(pieces.at().shape) * size));
    read_fixed(file, name, pieces.at(), buffer);
    for (size_t at = 0; at < buffer.size(); at += static_cast<size_t>(size)) {
      const double number = number_at(dtype, buffer.data() + at);
      field.values.push_back(number == fill ? std::nan("") : number);
    }
  }
  return field;
}

void check_plottable(std::string_view name, af_data_type dtype, const Extents& shape) {
  if (is_variable(dtype) || is_list(dtype))
    fail(kUnsupported, in_quotes(name), " holds ", af_data_type_name(dtype), ": only numbers can be drawn");
  if (element_count(shape) > kMostElements)
    fail(kLimit, element_count(shape), " elements are too many for a picture: --region chooses some");
  if (element_count(shape) == 0) fail(kMismatch, "there is no element to draw");
  if (squeezed(shape).size() > 3)
    fail(kMismatch, "a picture has at most three axes of more than one element: --region chooses some");
}

}  // namespace

ExitCode PlotCommand::run() const {
  const File file = open_stack(source);
  const Schema schema = schema_of(file.get(), name);
  GetCommand asked;
  asked.region = region;
  const Region wanted = region_of(asked, shape_of(schema.get()));
  const af_data_type dtype = af_schema_data_type(schema.get());
  check_plottable(name, dtype, wanted.shape);
  const Field field = read_field(file.get(), name, schema.get(), wanted);
  const Bounds bounds = bounds_of(field);
  Output picture(output);
  picture.write(draw(field, bounds).png());
  picture.finish();
  Output out;
  if (json) {
    JsonWriter document(out);
    document.begin_object();
    document.member("target", output);
    document.key("shape");
    document.integers(field.shape.data(), field.shape.size());
    document.key("low");
    document.number(bounds.low);
    document.key("high");
    document.number(bounds.high);
    document.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(output), ": ", escaped(name), " ", shape_text(field.shape), ", from ",
                      text_of_element(bounds.low, dtype), " (dark) to ", text_of_element(bounds.high, dtype),
                      " (bright)\n"));
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
