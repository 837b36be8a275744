#include "format/document.h"

namespace af {
namespace {

const char* kind_name(DocumentValue::Kind kind) {
  constexpr const char* kNames[] = {"null", "a boolean", "an integer", "an integer", "a real number",
                                    "text", "bytes",     "an array",   "a map"};
  return kNames[static_cast<int>(kind)];
}

[[noreturn]] void fail_kind(std::string_view what, const char* expected, DocumentValue::Kind found) {
  fail(Status::kCorrupt, what, ": expected ", expected, ", found ", kind_name(found));
}

}  // namespace

DocumentValue::Kind DocumentValue::kind() const { return static_cast<Kind>(tree_->nodes_[at_].kind); }

void DocumentValue::expect(Kind kind, std::string_view what) const {
  if (this->kind() != kind) fail_kind(what, kind_name(kind), this->kind());
}

bool DocumentValue::boolean(std::string_view what) const {
  expect(Kind::kBoolean, what);
  return tree_->nodes_[at_].payload != 0;
}

int64_t DocumentValue::integer(std::string_view what) const {
  if (kind() == Kind::kNatural) fail(Status::kCorrupt, what, ": an integer over 2^63-1");
  expect(Kind::kInteger, what);
  return static_cast<int64_t>(tree_->nodes_[at_].payload);
}

uint64_t DocumentValue::natural(std::string_view what) const {
  if (kind() == Kind::kNatural) return tree_->nodes_[at_].payload;
  int64_t value = integer(what);
  if (value < 0) fail(Status::kCorrupt, what, ": expected a number from 0 on, found ", value);
  return static_cast<uint64_t>(value);
}

double DocumentValue::real(std::string_view what) const {
  expect(Kind::kReal, what);
  return std::bit_cast<double>(tree_->nodes_[at_].payload);
}

std::string_view DocumentValue::text(std::string_view what) const {
  expect(Kind::kText, what);
  return tree_->text_at(at_);
}

ByteView DocumentValue::bytes(std::string_view what) const {
  expect(Kind::kBytes, what);
  return as_bytes(tree_->text_at(at_));
}

DocumentValue::Elements DocumentValue::elements(std::string_view what) const {
  expect(Kind::kArray, what);
  return {tree_, at_ + 1, tree_->after(at_), tree_->nodes_[at_].size};
}

DocumentValue::Entries DocumentValue::entries(std::string_view what) const {
  expect(Kind::kMap, what);
  return {tree_, at_ + 1, tree_->after(at_), tree_->nodes_[at_].size};
}

DocumentValue::Elements::Iterator& DocumentValue::Elements::Iterator::operator++() {
  at_ = tree_->after(at_);
  return *this;
}

DocumentValue::Entry DocumentValue::Entries::Iterator::operator*() const {
  return {tree_->text_at(at_), {tree_, at_ + 1}};
}

DocumentValue::Entries::Iterator& DocumentValue::Entries::Iterator::operator++() {
  at_ = tree_->after(at_ + 1);
  return *this;
}

void Document::clear() {
  nodes_.clear();
  open_.clear();
  texts_.clear();
}

void Document::add(Kind kind, uint64_t size, uint64_t payload) {
  if (!open_.empty()) nodes_[open_.back()].size++;
  push(kind, size, payload);
}

void Document::push(Kind kind, uint64_t size, uint64_t payload) {
  nodes_.push_back({static_cast<uint64_t>(kind), size, payload});
}

void Document::add_text(Kind kind, std::string_view text) {
  add(kind, text.size(), texts_.size());
  texts_ += text;
}

void Document::key(std::string_view name) {
  push(Kind::kText, name.size(), texts_.size());
  texts_ += name;
}

void Document::begin(Kind kind) {
  add(kind, 0, 0);
  open_.push_back(nodes_.size() - 1);
}

void Document::end() {
  nodes_[open_.back()].payload = nodes_.size();
  open_.pop_back();
}

uint64_t Document::after(uint64_t at) const {
  const Node& node = nodes_[at];
  bool has_children = node.kind >= static_cast<uint64_t>(Kind::kArray);
  return has_children ? node.payload : at + 1;
}

std::string_view Document::text_at(uint64_t at) const {
  return std::string_view(texts_).substr(nodes_[at].payload, nodes_[at].size);
}

Document read_json(std::string_view text) {
  Document tree;
  parse_json(text, tree);
  return tree;
}

Document read_msgpack(ByteView bytes) {
  Document tree;
  parse_msgpack(bytes, tree);
  return tree;
}

}  // namespace af
