// Attributes as the stacks of a store hold them: timestamps are text there.
#pragma once

#include <optional>

#include "core/value.h"
#include "format/dataset_schema.h"
#include "format/store_metadata.h"

namespace af {

// Throws kUnsupported for what is none of the 27 kinds.
AttributeType attribute_type(const Value& value);

// Throws kUnsupported for what schema 1 cannot say in this format.
void check_schema_1(std::string_view key, const Value& value, MetadataFormat format);

Value to_stored(const Value& value);
// Nothing when the stored value is not of the declared kind.
std::optional<Value> from_stored(AttributeType declared, const Value& stored);

}  // namespace af
