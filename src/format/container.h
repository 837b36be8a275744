// The footer of a container: a whole store in one file, data.atlas, and what of it is deleted. Format 1 has a
// segment (an array file of footer version 5) for each dataset, format 8 one (of version 6) for each
// variable. Bytes: docs/format.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value.h"
#include "format/dataset_schema.h"
#include "format/dataset_table.h"
#include "format/document.h"
#include "format/schema.h"
#include "format/statistics.h"

namespace af {

// In format 8 the variable whose arrays carry the datasets' own attributes.
inline constexpr std::string_view kDatasetsVariable = "_datasets";

inline constexpr uint64_t kContainerHeaderSize = 8;
inline constexpr uint64_t kContainerTrailerSize = 16;

// The file's first 8 bytes.
std::string container_header(int format);
// Throws kCorrupt when the header is none, or not of this format.
void check_container_header(ByteView header, int format);

struct ContainerTrailer {
  int format = 0;
  uint64_t footer_size = 0;
};
std::string container_trailer(const ContainerTrailer& trailer);
// From the last 16 bytes of a file of `file_size`. Throws kCorrupt, kUnsupported for a format other than 1
// and 8.
ContainerTrailer read_container_trailer(ByteView trailer, uint64_t file_size);

struct SegmentRange {
  uint64_t offset = 0;
  uint64_t length = 0;

  friend bool operator==(const SegmentRange&, const SegmentRange&) = default;
};

struct ContainerVariable {
  std::string name;
  SegmentRange segment;
};

struct ContainerFooter {
  int format = 8;
  StoreCodec codec = StoreCodec::kZstd;  // what the writer was told: segments say what was done
  uint64_t created_unix_ms = 0;
  // Of format 8 without what only segments know: shapes, chunk shapes and dimension names are empty.
  SchemaPool schemas;
  DatasetTable datasets;
  std::vector<ContainerVariable> variables;  // of format 8, in the order of their definition
};

// What only the footer of format 1 says, decoded when it is asked for.
class DatasetRecords {
 public:
  SegmentRange segment(size_t row) const { return rows_[row].segment; }
  std::vector<std::pair<std::string, Value>> attributes(size_t row) const;
  // `variable`: the position in the dataset's schema.
  std::vector<std::pair<std::string, Value>> attributes(size_t row, size_t variable) const;
  std::optional<ArrayStats> stats(size_t row, size_t variable) const;
  std::optional<FillValue> fill(size_t row, size_t variable) const;

 private:
  friend class ContainerReader;
  struct Row {
    SegmentRange segment;
    uint32_t schema = 0;
    DocumentValue attributes, variable_attributes, stats;
  };

  std::unique_ptr<Document> tree_;
  std::vector<std::string> keys_;
  std::vector<std::vector<std::optional<FillValue>>> fills_;  // of the schemas
  std::vector<Row> rows_;
};

struct ReadContainer {
  ContainerFooter footer;
  DatasetRecords records;  // of format 1
};

// `tree`: the decoded document. `data_end`: where segments end and the stored footer begins. Throws kCorrupt
// for anything that contradicts itself: positions out of range, names that are there twice, segments that
// overlap or lie outside.
ReadContainer read_container(std::unique_ptr<Document> tree, int format, uint64_t data_end);

// The document of a footer of format 8.
std::string write_container_footer(const ContainerFooter& footer);

// The ordinals in deleted.mask, in any order. Throws kCorrupt, kUnsupported.
std::vector<uint32_t> read_mask(ByteView file);
std::string write_mask(const std::vector<uint32_t>& ordinals);

}  // namespace af
