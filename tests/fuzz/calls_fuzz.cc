// The C ABI, called in any order with any paths, keys, names, options and numbers: a byte for each call, then
// its arguments.
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "arrayformat/arrayformat.h"
#include "fuzz/fuzz.h"

namespace {

using af::fuzz::Input;
using af::fuzz::require;

// Files are made here and nowhere else.
const std::filesystem::path& folder() {
  static const std::filesystem::path made = [] {
    std::string name = (std::filesystem::temp_directory_path() / "af-calls-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr);
    return std::filesystem::path(name);
  }();
  return made;
}

class Calls {
 public:
  explicit Calls(af::ByteView bytes) : input_(bytes) {
    af_file_options options = careful();
    check(af_store_create_memory(&store_, err()));
    check(af_file_create_in(store_, "f.af", -1, &options, &file_, err()));
  }
  ~Calls() {
    af_file_close(file_);
    af_store_close(store_);
    af_schema_free(schema_);
    af_value_free(value_);
    af_error_free(error_);
  }

  void run() {
    for (int calls = 0; !input_.empty() && calls < 200; calls++) call(input_.take<uint8_t>() % 28);
  }

 private:
  static af_file_options careful() {
    af_file_options options = AF_FILE_OPTIONS_INIT;
    options.threads = 1;
    options.cache_size = 64 << 10;
    options.max_allocation = af::fuzz::kAllowed;
    options.max_arrays = 1000;
    options.max_layers = 100;
    return options;
  }
  af_error** err() {
    af_error_free(error_);
    error_ = nullptr;
    return &error_;
  }
  void check(af_status status) {
    require(status != AF_INTERNAL && (status == AF_OK) == (error_ == nullptr));
    require(af_error_code(error_) == status);
  }
  // Options of which any byte may be any.
  af_file_options any_options() {
    af_file_options options = input_.take<af_file_options>();
    // A caller says no more than it has.
    bool whole = input_.take<uint8_t>() % 4 != 0 || options.struct_size > sizeof options;
    if (whole) options.struct_size = sizeof options;
    options.threads = std::min(options.threads, 2);
    if (options.max_allocation <= 0 || options.max_allocation > af::fuzz::kAllowed)
      options.max_allocation = af::fuzz::kAllowed;
    return options;
  }
  int64_t number() {
    uint8_t kind = input_.take<uint8_t>();
    if (kind % 8 == 0) return input_.take<int64_t>();
    if (kind % 8 == 1) return input_.take<int16_t>();
    return kind / 8 % 8;
  }
  std::vector<int64_t> numbers(size_t count) {
    std::vector<int64_t> numbers(count);
    for (int64_t& each : numbers) each = number();
    return numbers;
  }
  struct Text {
    std::string text;
    const char* data;
    int64_t length;
  };
  Text text() {
    Text text{std::string(input_.text()), nullptr, 0};
    text.data = text.text.c_str();
    text.length = input_.take<uint8_t>() % 8 == 0 ? -1 : static_cast<int64_t>(text.text.size());
    return text;
  }
  // Often the same few names, so that calls meet.
  Text name() {
    constexpr const char* kNames[] = {"a", "b", "", "__file__"};
    uint8_t choice = input_.take<uint8_t>();
    return choice % 4 == 3 ? text() : Text{{}, kNames[choice / 4 % 4], -1};
  }

  void call(int which) {
    if (which < 10)
      call_arrays(which);
    else if (which < 20)
      call_data(which);
    else
      call_places(which);
  }
  void call_arrays(int which);
  void call_data(int which);
  void call_places(int which);
  void at_path();

  Input input_;
  af_store* store_ = nullptr;
  af_file* file_ = nullptr;
  af_schema* schema_ = nullptr;
  af_value* value_ = nullptr;
  af_error* error_ = nullptr;
  bool alone_ = true;
  std::vector<std::byte> memory_ = std::vector<std::byte>(4096);
};

void Calls::call_arrays(int which) {
  Text array = name(), key = name();
  std::vector<int64_t> shape = numbers(input_.take<uint8_t>() % 5);
  int32_t rank = static_cast<int32_t>(shape.size());
  switch (which) {
    case 0:
      af_schema_free(schema_);
      check(af_schema_create(input_.take<uint8_t>() % 18, shape.data(), rank, &schema_, err()));
      break;
    case 1: check(af_schema_set_chunk_shape(schema_, shape.data(), rank, err())); break;
    case 2:
      check(af_schema_set_dimension_name(schema_, input_.take<int8_t>(), key.data, key.length, err()));
      break;
    case 3: check(af_schema_set_fill(schema_, value_, err())); break;
    case 4: check(af_schema_wrap_list(schema_, AF_LIST - input_.take<uint8_t>() % 2, number(), err())); break;
    case 5: check(af_file_define(file_, array.data, array.length, schema_, err())); break;
    case 6: check(af_file_resize(file_, array.data, array.length, shape.data(), rank, err())); break;
    case 7: check(af_file_delete(file_, array.data, array.length, err())); break;
    case 8:
      check(af_file_set_attribute(file_, array.data, array.length, key.data, key.length, value_, err()));
      break;
    case 9: {
      af_value_free(value_);
      int64_t count = std::min<int64_t>(number(), 16);
      check(af_value_create(input_.take<uint8_t>() % 18, input_.take<uint8_t>() % 2, memory_.data(), count,
                            &value_, err()));
      break;
    }
  }
}

void Calls::call_data(int which) {
  Text array = name();
  std::vector<int64_t> start = numbers(input_.take<uint8_t>() % 5), shape = numbers(start.size());
  std::vector<int64_t> strides = numbers(start.size());
  int32_t rank = static_cast<int32_t>(start.size());
  const int64_t* from = input_.take<uint8_t>() % 4 == 0 ? nullptr : start.data();
  const int64_t* extents = from == nullptr ? nullptr : shape.data();
  const int64_t* steps = input_.take<uint8_t>() % 2 == 0 ? nullptr : strides.data();
  int64_t length = std::min<int64_t>(number(), static_cast<int64_t>(memory_.size()));
  af_values* values = nullptr;
  switch (which) {
    case 10:
      check(af_file_write(file_, array.data, array.length, from, extents, rank, steps, memory_.data(), length,
                          err()));
      break;
    case 11:
      check(af_file_read(file_, array.data, array.length, from, extents, rank, steps, memory_.data(), length,
                         err()));
      break;
    case 12: {
      std::vector<int64_t> ends = numbers(9);
      for (int64_t& end : ends) end = std::min<int64_t>(end, 64);
      check(af_file_write_variable(file_, array.data, array.length, from, extents, rank, memory_.data(),
                                   ends.data(), std::min<int64_t>(number(), 8), err()));
      break;
    }
    case 13:
      check(af_file_read_variable(file_, array.data, array.length, from, extents, rank, &values, err()));
      break;
    case 14: check(af_file_read_chunk(file_, array.data, array.length, from, rank, &values, err())); break;
    case 15:
      check(af_file_write_chunk(file_, array.data, array.length, from, rank, memory_.data(), length, err()));
      break;
    case 16: check(af_file_flush(file_, err())); break;
    case 17: check(af_file_compact(file_, err())); break;
    case 18: check(af_file_refresh(file_, nullptr, err())); break;
    case 19: {
      af_report* report = nullptr;
      check(af_file_verify(file_, &report, err()));
      // What these calls made is sound, whatever they were given, unless objects were put beside it.
      for (int64_t i = 0; i < af_report_count(report) && alone_; i++)
        require(!af_report_is_problem(report, i));
      af_report_free(report);
      break;
    }
  }
  af_values_free(values);
}

// A path is any text below this folder.
void Calls::at_path() {
  Text path = text();
  af_file_options options = any_options();
  if (path.text.find("..") != std::string::npos) return;
  std::string file = folder().string() + "/" + path.text + (input_.take<uint8_t>() % 4 == 0 ? "" : ".af");
  std::string saved = folder().string() + "/saved.af";
  int64_t length = static_cast<int64_t>(file.size());
  af_file* made = nullptr;
  af_report* report = nullptr;
  check(af_file_create(file.data(), length, &options, &made, err()));
  af_file_close(made);
  check(af_file_open(file.data(), length, &options, &made, err()));
  check(af_file_repair(file.data(), length, saved.c_str(), -1, &options, nullptr, nullptr, &report, err()));
  af_report_free(report);
  af_file_close(made);
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    std::filesystem::remove_all(entry.path());
}

void Calls::call_places(int which) {
  Text key = text();
  af_values* values = nullptr;
  switch (which) {
    case 20: check(af_store_get(store_, key.data, key.length, &values, err())); break;
    case 21: {
      alone_ = false;
      int64_t length = std::min<int64_t>(number(), static_cast<int64_t>(memory_.size()));
      check(af_store_put(store_, key.data, key.length, memory_.data(), length, input_.take<uint8_t>() % 4,
                         err()));
      break;
    }
    case 22: check(af_store_list(store_, key.data, key.length, &values, err())); break;
    case 23: {
      alone_ = false;
      af_file_options options = any_options();
      af_file* made = nullptr;
      check(af_file_create_in(store_, key.data, key.length, &options, &made, err()));
      af_file_close(made);
      check(af_file_open_in(store_, key.data, key.length, &options, &made, err()));
      af_file_close(made);
      break;
    }
    case 24: at_path(); break;
    case 25: {
      af_listing* listing = nullptr;
      check(af_file_list(file_, &listing, err()));
      af_listing_free(listing);
      break;
    }
    case 26: {
      af_stats* stats = nullptr;
      check(af_file_stats_all(file_, &stats, err()));
      af_stats_free(stats);
      break;
    }
    case 27: {
      size_t size = std::min(input_.rest().size(), memory_.size());
      if (size != 0) std::memcpy(memory_.data(), input_.rest().data(), size);
      break;
    }
  }
  af_values_free(values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return af::fuzz::run(data, size,
                       [](af::ByteView bytes) { af::fuzz::attempt([&] { Calls(bytes).run(); }); });
}
