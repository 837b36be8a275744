// Documents of nested values, as JSON and as MessagePack: parsed to events, and gathered from events to a
// tree. The parsers are document_json.cc and document_msgpack.cc, each the only user of its library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"

namespace af {

// What a parser finds, in order. Text is UTF-8 and lives only as long as the call, as bytes do.
class DocumentSink {
 public:
  virtual ~DocumentSink() = default;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(int64_t value) = 0;
  virtual void natural(uint64_t value) = 0;  // above 2^63-1
  virtual void real(double value) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void bytes(ByteView value) = 0;  // MessagePack only
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_map() = 0;
  virtual void key(std::string_view name) = 0;  // its value comes next
  virtual void end_map() = 0;
};

// The deepest nesting that parsers follow: the deepest dtype with what is around it.
inline constexpr int kDocumentDepth = 160;
// Bytes behind a JSON text that its parser may look at; without them it copies the text.
inline constexpr size_t kDocumentPadding = 64;

// Exactly one document and no byte more. Both throw kCorrupt, or kLimitExceeded for deeper nesting, after the
// events of what came before. Numbers are exact: integers outside int64 and uint64, and -0, are reals, and
// reals are rounded correctly. `capacity`: the bytes that may be looked at from text.data() on.
void parse_json(std::string_view text, DocumentSink& sink, size_t capacity = 0);
void parse_msgpack(ByteView bytes, DocumentSink& sink);

class Document;

// A value of a tree. Valid as long as the tree is neither moved nor cleared.
class DocumentValue {
 public:
  enum class Kind : uint8_t { kNull, kBoolean, kInteger, kNatural, kReal, kText, kBytes, kArray, kMap };
  struct Entry;
  class Elements;
  class Entries;

  Kind kind() const;

  // Each throws kCorrupt for a value of another kind; `what` names it in the message.
  bool boolean(std::string_view what) const;
  int64_t integer(std::string_view what) const;
  uint64_t natural(std::string_view what) const;  // any integer from 0 on
  double real(std::string_view what) const;
  std::string_view text(std::string_view what) const;
  ByteView bytes(std::string_view what) const;
  // Of an array.
  Elements elements(std::string_view what) const;
  // Of a map, as they come: a name may be there more than once.
  Entries entries(std::string_view what) const;

 private:
  friend class Document;
  DocumentValue(const Document* tree, uint64_t at) : tree_(tree), at_(at) {}
  void expect(Kind kind, std::string_view what) const;

  const Document* tree_;
  uint64_t at_;
};

struct DocumentValue::Entry {
  std::string_view name;
  DocumentValue value;
};

class DocumentValue::Elements {
 public:
  class Iterator {
   public:
    Iterator(const Document* tree, uint64_t at) : tree_(tree), at_(at) {}
    DocumentValue operator*() const { return {tree_, at_}; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Document* tree_;
    uint64_t at_;
  };

  Iterator begin() const { return {tree_, first_}; }
  Iterator end() const { return {tree_, last_}; }
  uint64_t size() const { return size_; }

 private:
  friend class DocumentValue;
  Elements(const Document* tree, uint64_t first, uint64_t last, uint64_t size)
      : tree_(tree), first_(first), last_(last), size_(size) {}

  const Document* tree_;
  uint64_t first_, last_, size_;
};

class DocumentValue::Entries {
 public:
  class Iterator {
   public:
    Iterator(const Document* tree, uint64_t at) : tree_(tree), at_(at) {}
    Entry operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Document* tree_;
    uint64_t at_;
  };

  Iterator begin() const { return {tree_, first_}; }
  Iterator end() const { return {tree_, last_}; }
  uint64_t size() const { return size_; }

 private:
  friend class DocumentValue;
  Entries(const Document* tree, uint64_t first, uint64_t last, uint64_t size)
      : tree_(tree), first_(first), last_(last), size_(size) {}

  const Document* tree_;
  uint64_t first_, last_, size_;
};

// A tree, gathered from the events of one document: 16 bytes for each value and name, and their texts.
class Document : public DocumentSink {
 public:
  // Only of a complete document.
  DocumentValue root() const { return {this, 0}; }
  bool complete() const { return !nodes_.empty() && open_.empty(); }
  // Forgets all, keeping the memory for the next document.
  void clear();

  void null() override { add(Kind::kNull, 0, 0); }
  void boolean(bool value) override { add(Kind::kBoolean, 0, value); }
  void integer(int64_t value) override { add(Kind::kInteger, 0, static_cast<uint64_t>(value)); }
  void natural(uint64_t value) override { add(Kind::kNatural, 0, value); }
  void real(double value) override { add(Kind::kReal, 0, std::bit_cast<uint64_t>(value)); }
  void text(std::string_view value) override { add_text(Kind::kText, value); }
  void bytes(ByteView value) override { add_text(Kind::kBytes, as_text(value)); }
  void begin_array() override { begin(Kind::kArray); }
  void end_array() override { end(); }
  void begin_map() override { begin(Kind::kMap); }
  // Lies before its value and is not counted.
  void key(std::string_view name) override;
  void end_map() override { end(); }

 private:
  friend class DocumentValue;
  using Kind = DocumentValue::Kind;
  // In the order of the document. The children of an array or map follow it.
  struct Node {
    uint64_t kind : 8;
    uint64_t size : 56;  // of text its length, of arrays and maps the number of values
    uint64_t payload;    // the number, the place of the text, or the first node behind the children
  };

  void add(Kind kind, uint64_t size, uint64_t payload);
  void push(Kind kind, uint64_t size, uint64_t payload);
  void add_text(Kind kind, std::string_view text);
  void begin(Kind kind);
  void end();
  // The node behind a value and all that is in it.
  uint64_t after(uint64_t at) const;
  std::string_view text_at(uint64_t at) const;

  std::vector<Node> nodes_;
  std::vector<uint64_t> open_;  // arrays and maps not yet ended, outermost first
  std::string texts_;
};

Document read_json(std::string_view text);
Document read_msgpack(ByteView bytes);

}  // namespace af
