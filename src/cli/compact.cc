// af compact: all layers rewritten as one base, in place.
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/mapped.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"

namespace af::cli {

ExitCode CompactCommand::run() const {
  if (is_store(path)) return compact_store(*this);
  expect_stack(path);
  af_file_options options = options_of(encoding);
  if (options.footer_version == 6) fail(kUsage, "--format v6 is for copies");
  options.writable = 1;
  const File file = make<File>(af_file_open, path.data(), length(path), &options);
  const std::vector<af_layer_info> before = layers_of(file.get());
  {
    const Progress progress("compacting", file.get());
    if (encoding.format.empty())
      call(af_file_compact, file.get());
    else
      call(af_file_upgrade, file.get(), options.footer_version);
  }
  const int64_t after = size_of(layers_of(file.get()));
  Output out;
  if (json) {
    JsonWriter writer(out);
    writer.begin_object();
    writer.member("path", path);
    writer.member("layers_before", static_cast<int64_t>(before.size()));
    writer.member("size_before", size_of(before));
    writer.member("size", after);
    writer.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(path), ": ", counted(static_cast<int64_t>(before.size()), "layer"), ", ",
                      size_text(size_of(before)), ", now one of ", size_text(after), "\n"));
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
