#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "store/local_parts.h"
#include "store/temp_file.h"

namespace af {
namespace {

// A temporary file, its end held in memory until there is enough for a write.
class LocalUpload : public Upload {
 public:
  LocalUpload(const LocalFolder& folder, Durability durability, std::string_view near)
      : folder_(folder), durability_(durability), file_(std::make_unique<TempFile>(folder.path_of(near))) {}

  uint64_t size() const override { return written_ + buffer_.size(); }
  void append(ByteView bytes) override;
  void read(uint64_t offset, MutableBytes into) const override;
  std::optional<std::string> finish(std::string_view key, std::span<const ByteView> tail,
                                    const Condition& condition) override;

 private:
  static constexpr size_t kBufferSize = 256 * 1024;

  TempFile& file() const;
  void write_buffer();

  LocalFolder folder_;
  Durability durability_;
  std::unique_ptr<TempFile> file_;  // gone when finished
  uint64_t written_ = 0;
  std::vector<std::byte> buffer_;  // what follows the written bytes
};

TempFile& LocalUpload::file() const {
  if (!file_ || file_->is_placed()) fail(Status::kInternal, "an upload was used after it had been finished");
  return *file_;
}

void LocalUpload::write_buffer() {
  write_at(file().fd(), written_, buffer_, file().path());
  written_ += buffer_.size();
  buffer_.clear();
}

// When writing fails nothing of `bytes` counts as appended.
void LocalUpload::append(ByteView bytes) {
  if (buffer_.size() + bytes.size() > kBufferSize) write_buffer();
  if (bytes.size() < kBufferSize) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  } else {
    write_at(file().fd(), written_, bytes, file().path());
    written_ += bytes.size();
  }
}

void LocalUpload::read(uint64_t offset, MutableBytes into) const {
  if (!within(offset, into.size(), size()))
    fail(Status::kInternal, "an upload has ", size(), " bytes; expected ", into.size(), " at offset ",
         offset);
  MutableBytes in_file = into.first(std::min<uint64_t>(into.size(), written_ - std::min(offset, written_)));
  uint64_t found = read_at(file().fd(), offset, {&in_file, 1}, file().path());
  if (found < in_file.size())
    fail(Status::kCorrupt, quoted(file().path()), " was cut short: expected ", written_, " bytes, found ",
         offset + found);
  auto rest = into.subspan(in_file.size());
  if (!rest.empty())
    std::copy_n(buffer_.begin() + static_cast<ptrdiff_t>(offset + in_file.size() - written_), rest.size(),
                rest.begin());
}

std::optional<std::string> LocalUpload::finish(std::string_view key, std::span<const ByteView> tail,
                                               const Condition& condition) {
  write_buffer();
  const std::string& temporary = file().path();
  uint64_t size = written_;
  for (ByteView part : tail) {
    write_at(file().fd(), size, part, temporary);
    size += part.size();
  }
  // An earlier attempt may have had a longer tail.
  if (uninterrupted([&] { return ::ftruncate(file().fd(), static_cast<off_t>(size)); }) != 0)
    fail_os(errno, text_of("set the length of ", quoted(temporary)));
  std::optional<std::string> version = file().place(folder_.path_of(key), condition, durability_);
  if (version) file_.reset();
  return version;
}

}  // namespace

std::unique_ptr<Upload> start_local_upload(const LocalFolder& folder, Durability durability,
                                           std::string_view near) {
  return std::make_unique<LocalUpload>(folder, durability, near);
}

}  // namespace af
