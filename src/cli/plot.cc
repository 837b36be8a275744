// af plot: an array, or a region of it, as a picture.
#include <cmath>
#include <limits>

#include "cli/across.h"
#include "cli/commands.h"
#include "cli/elements.h"
#include "cli/handles.h"
#include "cli/json.h"
#include "cli/picture.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/region.h"
#include "cli/stack.h"
#include "cli/store.h"
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

Field read_field(const ElementSource& source, const Region& region) {
  const af_schema* schema = source.schema;
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
    source.read_fixed(pieces.at(), buffer);
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

ExitCode plot(const PlotCommand& command, const ElementSource& source, const std::string& region) {
  GetCommand asked;
  asked.region = region;
  const Region wanted = region_of(asked, shape_of(source.schema));
  const af_data_type dtype = af_schema_data_type(source.schema);
  check_plottable(command.name, dtype, wanted.shape);
  const Field field = read_field(source, wanted);
  const Bounds bounds = bounds_of(field);
  Output picture(command.output);
  picture.write(draw(field, bounds).png());
  picture.finish();
  Output out;
  if (command.json) {
    JsonWriter document(out);
    document.begin_object();
    document.member("target", command.output);
    document.key("shape");
    document.integers(field.shape.data(), field.shape.size());
    document.key("low");
    document.number(bounds.low);
    document.key("high");
    document.number(bounds.high);
    document.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(command.output), ": ", escaped(command.name), " ", shape_text(field.shape),
                      ", from ", text_of_element(bounds.low, dtype), " (dark) to ",
                      text_of_element(bounds.high, dtype), " (bright)\n"));
  }
  out.finish();
  return kOk;
}

// The datasets are the first axis of the picture.
ExitCode plot_across(const PlotCommand& command) {
  if (!command.output.empty()) fail(kUsage, "--across takes no NAME: only the PNG file to write");
  PlotCommand of_all = command;
  of_all.output = command.name;
  of_all.name = *command.across;
  const Atlas atlas = open_store(command.source);
  const StackedVariable stacked(atlas.get(), of_all.name, command.where, Padding::kUnseen);
  const ElementSource source = {
      stacked.schema(),
      [&](const Region& region, std::span<std::byte> into) { stacked.read_fixed(region, into); },
      {}};
  return plot(of_all, source, command.region.empty() ? "" : ":," + command.region);
}

ExitCode plot_from_store(const PlotCommand& command) {
  const size_t slash = command.name.find('/');
  if (slash == std::string::npos) fail(kUsage, in_quotes(command.name), ": expected DATASET/VARIABLE");
  const Atlas atlas = open_store(command.source);
  const Dataset dataset = dataset_of(atlas.get(), std::string_view(command.name).substr(0, slash));
  const std::string variable = command.name.substr(slash + 1);
  const Schema schema = schema_of(dataset.get(), variable);
  return plot(command, elements_of(dataset.get(), variable, schema.get()), command.region);
}

}  // namespace

ExitCode PlotCommand::run() const {
  if (across) return plot_across(*this);
  if (output.empty()) fail(kUsage, "OUT is required: the PNG file to write");
  if (is_store(source.path)) return plot_from_store(*this);
  const File file = open_stack(source);
  const Schema schema = schema_of(file.get(), name);
  return plot(*this, elements_of(file.get(), name, schema.get()), region);
}

}  // namespace af::cli
