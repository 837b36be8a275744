// af get: the elements of an array, or of a region of it.
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/element_writer.h"
#include "cli/handles.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// "a:b", "a:", ":b", ":" or "i" of an axis with `extent` elements.
std::pair<int64_t, int64_t> parse_range(std::string_view text, int64_t extent) {
  const std::vector<std::string_view> ends = split(text, ':');
  if (ends.size() > 2) fail(kUsage, "--region: expected FIRST:END, found ", in_quotes(text));
  if (ends.size() == 1) {
    const int64_t at = parse_integer(text, "--region");
    return {at, 1};
  }
  const int64_t first = ends[0].empty() ? 0 : parse_integer(ends[0], "--region");
  const int64_t end = ends[1].empty() ? extent : parse_integer(ends[1], "--region");
  if (end < first) fail(kUsage, "--region: ", in_quotes(text), " ends before it begins");
  return {first, end - first};
}

Region parse_region(std::string_view text, const Extents& shape) {
  Region region{Extents(shape.size()), shape};
  const std::vector<std::string_view> ranges = split(text, ',');
  if (ranges.size() > shape.size())
    fail(kUsage, "--region: ", ranges.size(), " ranges for an array of rank ", shape.size());
  for (size_t axis = 0; axis < ranges.size(); axis++)
    std::tie(region.start[axis], region.shape[axis]) = parse_range(ranges[axis], shape[axis]);
  return region;
}

Extents parse_extents(std::string_view text, std::string_view option, size_t rank) {
  Extents extents;
  for (const std::string_view part : split(text, ',')) extents.push_back(parse_integer(part, option));
  if (extents.size() != rank)
    fail(kUsage, option, ": ", extents.size(), " numbers for an array of rank ", rank);
  return extents;
}

Region region_of(const GetCommand& command, const Extents& shape) {
  if (!command.region.empty()) return parse_region(command.region, shape);
  Region region{Extents(shape.size()), shape};
  if (!command.start.empty()) {
    region.start = parse_extents(command.start, "--start", shape.size());
    for (size_t axis = 0; axis < shape.size(); axis++) region.shape[axis] -= region.start[axis];
  }
  if (!command.shape.empty()) region.shape = parse_extents(command.shape, "--shape", shape.size());
  return region;
}

void check_inside(const Region& region, const Extents& shape) {
  for (size_t axis = 0; axis < shape.size(); axis++) {
    const int64_t start = region.start[axis];
    const int64_t extent = region.shape[axis];
    if (start < 0 || extent < 0 || start > shape[axis] || extent > shape[axis] - start)
      fail(kMismatch, "axis ", axis, " has ", counted(shape[axis], "element"), "; asked for ", extent,
           " from ", start, " on");
  }
}

void write_pieces(const af_file* file, std::string_view name, const af_schema* schema, const Region& region,
                  ElementWriter& writer) {
  const af_data_type dtype = af_schema_data_type(schema);
  const int64_t size = af_data_type_size(dtype);
  const int64_t total = element_count(region.shape);
  Progress progress("reading");
  int64_t written = 0;
  std::vector<std::byte> buffer;
  for (Pieces pieces(region, chunk_shape_of(schema), piece_limit(dtype)); !pieces.done(); pieces.next()) {
    check_interrupted();
    const int64_t count = element_count(pieces.at().shape);
    if (is_variable(dtype)) {
      const Values values = read_variable(file, name, pieces.at());
      for (int64_t i = 0; i < count; i++) writer.add_variable(element_at(values.get(), i));
    } else {
      buffer.resize(static_cast<size_t>(count * size));
      read_fixed(file, name, pieces.at(), buffer);
      writer.add_fixed(buffer);
    }
    progress.show(written += count, total);
  }
}

}  // namespace

ExitCode GetCommand::run() const {
  if (!region.empty() && (!start.empty() || !shape.empty()))
    fail(kUsage, "--region goes without --start and --shape");
  const File file = open_stack(source);
  const Schema schema = schema_of(file.get(), name);
  const af_data_type dtype = af_schema_data_type(schema.get());
  if (is_list(dtype))
    fail(kUnsupported, in_quotes(name), " holds ", dtype_text(schema.get()),
         ": lists are only read as raw chunks for now");
  const Extents extents = shape_of(schema.get());
  const Region wanted = region_of(*this, extents);
  check_inside(wanted, extents);
  Output out(output);
  const std::unique_ptr<ElementWriter> writer = make_element_writer(format, out, name, schema.get(), wanted);
  write_pieces(file.get(), name, schema.get(), wanted, *writer);
  writer->finish();
  out.finish();
  return kOk;
}

}  // namespace af::cli
