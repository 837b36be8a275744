// Schemas as parts of metadata documents.
#pragma once

#include <span>

#include "format/dataset_schema.h"
#include "format/document.h"
#include "format/document_writer.h"

namespace af {

// The values of a record's fields, in the order of `names`; nothing for those that are not there. Other
// fields are passed over. Throws kCorrupt when a field is there twice.
std::vector<std::optional<DocumentValue>> fields_of(const DocumentValue& record, std::string_view what,
                                                    std::span<const std::string_view> names);

// A map's entries, each name once: the last value, in the place of the first.
std::vector<DocumentValue::Entry> distinct_entries(const DocumentValue& map, std::string_view what);

StoreCodec read_codec(const DocumentValue& value);
// { arrays, global_attrs, array_attrs } of schema 2 and 3.
DatasetSchema read_schema(const DocumentValue& value);
// The map of variables in it, which schema 1 has as well.
std::vector<VariableSchema> read_variables(const DocumentValue& value);

void write_schema(const DatasetSchema& schema, DocumentWriter& out);
void write_variables(const std::vector<VariableSchema>& variables, DocumentWriter& out);
void write_dtype(const DType& dtype, DocumentWriter& out);
void write_dimension_names(const std::vector<std::string>& names, DocumentWriter& out);
// A map of keys to types.
void write_attribute_types(const std::vector<AttributeDeclaration>& attributes, DocumentWriter& out);

}  // namespace af
