// af copy: a stack rewritten as one base file.
#include <filesystem>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/mapped.h"
#include "cli/progress.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"

namespace af::cli {
namespace {

// The stack as the layer of this number left it.
Source up_to_layer(const std::string& path, int64_t number) {
  int32_t count = 0;
  for (const af_layer_info& layer : layers_of(open_stack({path}).get())) {
    count++;
    if (layer.number == number) return {path, count};
  }
  fail(kNotFound, escaped(path), " has no layer ", number, ": af info shows their numbers");
}

}  // namespace

ExitCode CopyCommand::run() const {
  if (is_store(source.path)) return copy_store(*this);
  if (!to.empty() || !metadata.empty()) fail(kUsage, "--to and --metadata are for stores");
  if (is_mapped_array(source.path) || is_mapped_name(target)) return copy_mapped(*this);
  if (from_layer >= 0 && source.layers != 0) fail(kUsage, "--from-layer and --layers exclude each other");
  if (name || append) fail(kUsage, "--name and --append are for mapped arrays (.mmap)");
  std::error_code unknown;
  if (std::filesystem::equivalent(source.path, target, unknown))
    fail(kUsage, "source and target are the same stack: af compact rewrites it in its place");
  af_file_options options = options_of(encoding);
  options.replace = replace;
  const File file = open_stack(from_layer < 0 ? source : up_to_layer(source.path, from_layer));
  // A copy keeps the footer version unless told otherwise.
  if (options.footer_version == 0) call(af_file_footer_version, file.get(), &options.footer_version);
  {
    const Progress progress("copying", file.get());
    call(af_file_copy, file.get(), target.data(), length(target), &options);
  }
  const int64_t before = size_of(layers_of(file.get()));
  const int64_t after = size_of(layers_of(open_stack({target}).get()));
  Output out;
  if (json) {
    JsonWriter writer(out);
    writer.begin_object();
    writer.member("source", source.path);
    writer.member("target", target);
    writer.member("source_size", before);
    writer.member("target_size", after);
    writer.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(target), ": ", size_text(after), " from ", size_text(before), "\n"));
  }
  out.finish();
  return kOk;
}

}  // namespace af::cli
