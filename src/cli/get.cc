// af get: the elements of an array, or of a region of it.
#include <memory>

#include "cli/commands.h"
#include "cli/element_writer.h"
#include "cli/handles.h"
#include "cli/mapped.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/region.h"
#include "cli/stack.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

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
  if (is_mapped_array(source.path)) return get_mapped(*this);
  if (!name) fail(kUsage, "a stack has many arrays: NAME says which one; see af ls");
  const File file = open_stack(source);
  const Schema schema = schema_of(file.get(), *name);
  const af_data_type dtype = af_schema_data_type(schema.get());
  if (is_list(dtype))
    fail(kUnsupported, in_quotes(*name), " holds ", dtype_text(schema.get()),
         ": lists are only read as raw chunks for now");
  const Extents extents = shape_of(schema.get());
  const Region wanted = region_of(*this, extents);
  Output out(output);
  const std::unique_ptr<ElementWriter> writer = make_element_writer(format, out, *name, schema.get(), wanted);
  write_pieces(file.get(), *name, schema.get(), wanted, *writer);
  writer->finish();
  out.finish();
  return kOk;
}

}  // namespace af::cli
