// af get: the elements of an array, or of a region of it.
#include <memory>

#include "cli/across.h"
#include "cli/commands.h"
#include "cli/element_writer.h"
#include "cli/elements.h"
#include "cli/handles.h"
#include "cli/mapped.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/region.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

void write_pieces(const ElementSource& source, const Region& region, ElementWriter& writer) {
  const af_data_type dtype = af_schema_data_type(source.schema);
  const int64_t size = af_data_type_size(dtype);
  const int64_t total = element_count(region.shape);
  Progress progress("reading");
  int64_t written = 0;
  std::vector<std::byte> buffer;
  for (Pieces pieces(region, chunk_shape_of(source.schema), piece_limit(dtype)); !pieces.done();
       pieces.next()) {
    check_interrupted();
    const int64_t count = element_count(pieces.at().shape);
    if (is_variable(dtype)) {
      const Values values = source.read_variable(pieces.at());
      for (int64_t i = 0; i < count; i++) writer.add_variable(element_at(values.get(), i));
    } else {
      buffer.resize(static_cast<size_t>(count * size));
      source.read_fixed(pieces.at(), buffer);
      writer.add_fixed(buffer);
    }
    progress.show(written += count, total);
  }
}

ExitCode print(const GetCommand& command, std::string_view name, const ElementSource& source) {
  if (is_list(af_schema_data_type(source.schema)))
    fail(kUnsupported, in_quotes(name), " holds ", dtype_text(source.schema),
         ": lists are only read as raw chunks for now");
  const Region wanted = region_of(command, shape_of(source.schema));
  Output out(command.output);
  const std::unique_ptr<ElementWriter> writer =
      make_element_writer(command.format, out, name, source.schema, wanted);
  write_pieces(source, wanted, *writer);
  writer->finish();
  out.finish();
  return kOk;
}

// The datasets are the first axis of what is printed, and all of them are.
ExitCode get_across(const GetCommand& command, const af_atlas* atlas) {
  if (command.name) fail(kUsage, "NAME and --across exclude each other");
  const StackedVariable stacked(atlas, *command.across, command.where,
                                command.pad ? Padding::kFill : Padding::kNone);
  const ElementSource source = {
      stacked.schema(),
      [&](const Region& region, std::span<std::byte> into) { stacked.read_fixed(region, into); },
      [&](const Region& region) { return stacked.read_variable(region); }};
  GetCommand of_all = command;
  if (!command.start.empty() || !command.shape.empty())
    fail(kUsage, "--start and --shape are for one array: --across takes --region");
  if (!command.region.empty()) of_all.region = ":," + command.region;
  return print(of_all, *command.across, source);
}

ExitCode get_from_store(const GetCommand& command) {
  if (command.across) return get_across(command, open_store(command.source).get());
  if (!command.name)
    fail(kUsage, "a store has many arrays: NAME says which one, DATASET/VARIABLE; see af ls -l");
  const size_t slash = command.name->find('/');
  if (slash == std::string::npos) fail(kUsage, in_quotes(*command.name), ": expected DATASET/VARIABLE");
  const Atlas atlas = open_store(command.source);
  const Dataset dataset = dataset_of(atlas.get(), std::string_view(*command.name).substr(0, slash));
  const std::string variable = command.name->substr(slash + 1);
  const Schema schema = schema_of(dataset.get(), variable);
  return print(command, variable, elements_of(dataset.get(), variable, schema.get()));
}

}  // namespace

ExitCode GetCommand::run() const {
  if (is_store(source.path)) return get_from_store(*this);
  if (across) fail(kUsage, "--across is for stores");
  if (is_mapped_array(source.path)) return get_mapped(*this);
  if (!name) fail(kUsage, "a stack has many arrays: NAME says which one; see af ls");
  const File file = open_stack(source);
  const Schema schema = schema_of(file.get(), *name);
  return print(*this, *name, elements_of(file.get(), *name, schema.get()));
}

}  // namespace af::cli
