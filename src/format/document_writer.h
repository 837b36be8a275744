// Writes documents value by value, as JSON or as MessagePack.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace af {

class DocumentWriter {
 public:
  virtual ~DocumentWriter() = default;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(int64_t value) = 0;
  virtual void natural(uint64_t value) = 0;
  virtual void real(double value) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void begin_array(uint32_t size) = 0;  // exactly so many values follow
  virtual void end_array() = 0;
  virtual void begin_map(uint32_t size) = 0;  // exactly so many keys follow, each with its value
  virtual void key(std::string_view name) = 0;
  virtual void end_map() = 0;
};

// Appends to `out`, which must outlive the writer. JSON: as serde_json prints prettily, with 2 spaces and no
// newline at the end; no NaN or infinity may be written. MessagePack: integers in their shortest form, reals
// as float 64.
std::unique_ptr<DocumentWriter> json_writer(std::string* out);
std::unique_ptr<DocumentWriter> msgpack_writer(std::string* out);

}  // namespace af
