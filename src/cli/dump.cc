// af dump: what a stack holds, in the manner of ncdump -h, with statistics.
#include "cli/commands.h"
#include "cli/describe.h"
#include "cli/handles.h"
#include "cli/mapped.h"
#include "cli/output.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void print_array(Output& out, const af_file* file, std::string_view name) {
  const Schema schema = schema_of(file, name);
  out.write(description_of(name, schema.get(), stats_of(file, name).get()));
  out.write(attribute_lines(name, attributes_of(file, name).get()));
}

}  // namespace

ExitCode DumpCommand::run_text() const {
  const File file = open_stack(source);
  const Listing listing = make<Listing>(af_file_list, file.get());
  const std::vector<af_layer_info> layers = layers_of(file.get());
  int32_t version = 0;
  call(af_file_footer_version, file.get(), &version);
  Output out;
  out.write(text_of("stack ", escaped(source.path), " {\n// footer version ", version, ", ",
                    counted(static_cast<int64_t>(layers.size()), "layer"), ", ",
                    counted(af_listing_count(listing.get()), "array"), "\narrays:\n"));
  for (int64_t i = 0; i < af_listing_count(listing.get()); i++) {
    if (i > 0) out.write("\n");
    print_array(out, file.get(), name_at(listing.get(), i));
  }
  out.write("}\n");
  out.finish();
  return kOk;
}

ExitCode DumpCommand::run() const {
  if (is_store(source.path)) return dump_store(*this);
  if (is_mapped_array(source.path)) return dump_mapped(*this);
  return json ? run_json() : run_text();
}

}  // namespace af::cli
