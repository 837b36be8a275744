// af backup: the layers of a stack, byte for byte.
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"

namespace af::cli {

ExitCode BackupCommand::run() const {
  if (is_store(source)) fail(kUsage, "backup is for stacks");
  const File file = open_stack({source});
  {
    const Progress progress("backing up", file.get());
    call(af_file_backup, file.get(), target.data(), length(target),
         static_cast<const af_file_options*>(nullptr));
  }
  const std::vector<af_layer_info> layers = layers_of(file.get());
  Output out;
  if (json) {
    JsonWriter writer(out);
    writer.begin_object();
    writer.member("source", source);
    writer.member("target", target);
    writer.member("layers", static_cast<int64_t>(layers.size()));
    writer.member("size", size_of(layers));
    writer.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(target), ": ", counted(static_cast<int64_t>(layers.size()), "layer"), ", ",
                      size_text(size_of(layers)), "\n"));
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
