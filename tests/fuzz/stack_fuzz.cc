// A whole stack: base, first and second sidecar and statistics, with "AFSPLIT\n" between them. It is opened
// as by someone who does not trust it and asked everything; then verified, repaired, changed and compacted.
#include <string>
#include <vector>

#include "file/array_file.h"
#include "fuzz/made_right.h"

namespace {

using af::ArrayFile;
using af::fuzz::attempt;

std::vector<std::string> files_of(std::string_view bytes) {
  constexpr std::string_view kSplit = "AFSPLIT\n";
  std::vector<std::string> files;
  for (size_t at; files.size() < 3 && (at = bytes.find(kSplit)) != std::string_view::npos;
       bytes.remove_prefix(at + kSplit.size()))
    files.emplace_back(bytes.substr(0, at));
  files.emplace_back(bytes);
  return files;
}

std::shared_ptr<af::ObjectStore> lay_out(std::vector<std::string> files, bool right) {
  constexpr const char* kKeys[] = {"s.af", "s.1.af", "s.2.af", "s.stats"};
  auto store = af::create_memory_store();
  for (size_t i = 0; i < files.size(); i++) {
    if (right && i < 3) af::fuzz::make_right(files[i]);
    store->put(kKeys[i], af::as_bytes(files[i]), af::Condition::always());
  }
  return store;
}

af::FileOptions careful() {
  af::FileOptions options;
  options.threads = 1;
  options.cache_size = 64 << 10;
  options.max_allocation = af::fuzz::kAllowed;
  options.max_arrays = 1000;
  options.max_layers = 100;
  return options;
}

void read_all(const ArrayFile& file, std::string_view name) {
  af::ArraySchema schema = file.schema(name);
  if (af::is_variable(schema.dtype.id)) {
    file.read_variable(name, {}, {});
  } else if (uint32_t size = af::element_size(schema.dtype.id); size != 0) {
    int64_t elements = 1;
    for (int64_t extent : schema.shape.span())
      if (!af::multiply_fits(elements, extent, &elements)) return;
    if (elements > af::fuzz::kAllowed / size) return;
    std::vector<std::byte> bytes(static_cast<size_t>(elements) * size);
    file.read(name, {}, {}, {bytes, {}});
  }
}

void read_chunks(const ArrayFile& file, std::string_view name) {
  int tried = 0;
  for (const af::Extents& coord : file.chunks(name)) {
    attempt([&] { file.read_chunk(name, coord.span()); });
    if (++tried == 10) break;
  }
}

void ask(const ArrayFile& file) {
  attempt([&] {
    af::Listing listing = file.list();
    for (int64_t i = 0; i < std::min<int64_t>(listing.count(), 20); i++) {
      std::string_view name = listing.name(i);
      attempt([&] { read_all(file, name); });
      attempt([&] { read_chunks(file, name); });
      attempt([&] { file.attributes(name); });
      attempt([&] { file.stats(name); });
    }
  });
  attempt([&] { file.attribute_column("units"); });
  attempt([&] { file.stats_all(); });
  attempt([&] { file.verify(); });
  for (int64_t i = 0; i < file.layer_count(); i++) attempt([&] { file.layer(i); });
}

void change(ArrayFile& file) {
  attempt([&] { file.set_file_attribute("k", af::Value::text("v")); });
  attempt([&] {
    af::Listing listing = file.list();
    for (int64_t i = 0; i < std::min<int64_t>(listing.count(), 3); i++) {
      std::string name(listing.name(i));
      attempt([&] { file.set_attribute(name, "added", af::Value::text("v")); });
      attempt([&] { file.resize(name, std::vector<int64_t>(file.schema(name).shape.rank(), 3)); });
      if (i == 1) attempt([&] { file.erase(name); });
    }
  });
  attempt([&] { file.flush(); });
  attempt([&] { file.compact(); });
}

// Our own work on top of what was readable is sound.
void use(const std::shared_ptr<af::ObjectStore>& store, bool repair) {
  attempt([&] { ask(*ArrayFile::open(store, "s.af", careful())); });
  if (repair) {
    attempt([&] { ArrayFile::repair(*store, "s.af", store, "r.af", careful(), {}); });
    attempt([&] { ask(*ArrayFile::open(store, "r.af", careful())); });
  }
  attempt([&] {
    af::FileOptions options = careful();
    options.writable = true;
    auto file = ArrayFile::open(store, "s.af", options);
    change(*file);
    ask(*file);
  });
}

void target(af::ByteView bytes) {
  // Looking for the bit that was flipped takes long: not each time.
  for (bool right : {false, true})
    attempt([&] { use(lay_out(files_of(af::as_text(bytes)), right), right || bytes.size() % 16 == 0); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size, target);
}
