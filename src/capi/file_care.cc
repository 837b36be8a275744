// Looking after files: backups, what dead writers left, other footer versions; files that have no path.
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/options.h"
#include "capi/place.h"
#include "capi/results.h"
#include "core/glob.h"
#include "file/array_file.h"

using af::acquire;
using af::ArrayFile;
using af::cleared;
using af::fail;
using af::guard;
using af::Status;

namespace {

constexpr const char* kOnlyKey = "file.af";

// The caller's memory, until it is given back.
class LentMemory {
 public:
  LentMemory(af_release_fn release, void* context) : release_(release), context_(context) {}
  ~LentMemory() {
    if (is_ours_) release_(context_);
  }
  LentMemory(const LentMemory&) = delete;
  LentMemory& operator=(const LentMemory&) = delete;
  void take() { is_ours_ = true; }

 private:
  af_release_fn release_;
  void* context_;
  bool is_ours_ = false;
};

af::FileOptions reading_options(const af_file_options* options) {
  const af::FileOptions known = af::options_argument(options).file;
  if (known.writable) fail(Status::kReadOnly, "a file that has no path is opened for reading only");
  return known;
}

std::shared_ptr<ArrayFile> open_lent(af::ByteView bytes, af_release_fn release, void* context,
                                     const af::FileOptions& options) {
  const auto lent = std::make_shared<LentMemory>(release, context);
  auto file = ArrayFile::open(af::open_buffer_store(bytes, lent, kOnlyKey), kOnlyKey, options);
  lent->take();
  return file;
}

std::shared_ptr<ArrayFile> open_copied(af::ByteView bytes, const af::FileOptions& options) {
  const auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  return ArrayFile::open(af::open_buffer_store(*copy, copy, kOnlyKey), kOnlyKey, options);
}

std::function<bool(std::string_view)> pattern_argument(const char* pattern, int64_t pattern_len,
                                                       int32_t match) {
  const std::string_view text = af::text_argument(pattern, pattern_len, "pattern", Status::kInvalidArgument);
  switch (match) {
    case AF_MATCH_PREFIX: return [text](std::string_view name) { return name.starts_with(text); };
    case AF_MATCH_GLOB: return [text](std::string_view name) { return af::matches_glob(text, name); };
    default: fail(Status::kInvalidArgument, "match is ", match, ", not one of AF_MATCH_*");
  }
}

}  // namespace

af_status af_file_open_buffer(const void* data, int64_t data_len, af_release_fn release, void* context,
                              const af_file_options* options, af_file** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const af::ByteView bytes = af::bytes_argument(data, data_len, "data");
    const af::FileOptions known = reading_options(options);
    result = af::open_handle<af_file>(release == nullptr ? open_copied(bytes, known)
                                                         : open_lent(bytes, release, context, known));
  });
}

af_status af_file_open_descriptor(int32_t descriptor, const af_file_options* options, af_file** out,
                                  af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const af::FileOptions known = reading_options(options);
    result = af::open_handle<af_file>(
        ArrayFile::open(af::open_descriptor_store(descriptor, kOnlyKey), kOnlyKey, known));
  });
}

af_status af_file_list_page(const af_file* file, const char* pattern, int64_t pattern_len, int32_t match,
                            int64_t first, int64_t limit, af_listing** out, int64_t* next, af_error** err) {
  return guard(err, [&] {
    // Each of the two even if the other is missing.
    if (next != nullptr) *next = 0;
    auto& result = cleared(out, "out");
    auto& result_next = cleared(next, "next");
    const auto held = acquire(file);
    const auto matches = pattern_argument(pattern, pattern_len, match);
    if (first < 0) fail(Status::kInvalidArgument, "first is ", first);
    if (limit < 1) fail(Status::kInvalidArgument, "limit is ", limit);
    int64_t found_next = -1;
    result = af::new_listing(held->list_page(matches, first, limit, &found_next));
    result_next = found_next;
  });
}

af_status af_file_upgrade(af_file* file, int32_t footer_version, af_error** err) {
  return guard(err, [&] { acquire(file)->upgrade(footer_version); });
}

af_status af_file_gc(af_file* file, int64_t* out, af_error** err) {
  return guard(err, [&] {
    if (out != nullptr) *out = 0;
    const int64_t freed = acquire(file)->collect_garbage();
    if (out != nullptr) *out = freed;
  });
}

af_status af_file_backup(const af_file* file, const char* path, int64_t path_len,
                         const af_file_options* options, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(file);
    const af::OpenOptions known = af::options_argument(options);
    const af::Place place = af::place_argument(path, path_len, known.durability);
    held->backup_to(place.store, place.key, known.file);
  });
}
