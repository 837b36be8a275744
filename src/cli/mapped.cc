#include "cli/mapped.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "cli/element_writer.h"
#include "cli/json.h"
#include "cli/mapped_file.h"
#include "cli/pieces.h"
#include "cli/progress.h"
#include "cli/region.h"
#include "cli/sha256.h"
#include "cli/text.h"

namespace af::cli {
namespace {

std::string type_text(af_data_type dtype) { return af_data_type_name(dtype); }

int64_t size_on_disk(const std::string& path) {
  struct stat file;
  return stat(path.c_str(), &file) == 0 ? file.st_blocks * 512 : 0;
}

// Calls `take` with the elements of a region, a piece at a time.
template <typename Take>
void for_each_piece(const MappedFile& file, const Region& region, int64_t piece_bytes, Take take) {
  const int64_t size = af_data_type_size(file.dtype);
  const int64_t total = element_count(region.shape);
  const Extents no_chunks(region.shape.size(), 1);
  Progress progress("reading");
  int64_t done = 0;
  std::vector<std::byte> buffer;
  for (Pieces pieces(region, no_chunks, piece_limit(file.dtype, piece_bytes)); !pieces.done();
       pieces.next()) {
    check_interrupted();
    const Region& piece = pieces.at();
    const int64_t count = element_count(piece.shape);
    buffer.resize(static_cast<size_t>(count * size));
    call(af_mmap_read, file.array.get(), piece.start.data(), piece.shape.data(), rank_of(piece), nullptr,
         buffer.data(), static_cast<int64_t>(buffer.size()));
    take(std::span<const std::byte>(buffer));
    progress.show(done += count, total);
  }
}

Region whole(const MappedFile& file) { return {Extents(file.shape.size()), file.shape}; }

// A sparse file of a few bytes on disk can hold more zeros than anyone will wait for.
void check_proportion(const MappedFile& file, const DumpCommand& command) {
  constexpr int64_t kFreeContent = int64_t{256} << 20;
  constexpr int64_t kContentPerByte = 64;
  const int64_t limit = command.max_content.empty()
                            ? kFreeContent + kContentPerByte * size_on_disk(command.source.path)
                            : parse_size(command.max_content, "--max-content");
  if (element_count(file.shape) > limit / af_data_type_size(file.dtype))
    fail(kLimit, "what it holds is out of proportion to its size on disk: --max-content permits more");
}

std::string digest_of(const MappedFile& file) {
  constexpr int64_t kPieceBytes = int64_t{4} << 20;
  Sha256 sha;
  for_each_piece(file, whole(file), kPieceBytes,
                 [&](std::span<const std::byte> elements) { sha.add(elements); });
  return sha.digest();
}

void print_dump_text(Output& out, const DumpCommand& command) {
  const MappedFile file = open_mapped(command.source);
  std::string text = text_of("mapped array ", escaped(command.source.path), " {\n\t", type_text(file.dtype),
                             " ", escaped(name_of_mapped(command.source.path)));
  for (size_t axis = 0; axis < file.shape.size(); axis++)
    text += text_of(axis == 0 ? "(" : ", ", "dim", axis, " = ", file.shape[axis]);
  out.write(text + (file.shape.empty() ? " ;\n}\n" : ") ;\n}\n"));
}

void print_dump_json(Output& out, const DumpCommand& command) {
  MappedFile file;
  std::string digest;
  try {
    file = open_mapped(command.source);
    check_proportion(file, command);
    digest = digest_of(file);
  } catch (const Failure&) {
    out.write("{\"open_error\": true}\n");
    out.finish();
    throw;
  }
  JsonWriter json(out);
  json.begin_object();
  json.member("dtype", short_type_name(file.dtype));
  json.key("shape");
  json.integers(file.shape.data(), file.shape.size());
  json.member("len", element_count(file.shape));
  json.key("content");
  json.begin_object();
  json.member("sha256", digest);
  json.end_object();
  json.end_object();
  out.write("\n");
}

// A schema that tells the writers of elements the dtype and the dimensions; they do not ask for extents,
// which in a mapped array may be greater than a schema's.
Schema schema_without_extents(const MappedFile& file) {
  const Extents ones(file.shape.size(), 1);
  return make<Schema>(af_schema_create, file.dtype, ones.data(), static_cast<int32_t>(ones.size()));
}

}  // namespace

ExitCode info_mapped(const InfoCommand& command) {
  const MappedFile file = open_mapped(command.source);
  const int64_t elements = element_count(file.shape);
  const int64_t size = 64 + elements * af_data_type_size(file.dtype);
  Output out;
  if (command.json) {
    JsonWriter json(out);
    json.begin_object();
    json.member("path", command.source.path);
    json.member("dtype", type_text(file.dtype));
    json.key("shape");
    json.integers(file.shape.data(), file.shape.size());
    json.member("elements", elements);
    json.member("size", size);
    json.end_object();
    out.write("\n");
  } else {
    out.write(text_of(escaped(command.source.path), ": mapped array, ", type_text(file.dtype), " ",
                      shape_text(file.shape), ", ", counted(elements, "element"), ", ", size_text(size),
                      "\n"));
  }
  out.finish();
  return kOk;
}

ExitCode dump_mapped(const DumpCommand& command) {
  Output out;
  command.json ? print_dump_json(out, command) : print_dump_text(out, command);
  out.finish();
  return kOk;
}

ExitCode get_mapped(const GetCommand& command) {
  const std::string name = name_of_mapped(command.source.path);
  if (command.name && *command.name != name)
    fail(kNotFound, "a mapped array has no names; this one goes by ", in_quotes(name));
  const MappedFile file = open_mapped(command.source);
  const Region region = region_of(command, file.shape);
  const Schema schema = schema_without_extents(file);
  Output out(command.output);
  const std::unique_ptr<ElementWriter> writer =
      make_element_writer(command.format, out, name, schema.get(), region);
  for_each_piece(file, region, kPieceBytes,
                 [&](std::span<const std::byte> elements) { writer->add_fixed(elements); });
  writer->finish();
  out.finish();
  return kOk;
}

}  // namespace af::cli
