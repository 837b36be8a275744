#include <algorithm>
#include <unordered_map>

#include "format/container.h"
#include "format/container_values.h"

namespace af {
namespace {

class FooterDocument {
 public:
  explicit FooterDocument(const ContainerFooter& footer) : footer_(footer) { gather(); }
  std::string write();

 private:
  void gather();
  void gather(const DatasetSchema& schema);
  void add_text(const std::string& text);
  void add_dtype(const DType& dtype);
  uint64_t dtype_place(const DType& dtype) const;

  void write_pair(uint64_t first, uint64_t second);
  void write_declarations(const std::vector<AttributeDeclaration>& declarations);
  void write_schema(const DatasetSchema& schema);
  void write_datasets();

  const ContainerFooter& footer_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, uint64_t> text_places_;
  std::vector<DType> dtypes_;
  std::string bytes_;
  std::unique_ptr<DocumentWriter> out_ = msgpack_writer(&bytes_);
};

void FooterDocument::add_text(const std::string& text) {
  if (text_places_.try_emplace(text, texts_.size()).second) texts_.push_back(text);
}

void FooterDocument::add_dtype(const DType& dtype) {
  if (std::ranges::find(dtypes_, dtype) == dtypes_.end()) dtypes_.push_back(dtype);
}

uint64_t FooterDocument::dtype_place(const DType& dtype) const {
  return static_cast<uint64_t>(std::ranges::find(dtypes_, dtype) - dtypes_.begin());
}

void FooterDocument::gather(const DatasetSchema& schema) {
  auto add_all = [this](const std::vector<AttributeDeclaration>& declarations) {
    for (const AttributeDeclaration& declaration : declarations) {
      add_text(declaration.key);
      add_dtype(dtype_of(declaration.type));
    }
  };
  for (const VariableSchema& variable : schema.variables) {
    add_text(variable.name);
    add_dtype(variable.dtype);
  }
  add_all(schema.attributes);
  for (const VariableAttributes& own : schema.variable_attributes) add_all(own.attributes);
}

void FooterDocument::gather() {
  for (uint32_t i = 0; i < footer_.schemas.size(); i++) gather(footer_.schemas[i]);
  for (const ContainerVariable& variable : footer_.variables) add_text(variable.name);
}

void FooterDocument::write_pair(uint64_t first, uint64_t second) {
  out_->begin_array(2);
  out_->natural(first);
  out_->natural(second);
  out_->end_array();
}

void FooterDocument::write_declarations(const std::vector<AttributeDeclaration>& declarations) {
  out_->begin_array(static_cast<uint32_t>(declarations.size()));
  for (const AttributeDeclaration& declaration : declarations)
    write_pair(text_places_.at(declaration.key), dtype_place(dtype_of(declaration.type)));
  out_->end_array();
}

void FooterDocument::write_schema(const DatasetSchema& schema) {
  out_->begin_array(3);
  out_->begin_array(static_cast<uint32_t>(schema.variables.size()));
  for (const VariableSchema& variable : schema.variables)
    write_pair(text_places_.at(variable.name), dtype_place(variable.dtype));
  out_->end_array();
  write_declarations(schema.attributes);
  out_->begin_array(static_cast<uint32_t>(schema.variable_attributes.size()));
  for (const VariableAttributes& own : schema.variable_attributes) {
    out_->begin_array(2);
    out_->natural(static_cast<uint64_t>(schema.variable(own.variable) - schema.variables.data()));
    write_declarations(own.attributes);
    out_->end_array();
  }
  out_->end_array();
  out_->end_array();
}

void FooterDocument::write_datasets() {
  const DatasetTable& datasets = footer_.datasets;
  out_->begin_array(static_cast<uint32_t>(datasets.size()));
  for (size_t row = 0; row < datasets.size(); row++) {
    out_->begin_array(2);
    out_->text(datasets.name(row));
    out_->natural(datasets.schema(row));
    out_->end_array();
  }
  out_->end_array();
}

std::string FooterDocument::write() {
  out_->begin_array(8);
  out_->natural(8);
  out_->text(store_codec_name(footer_.codec));
  out_->natural(footer_.created_unix_ms);
  out_->begin_array(static_cast<uint32_t>(texts_.size()));
  for (const std::string& text : texts_) out_->text(text);
  out_->end_array();
  out_->begin_array(static_cast<uint32_t>(dtypes_.size()));
  for (const DType& dtype : dtypes_) write_dtype(*out_, dtype);
  out_->end_array();
  out_->begin_array(footer_.schemas.size());
  for (uint32_t i = 0; i < footer_.schemas.size(); i++) write_schema(footer_.schemas[i]);
  out_->end_array();
  out_->begin_array(static_cast<uint32_t>(footer_.variables.size()));
  for (const ContainerVariable& variable : footer_.variables) {
    out_->begin_array(3);
    out_->natural(text_places_.at(variable.name));
    out_->natural(variable.segment.offset);
    out_->natural(variable.segment.length);
    out_->end_array();
  }
  out_->end_array();
  write_datasets();
  out_->end_array();
  return std::move(bytes_);
}

}  // namespace

std::string write_container_footer(const ContainerFooter& footer) { return FooterDocument(footer).write(); }

}  // namespace af
