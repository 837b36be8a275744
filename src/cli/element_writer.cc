#include "cli/element_writer.h"

#include <algorithm>

#include "cli/json.h"
#include "cli/pieces.h"
#include "cli/text.h"
#include "cli/values.h"

namespace af::cli {
namespace {

// The position of the next element in the region.
class Position {
 public:
  explicit Position(const Region& region) : region_(region), at_(region.start) {}

  const Extents& at() const { return at_; }
  // How many of the last axes begin anew with this element, and how many end with it.
  size_t beginning() const {
    return axes([this](size_t axis) { return at_[axis] == region_.start[axis]; });
  }
  size_t ending() const {
    return axes([this](size_t axis) { return at_[axis] + 1 == region_.start[axis] + region_.shape[axis]; });
  }
  void next() {
    for (size_t axis = at_.size(); axis-- > 0;) {
      if (++at_[axis] < region_.start[axis] + region_.shape[axis]) return;
      at_[axis] = region_.start[axis];
    }
  }

 private:
  template <typename Holds>
  size_t axes(Holds holds) const {
    size_t count = 0;
    while (count < at_.size() && holds(at_.size() - 1 - count)) count++;
    return count;
  }

  Region region_;
  Extents at_;
};

// Formats that write elements one by one.
class OneByOne : public ElementWriter {
 public:
  explicit OneByOne(af_data_type dtype)
      : dtype_(dtype), size_(static_cast<size_t>(af_data_type_size(dtype))) {}

  void add_fixed(std::span<const std::byte> elements) override {
    for (size_t at = 0; at < elements.size(); at += size_) add(elements.subspan(at, size_));
  }
  void add_variable(std::string_view element) override { add(std::as_bytes(std::span(element))); }

 protected:
  virtual void add(std::span<const std::byte> element) = 0;

  static std::string_view text_in(std::span<const std::byte> element) {
    return {reinterpret_cast<const char*>(element.data()), element.size()};
  }

  const af_data_type dtype_;

 private:
  const size_t size_;
};

// A line for each run of the last axis, an empty line between planes.
class TextWriter : public OneByOne {
 public:
  TextWriter(Output& out, const af_schema* schema, const Region& region)
      : OneByOne(af_schema_data_type(schema)), out_(out), position_(region) {}

  void finish() override {}

 protected:
  void add(std::span<const std::byte> element) override {
    const size_t rank = position_.at().size();
    if (position_.beginning() >= 2 && !first_) out_.write("\n");
    if (position_.beginning() == 0 && rank > 0) out_.write(" ");
    out_.write(is_variable(dtype_) ? variable_text(dtype_, text_in(element))
                                   : element_text(dtype_, element.data()));
    if (position_.ending() >= 1 || rank == 0) out_.write("\n");
    first_ = false;
    position_.next();
  }

 private:
  Output& out_;
  Position position_;
  bool first_ = true;
};

// A table with one row for each element: its indices, then its value.
class CsvWriter : public OneByOne {
 public:
  CsvWriter(Output& out, std::string_view name, const af_schema* schema, const Region& region)
      : OneByOne(af_schema_data_type(schema)), out_(out), position_(region) {
    for (int32_t axis = 0; axis < af_schema_rank(schema); axis++)
      out_.write(field(text_of(dimension_of(schema, axis), "_index")) + ',');
    out_.write(field(name) + "\n");
  }

  void finish() override {}

 protected:
  void add(std::span<const std::byte> element) override {
    for (const int64_t index : position_.at()) out_.write(text_of(index, ","));
    if (dtype_ == AF_STRING) {
      out_.write(field(text_in(element)));
    } else if (dtype_ == AF_BINARY) {
      out_.write(hex(text_in(element)));
    } else {
      out_.write(element_text(dtype_, element.data()));
    }
    out_.write("\n");
    position_.next();
  }

 private:
  static std::string field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"') out += '"';
      out += c;
    }
    return out += '"';
  }

  Output& out_;
  Position position_;
};

// {"name", "dtype", "start", "shape", "data"}, the data nested as deep as the rank.
class JsonElements : public OneByOne {
 public:
  JsonElements(Output& out, std::string_view name, const af_schema* schema, const Region& region)
      : OneByOne(af_schema_data_type(schema)),
        out_(out),
        json_(out),
        position_(region),
        shape_(region.shape) {
    json_.begin_object();
    json_.member("name", name);
    json_.key("dtype");
    write_dtype(json_, schema);
    json_.key("start");
    json_.integers(region.start.data(), region.start.size());
    json_.key("shape");
    json_.integers(shape_.data(), shape_.size());
    json_.key("data");
  }

  void finish() override {
    if (element_count(shape_) == 0) write_empty(0);
    json_.end_object();
    out_.write("\n");
  }

 protected:
  void add(std::span<const std::byte> element) override {
    for (size_t i = position_.beginning(); i > 0; i--) json_.begin_array();
    if (is_variable(dtype_)) {
      write_variable(json_, dtype_, text_in(element));
    } else {
      write_element(json_, dtype_, element.data(), JsonStyle::kPlain);
    }
    for (size_t i = position_.ending(); i > 0; i--) json_.end_array();
    position_.next();
  }

 private:
  // The brackets down to the first axis of length 0.
  void write_empty(size_t axis) {
    json_.begin_array();
    for (int64_t i = 0; i < shape_[axis] && axis + 1 < shape_.size(); i++) write_empty(axis + 1);
    json_.end_array();
  }

  Output& out_;
  JsonWriter json_;
  Position position_;
  Extents shape_;
};

// The bytes as they are in memory: little-endian, C order.
class RawWriter : public ElementWriter {
 public:
  explicit RawWriter(Output& out) : out_(out) {}

  void add_fixed(std::span<const std::byte> elements) override {
    out_.write({reinterpret_cast<const char*>(elements.data()), elements.size()});
  }
  void add_variable(std::string_view) override {}
  void finish() override {}

 private:
  Output& out_;
};

const char* numpy_type(af_data_type dtype) {
  constexpr const char* kTypes[] = {"|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4",
                                    "<u8", "<f4", "<f8", "",    "",    "",    "",    "<M8[ns]"};
  return kTypes[dtype];
}

// NumPy's format 1.0: magic, version, length of the header, a Python literal padded to 64 bytes.
std::string numpy_header(const af_schema* schema, const Region& region) {
  std::string shape;
  for (const int64_t extent : region.shape) shape += text_of(extent, ", ");
  if (region.shape.size() > 1) shape.resize(shape.size() - 2);
  std::string text = text_of("{'descr': '", numpy_type(af_schema_data_type(schema)),
                             "', 'fortran_order': False, 'shape': (", shape, "), }");
  constexpr size_t kPreamble = 10;
  text.append(63 - (kPreamble + text.size()) % 64, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

}  // namespace

std::unique_ptr<ElementWriter> make_element_writer(std::string_view format, Output& out,
                                                   std::string_view name, const af_schema* schema,
                                                   const Region& region) {
  if (format == "text") return std::make_unique<TextWriter>(out, schema, region);
  if (format == "csv") return std::make_unique<CsvWriter>(out, name, schema, region);
  if (format == "json") return std::make_unique<JsonElements>(out, name, schema, region);
  if (format != "raw" && format != "npy")
    fail(kUsage, "--format: expected text, csv, json, raw or npy, found ", in_quotes(format));
  if (is_variable(af_schema_data_type(schema)))
    fail(kUnsupported, format, " holds elements of fixed width only; ", in_quotes(name), " holds ",
         dtype_text(schema), ": use text, csv or json");
  if (format == "npy") out.write(numpy_header(schema, region));
  return std::make_unique<RawWriter>(out);
}

}  // namespace af::cli
