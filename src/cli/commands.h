// What each command takes. main.cc fills these from the command line; run answers the exit code or throws
// Failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/failure.h"

namespace af::cli {

// Reading a stack or a store.
struct Source {
  std::string path;
  int32_t layers = 0;  // of a stack; 0: all
  int64_t commit = 0;  // of a store; 0: the newest
};

// How blocks are written.
struct Encoding {
  std::string codec;  // none, lz4, zstd, zstd:LEVEL; "" for the default
  std::string block_size;
  std::string format;  // v4, v5; "" for the default
};

struct InfoCommand {
  Source source;
  bool json = false;
  ExitCode run() const;
};

struct LsCommand {
  Source source;
  bool is_long = false;
  std::optional<std::string> prefix;
  std::optional<std::string> glob;
  int64_t first = 0;  // position of the page
  int64_t limit = 0;  // 0: all
  bool json = false;
  ExitCode run() const;
};

struct DumpCommand {
  Source source;
  bool json = false;
  std::string max_content;  // "": in proportion to the stack
  ExitCode run() const;

 private:
  ExitCode run_text() const;
  ExitCode run_json() const;
};

struct GetCommand {
  Source source;
  std::optional<std::string> name;
  std::optional<std::string> across;  // a variable of a store
  std::string where;                  // the predicate that chooses datasets
  bool pad = false;                   // arrays that are smaller than others end in fill values
  std::string region;                 // a:b,c:d
  std::string start;
  std::string shape;
  std::string format = "text";
  std::string output = "-";
  ExitCode run() const;
};

struct PlotCommand {
  Source source;
  std::string name;                   // with `across` the output
  std::optional<std::string> across;  // a variable of a store
  std::string where;                  // the predicate that chooses datasets
  std::string output;                 // a PNG file
  std::string region;                 // a:b,c:d
  bool json = false;
  ExitCode run() const;
};

struct StatsCommand {
  Source source;
  std::vector<std::string> names;
  bool json = false;
  ExitCode run() const;
};

struct CopyCommand {
  Source source;
  std::string target;
  Encoding encoding;
  std::optional<std::string> name;  // of the array in the stack, where the other is a mapped array
  std::string to;                   // of a store: schema-1, schema-2, schema-3 or container
  std::string metadata;             // of a store: json, json.zst, json.lz4, msgpack, ...
  bool replace = false;
  bool append = false;
  int64_t from_layer = -1;  // the number of the last layer that is read; -1 for all
  bool json = false;
  ExitCode run() const;
};

// All arrays of a stack to the ends of those of another.
struct AppendCommand {
  std::string path;
  Source source;
  std::vector<std::string> names;
  int32_t axis = 0;
  std::string dimension;  // instead of an axis
  int64_t compact_at = 0;
  bool json = false;
  ExitCode run() const;
};

struct RenameCommand {
  std::string path;
  std::string name;
  std::string new_name;
  bool json = false;
  ExitCode run() const;
};

struct MergeCommand {
  std::vector<std::string> paths;  // the stack that grows, then the others
  std::vector<std::string> names;  // of arrays; all if there is none
  std::optional<std::string> new_name;
  bool move = false;
  bool skip = false;
  bool replace = false;
  int64_t compact_at = 0;
  bool json = false;
  ExitCode run() const;
};

struct BackupCommand {
  std::string source;
  std::string target;
  bool json = false;
  ExitCode run() const;
};

struct CompactCommand {
  std::string path;
  Encoding encoding;
  bool json = false;
  ExitCode run() const;
};

struct GcCommand {
  std::string path;
  bool json = false;
  ExitCode run() const;
};

struct VerifyCommand {
  Source source;
  std::string repaired;  // where what is sound goes; "" for nowhere
  bool json = false;
  ExitCode run() const;
};

struct ImportCommand {
  std::vector<std::string> paths;  // NetCDF files or folders of them, then the stack or store
  Encoding encoding;
  bool replace = false;
  bool append = false;
  bool skip_unsupported = false;
  bool keep_going = false;  // past files that cannot be imported
  int64_t jobs = 1;         // files at a time
  bool json = false;
  ExitCode run() const;
};

struct ExportCommand {
  Source source;
  std::string target;                  // a NetCDF file; for a whole store a folder
  std::optional<std::string> dataset;  // of a store
  bool replace = false;
  bool skip_unsupported = false;
  bool json = false;
  ExitCode run() const;
};

}  // namespace af::cli
