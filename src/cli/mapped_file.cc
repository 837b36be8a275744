#include "cli/mapped_file.h"

#include <filesystem>
#include <fstream>

#include "cli/mapped.h"
#include "cli/text.h"

namespace af::cli {

bool is_mapped_name(std::string_view path) { return path.ends_with(".mmap"); }

bool is_mapped_array(const std::string& path) {
  if (is_mapped_name(path) || path.ends_with(".af")) return is_mapped_name(path);
  // A pipe would keep us waiting.
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return false;
  char magic[4] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "MMAP";
}

void expect_stack(const std::string& path) {
  if (is_mapped_array(path))
    fail(kUsage, escaped(path), " is a mapped array, not a stack: info, dump, get and copy take it");
}

MappedFile open_mapped(const Source& source) {
  if (source.layers != 0) fail(kUsage, "--layers: a mapped array has no layers");
  MappedFile file;
  file.array = make<Mapped>(af_mmap_open, source.path.data(), length(source.path), nullptr);
  int32_t rank = 0;
  call(af_mmap_data_type, file.array.get(), &file.dtype);
  call(af_mmap_rank, file.array.get(), &rank);
  file.shape.resize(static_cast<size_t>(rank));
  call(af_mmap_shape, file.array.get(), file.shape.data(), rank);
  return file;
}

std::string name_of_mapped(const std::string& path) { return std::filesystem::path(path).stem().string(); }

std::string short_type_name(af_data_type dtype) {
  const int64_t bits = af_data_type_size(dtype) * 8;
  return text_of(dtype == AF_FLOAT32 || dtype == AF_FLOAT64 ? "f" : "i", bits);
}

}  // namespace af::cli
