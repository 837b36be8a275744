// The values that footers of containers are made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "format/dataset_schema.h"
#include "format/document.h"
#include "format/document_writer.h"
#include "format/statistics.h"

namespace af {

// The fields of a struct, which stand in an array of exactly so many. Throws kCorrupt, as all of these do.
std::vector<DocumentValue> positional(const DocumentValue& value, size_t count, std::string_view what);
// A position in something of `count` entries.
uint32_t position(const DocumentValue& value, uint64_t count, std::string_view what);

// "float32", {"list": [child]}, {"fixed_size_list": [child, size]}.
DType read_dtype(const DocumentValue& value);
void write_dtype(DocumentWriter& out, const DType& dtype);

// The type of an attribute as a dtype; throws kUnsupported for a dtype that no attribute has.
DType dtype_of(AttributeType type);
AttributeType attribute_type_of(const DType& dtype);

// {"Int8": 5}, one of 27 kinds.
Value read_attribute(const DocumentValue& value);
// null, or {"Float": 1.5}.
std::optional<FillValue> read_fill(const DocumentValue& value);
// [min, max, null count, row count].
ArrayStats read_statistics(const DocumentValue& value);

}  // namespace af
