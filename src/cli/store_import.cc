// af import into a store: each NetCDF file becomes a dataset.
#include <algorithm>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "cli/array_place.h"
#include "cli/json.h"
#include "cli/netcdf_import.h"
#include "cli/progress.h"
#include "cli/store.h"
#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

namespace fs = std::filesystem;

struct Input {
  std::string path;
  std::string dataset;
};

struct Outcome {
  int64_t datasets = 0;
  int64_t arrays = 0;
  LeftOut left_out;
};

bool is_netcdf_path(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".nc" || extension == ".nc4" || extension == ".cdf" || extension == ".netcdf";
}

// The NetCDF files right in a folder, by name; a file itself.
std::vector<std::string> files_of(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    if (is_netcdf_path(entry.path()) && !entry.is_directory(error)) files.push_back(entry.path().string());
  }
  if (error) fail_os(error.value(), escaped(path));
  if (files.empty())
    fail(kNotFound, escaped(path), " has no NetCDF file: none ends in .nc, .nc4, .cdf or .netcdf");
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Input> inputs_of(const std::vector<std::string>& paths) {
  std::vector<Input> inputs;
  std::set<std::string> seen;
  for (auto path = paths.begin(); path != paths.end() - 1; ++path) {
    for (const std::string& file : files_of(*path)) {
      inputs.push_back({file, fs::path(file).stem().string()});
      if (!seen.insert(inputs.back().dataset).second)
        fail(kUsage, "two of the files are called ", in_quotes(inputs.back().dataset),
             ", as their datasets would be");
    }
  }
  return inputs;
}

// The words of the attribute `coordinates`, by which a file says what its variables and itself lie along.
void add_coordinates(const std::vector<NetcdfAttribute>& attributes, std::set<std::string_view>* names) {
  for (const NetcdfAttribute& attribute : attributes) {
    if (attribute.name != "coordinates" || attribute.type.dtype != kNetcdfChar) continue;
    const std::string_view text(reinterpret_cast<const char*>(attribute.bytes.data()),
                                attribute.bytes.size());
    for (const std::string_view name : split(text, ' ')) names->insert(name);
  }
}

// A JSON list of all coordinates, for the reference's Python package; "" where it finds them by itself:
// variables of one dimension that have its name.
std::string coordinates_of(const NetcdfGroup& root) {
  std::set<std::string_view> named;
  add_coordinates(root.attributes, &named);
  for (const NetcdfVariable& variable : root.variables) add_coordinates(variable.attributes, &named);
  std::string list;
  bool is_needed = false;
  for (const NetcdfVariable& variable : root.variables) {
    const bool is_index = variable.dimensions.size() == 1 && variable.dimensions[0].name == variable.name;
    if (!is_index && !named.contains(variable.name)) continue;
    is_needed |= !is_index;
    list += list.empty() ? "[" : ", ";
    append_json_string(list, variable.name);
  }
  return is_needed ? list + "]" : "";
}

// Takes files into a store, several at a time: while one is read, others are encoded.
class StoreImport {
 public:
  StoreImport(af_atlas* atlas, const std::vector<Input>& inputs, bool keep_going)
      : atlas_(atlas), inputs_(inputs), keep_going_(keep_going) {}

  // Flushed at the end. Throws the first failure, unless it may keep going.
  void run(int64_t jobs, Outcome* outcome);

 private:
  void work();
  void import_file(size_t i);
  Dataset create_dataset(size_t i);
  void pass_turn(size_t i);
  void fill(const NetcdfReader& reader, const Dataset& dataset);
  void tell_failure(size_t i, std::exception_ptr failure);

  af_atlas* atlas_;
  const std::vector<Input>& inputs_;
  const bool keep_going_;
  Progress progress_{"importing"};
  std::mutex mutex_;  // of all below
  std::condition_variable turned_;
  size_t next_ = 0;  // the file that nobody has taken yet
  size_t turn_ = 0;  // the file whose dataset is to be created: datasets are in the order of the files
  int64_t done_ = 0;
  std::exception_ptr failure_;
  Outcome outcome_;
};

void StoreImport::run(int64_t jobs, Outcome* outcome) {
  // HDF5 prints its errors in every thread but the one that netCDF-C was started in: this one takes part.
  std::vector<std::thread> threads;
  for (int64_t i = 1; i < std::min<int64_t>(jobs, static_cast<int64_t>(inputs_.size())); i++)
    threads.emplace_back([this] { work(); });
  work();
  for (std::thread& thread : threads) thread.join();
  if (failure_) std::rethrow_exception(failure_);
  call(af_atlas_flush, atlas_);
  *outcome = std::move(outcome_);
}

void StoreImport::work() {
  while (true) {
    size_t i;
    {
      const std::lock_guard lock(mutex_);
      if (next_ == inputs_.size() || failure_) return;
      i = next_++;
    }
    try {
      import_file(i);
    } catch (...) {
      tell_failure(i, std::current_exception());
    }
    pass_turn(i);
    const std::lock_guard lock(mutex_);
    progress_.show(++done_, static_cast<int64_t>(inputs_.size()));
  }
}

void StoreImport::import_file(size_t i) {
  check_interrupted();
  const NetcdfReader reader(inputs_[i].path);
  const Dataset dataset = create_dataset(i);
  try {
    fill(reader, dataset);
  } catch (...) {
    // Of a file that fails nothing stays.
    const std::string& name = inputs_[i].dataset;
    call(af_atlas_delete_dataset, atlas_, name.data(), length(name));
    throw;
  }
}

// Waits until those of the files before it are there, or will never be.
Dataset StoreImport::create_dataset(size_t i) {
  const std::string& name = inputs_[i].dataset;
  {
    std::unique_lock lock(mutex_);
    turned_.wait(lock, [&] { return turn_ == i; });
  }
  Dataset dataset = make<Dataset>(af_atlas_create_dataset, atlas_, name.data(), length(name));
  pass_turn(i);
  return dataset;
}

// Has no effect when the turn has been passed on already.
void StoreImport::pass_turn(size_t i) {
  std::unique_lock lock(mutex_);
  turned_.wait(lock, [&] { return turn_ >= i; });
  if (turn_ == i) turn_++;
  turned_.notify_all();
}

void StoreImport::fill(const NetcdfReader& reader, const Dataset& dataset) {
  DatasetSink sink(dataset.get());
  LeftOut left_out;
  NetcdfImport one(reader, sink, "", left_out, [](int64_t) {});
  one.run();
  if (const std::string list = coordinates_of(reader.root()); !list.empty())
    sink.set_attribute(std::string(kHolder), kCoordinatesMark,
                       make<Value>(af_value_create_text, list.data(), length(list)).get());
  const std::lock_guard lock(mutex_);
  outcome_.left_out.take(left_out);
  outcome_.arrays += one.array_count();
  outcome_.datasets++;
}

void StoreImport::tell_failure(size_t i, std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  try {
    std::rethrow_exception(failure);
  } catch (const Failure& told) {
    if (keep_going_ && told.code() != kCancelled)
      return outcome_.left_out.add(text_of("file ", in_quotes(inputs_[i].path)), told.what());
  } catch (...) {
  }
  if (!failure_) failure_ = failure;
}

int64_t jobs_of(const ImportCommand& command) {
  if (command.jobs < 0) fail(kUsage, "--jobs: ", command.jobs);
  return std::max<int64_t>(command.jobs, 1);
}

// Gathers the store beside the target, which then appears whole or not at all.
void create(const std::string& target, const std::vector<Input>& inputs, const ImportCommand& command,
            Outcome* outcome) {
  const af_atlas_options options = store_options_of(command.encoding);
  const auto import_into = [&](const std::string& path) {
    const Atlas atlas = make<Atlas>(af_atlas_create, path.data(), length(path), &options);
    StoreImport(atlas.get(), inputs, command.keep_going).run(jobs_of(command), outcome);
  };
  // A folder cannot be moved there. What is committed last makes it appear, in an empty store.
  if (is_url(target)) return import_into(target);
  const TemporaryFolder folder(target);
  const std::string gathered = folder.path() + "/store";
  import_into(gathered);
  std::error_code error;
  fs::rename(gathered, target, error);
  if (error) fail_os(error.value(), escaped(target));
}

void print_json(Output& out, const std::string& target, const Outcome& outcome, int64_t size) {
  JsonWriter json(out);
  json.begin_object();
  json.member("target", target);
  json.member("datasets", outcome.datasets);
  json.member("arrays", outcome.arrays);
  json.member("size", size);
  write_left_out(json, outcome.left_out);
  json.end_object();
  out.write("\n");
}

}  // namespace

ExitCode import_to_store(const ImportCommand& command) {
  const std::string& target = command.paths.back();
  if (is_netcdf_path(target))
    fail(kUsage, "the last path names the stack, which ends in .af, or the store: ", in_quotes(target));
  if (command.replace) fail(kUsage, "--replace is for stacks: a store is removed by hand");
  std::error_code unknown;
  if (!command.append && fs::exists(target, unknown))
    fail(kExists, escaped(target), " is there already: --append adds to it");
  const std::vector<Input> inputs = inputs_of(command.paths);
  Outcome outcome;
  if (command.append) {
    const Atlas atlas = open_store_for_change(target, command.encoding);
    StoreImport(atlas.get(), inputs, command.keep_going).run(jobs_of(command), &outcome);
  } else {
    create(target, inputs, command, &outcome);
  }
  const int64_t size = store_size(target);
  Output out;
  if (command.json) {
    print_json(out, target, outcome, size);
  } else {
    out.write(text_of(escaped(target), ": ", counted(outcome.datasets, "dataset"), " of ",
                      counted(outcome.arrays, "array"), " imported, ", size_text(size), "\n"));
  }
  out.finish();
  return outcome.left_out.items().empty() || command.skip_unsupported ? kOk : kProblems;
}

}  // namespace af::cli
