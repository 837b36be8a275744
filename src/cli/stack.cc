#include "cli/stack.h"

#include <sys/stat.h>
#include <unistd.h>

#include <iostream>
#include <iterator>

#include "cli/mapped.h"
#include "cli/text.h"

namespace af::cli {
namespace {

void choose_codec(std::string_view text, af_file_options* options) {
  const std::vector<std::string_view> parts = split(text, ':');
  if (text.empty()) return;
  if (text == "none") {
    options->codec = AF_CODEC_NONE;
  } else if (text == "lz4") {
    options->codec = AF_CODEC_LZ4;
  } else if (parts[0] == "zstd" && parts.size() <= 2) {
    options->codec = AF_CODEC_ZSTD;
    const int64_t level = parts.size() == 2 ? parse_integer(parts[1], "--codec: level of zstd") : 0;
    if (level < -131072 || level > 22)
      fail(kUsage, "--codec: levels of zstd go from -131072 to 22, not ", level);
    options->codec_level = static_cast<int32_t>(level);
  } else {
    fail(kUsage, "--codec: expected none, lz4, zstd or zstd:LEVEL, found ", in_quotes(text));
  }
}

void choose_format(std::string_view text, af_file_options* options) {
  if (text.empty()) return;
  if (text != "v4" && text != "v5" && text != "v6")
    fail(kUsage, "--format: expected v4, v5 or v6, found ", in_quotes(text));
  options->footer_version = text[1] - '0';
}

}  // namespace

namespace {

// A file is read where it is; what comes through a pipe, into memory first.
File open_standard_input(const af_file_options& options) {
  struct stat input {};
  if (::fstat(STDIN_FILENO, &input) == 0 && S_ISREG(input.st_mode))
    return make<File>(af_file_open_descriptor, int32_t{STDIN_FILENO}, &options);
  std::string bytes(std::istreambuf_iterator<char>(std::cin), {});
  if (std::cin.bad()) fail(kIo, "standard input: cannot be read");
  return make<File>(af_file_open_buffer, static_cast<const void*>(bytes.data()), length(bytes),
                    static_cast<af_release_fn>(nullptr), static_cast<void*>(nullptr), &options);
}

}  // namespace

File open_stack(const Source& source, int64_t max_allocation) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  options.layers = source.layers;
  options.max_allocation = max_allocation;
  if (source.path == "-") return open_standard_input(options);
  expect_stack(source.path);
  return make<File>(af_file_open, source.path.data(), length(source.path), &options);
}

af_file_options options_of(const Encoding& encoding) {
  af_file_options options = AF_FILE_OPTIONS_INIT;
  choose_codec(encoding.codec, &options);
  choose_format(encoding.format, &options);
  if (!encoding.block_size.empty()) options.block_size = parse_size(encoding.block_size, "--block-size");
  return options;
}

std::vector<af_layer_info> layers_of(const af_file* file) {
  int64_t count = 0;
  call(af_file_layer_count, file, &count);
  std::vector<af_layer_info> layers(static_cast<size_t>(count), af_layer_info AF_LAYER_INFO_INIT);
  for (int64_t i = 0; i < count; i++) call(af_file_layer, file, i, &layers[static_cast<size_t>(i)]);
  return layers;
}

int64_t size_of(const std::vector<af_layer_info>& layers) {
  int64_t size = 0;
  for (const af_layer_info& layer : layers) size += layer.size;
  return size;
}

}  // namespace af::cli
