// MessagePack documents. The only file that knows msgpack-c.
#define MSGPACK_NO_BOOST
#include <msgpack.hpp>

#include "format/document.h"
#include "format/document_writer.h"

namespace af {
namespace {

// Turns the library's events into ours. A sink's exceptions pass through the parser, which holds nothing but
// a vector.
class Visitor : public msgpack::null_visitor {
 public:
  explicit Visitor(DocumentSink& sink) : sink_(sink) {}

  bool visit_nil() {
    return value([&] { sink_.null(); });
  }
  bool visit_boolean(bool v) {
    return value([&] { sink_.boolean(v); });
  }
  bool visit_positive_integer(uint64_t v) {
    return value([&] { v <= INT64_MAX ? sink_.integer(static_cast<int64_t>(v)) : sink_.natural(v); });
  }
  bool visit_negative_integer(int64_t v) {
    return value([&] { sink_.integer(v); });
  }
  bool visit_float32(float v) { return visit_float64(v); }
  bool visit_float64(double v) {
    return value([&] { sink_.real(v); });
  }
  bool visit_str(const char* data, uint32_t size) {
    std::string_view text(data, size);
    if (!is_utf8(text))
      fail(Status::kCorrupt, "MessagePack: text ", af::quoted(utf8_lossy(text)), " is not UTF-8");
    is_key_ ? sink_.key(text) : sink_.text(text);
    return true;
  }
  bool visit_bin(const char* data, uint32_t size) {
    // Some writers have binary keys.
    if (is_key_) return visit_str(data, size);
    sink_.bytes(as_bytes({data, size}));
    return true;
  }
  bool visit_ext(const char*, uint32_t) {
    fail(Status::kCorrupt, "MessagePack: an extension type, which no document of ours has");
  }

  bool start_array(uint32_t) {
    enter();
    return value([&] { sink_.begin_array(); });
  }
  bool end_array() {
    depth_--;
    sink_.end_array();
    return true;
  }
  bool start_map(uint32_t) {
    enter();
    return value([&] { sink_.begin_map(); });
  }
  bool end_map() {
    depth_--;
    sink_.end_map();
    return true;
  }
  bool start_map_key() {
    is_key_ = true;
    return true;
  }
  bool end_map_key() {
    is_key_ = false;
    return true;
  }
  void parse_error(size_t, size_t at) {
    fail(Status::kCorrupt, "MessagePack: no value begins with the byte at ", at);
  }
  void insufficient_bytes(size_t, size_t at) {
    fail(Status::kCorrupt, "MessagePack: the document goes on beyond its end at byte ", at);
  }

 private:
  template <typename Send>
  bool value(const Send& send) {
    if (is_key_) fail(Status::kCorrupt, "MessagePack: a map's key is not text");
    send();
    return true;
  }
  void enter() {
    if (++depth_ > kDocumentDepth)
      fail(Status::kLimitExceeded, "MessagePack: nested deeper than ", kDocumentDepth);
  }

  DocumentSink& sink_;
  int depth_ = 0;
  bool is_key_ = false;
};

struct Appender {
  std::string* out;
  void write(const char* data, size_t size) { out->append(data, size); }
};

class MsgpackWriter : public DocumentWriter {
 public:
  explicit MsgpackWriter(std::string* out) : out_{out}, packer_(out_) {}

  void null() override { packer_.pack_nil(); }
  void boolean(bool value) override { value ? packer_.pack_true() : packer_.pack_false(); }
  void integer(int64_t value) override { packer_.pack_int64(value); }
  void natural(uint64_t value) override { packer_.pack_uint64(value); }
  // The library would write 2.0 as the integer 2.
  void real(double value) override {
    uint64_t bits = __builtin_bswap64(std::bit_cast<uint64_t>(value));
    char bytes[9] = {'\xcb'};
    std::memcpy(bytes + 1, &bits, sizeof bits);
    out_.write(bytes, sizeof bytes);
  }
  void text(std::string_view value) override {
    packer_.pack_str(static_cast<uint32_t>(value.size()));
    packer_.pack_str_body(value.data(), static_cast<uint32_t>(value.size()));
  }
  void begin_array(uint32_t size) override { packer_.pack_array(size); }
  void end_array() override {}
  void begin_map(uint32_t size) override { packer_.pack_map(size); }
  void key(std::string_view name) override { text(name); }
  void end_map() override {}

 private:
  Appender out_;
  msgpack::packer<Appender> packer_;
};

}  // namespace

void parse_msgpack(ByteView bytes, DocumentSink& sink) {
  Visitor visitor(sink);
  size_t end = 0;
  std::string_view text = as_text(bytes);
  msgpack::parse(text.data(), text.size(), end, visitor);
  if (end != text.size())
    fail(Status::kCorrupt, "MessagePack: ", text.size() - end, " bytes after the document");
}

std::unique_ptr<DocumentWriter> msgpack_writer(std::string* out) {
  return std::make_unique<MsgpackWriter>(out);
}

}  // namespace af
