// Writers who race each other for one stack, in threads or in processes, and the ledger of what they did,
// which outlives a writer that is killed.
#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <new>
#include <string>

#include "file/array_file.h"

namespace af::race {

inline constexpr int kMaxWriters = 8;
inline constexpr int kMaxSteps = 4096;
inline constexpr char kKey[] = "s.af";

// What writers do in turn, not all at the same time.
enum class Deed {
  kOwnArray,     // a cell, which is a chunk, of an array that nobody else touches
  kSharedArray,  // a chunk of its own of an array that all write to
  kCounter,      // reads a number and writes the next, which somebody else may have done
  kAttribute,    // a key of its own on an array that all write to
  kNewArray,
  kCompaction,  // of what all wrote, while others may be at it, too
};
inline constexpr int kDeeds = 6;
inline Deed deed_of(int writer, int step) { return static_cast<Deed>((step + 2 * writer) % kDeeds); }

enum class Outcome : uint8_t { kNotBegun, kBegun, kDone, kRefused };

// Lies in memory that processes share.
class Ledger {
 public:
  static std::shared_ptr<Ledger> make() {
    void* room = mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) throw std::bad_alloc();
    return {new (room) Ledger, [](Ledger* ledger) { munmap(ledger, sizeof(Ledger)); }};
  }

  std::atomic<Outcome>& at(int writer, int step) { return outcomes_[writer][step]; }
  int next_step(int writer) const {
    int step = 0;
    while (step < kMaxSteps && outcomes_[writer][step] != Outcome::kNotBegun) step++;
    return step;
  }
  int count(Deed deed, Outcome outcome) const {
    int count = 0;
    for (int writer = 0; writer < kMaxWriters; writer++)
      for (int step = 0; step < kMaxSteps; step++)
        count += deed_of(writer, step) == deed && outcomes_[writer][step] == outcome;
    return count;
  }

  // What should not have happened. Only the first complaint is kept.
  void complain(const std::string& text) {
    if (complained_.exchange(true)) return;
    std::snprintf(complaint_, sizeof complaint_, "%s", text.c_str());
  }
  bool complained() const { return complained_; }
  // To be asked for when all are done.
  std::string complaint() const { return complaint_; }

  // Asks everyone to come to an end.
  std::atomic<bool> stop{false};
  // Acknowledged changes of the counter: readers must see at least so many.
  std::atomic<int64_t> counted{0};

 private:
  std::atomic<Outcome> outcomes_[kMaxWriters][kMaxSteps]{};
  std::atomic<bool> complained_{false};
  char complaint_[512] = {};
};

inline std::string own_array(int writer) { return text_of("of writer ", writer); }
inline std::string new_array(int writer, int step) { return text_of("array ", writer, ".", step); }
inline std::string own_key(int writer) { return text_of("last of ", writer); }
// What a writer leaves where it was in a step.
inline int64_t trace_of(int writer, int step) { return writer * kMaxSteps + step + 1; }

inline ArraySchema numbers(std::initializer_list<int64_t> shape) {
  ArraySchema schema = make_schema(TypeId::kInt64, Extents(std::span(shape.begin(), shape.size())));
  for (int axis = 0; axis < schema.shape.rank(); axis++) schema.chunk_shape[axis] = 1;
  return schema;
}

inline void write_number(ArrayFile& file, const std::string& name, std::initializer_list<int64_t> at,
                         int64_t value) {
  std::vector<int64_t> ones(at.size(), 1);
  file.write(name, std::span(at.begin(), at.size()), ones, {std::as_bytes(std::span(&value, 1)), {}});
}

inline int64_t read_number(const ArrayFile& file, const std::string& name,
                           std::initializer_list<int64_t> at) {
  int64_t value = -1;
  std::vector<int64_t> ones(at.size(), 1);
  file.read(name, std::span(at.begin(), at.size()), ones, {std::as_writable_bytes(std::span(&value, 1)), {}});
  return value;
}

inline void create_stack(const std::shared_ptr<ObjectStore>& store) {
  auto file = ArrayFile::create(store, kKey, {});
  file->define("shared", numbers({kMaxWriters, kMaxSteps}));
  file->define("counter", numbers({}));
  write_number(*file, "counter", {}, 0);
  for (int writer = 0; writer < kMaxWriters; writer++) file->define(own_array(writer), numbers({kMaxSteps}));
  file->flush();
}

// What users may expect of a store.
struct Promises {
  bool keeps_open_objects = true;  // they can be read when they are replaced or removed
};

// One of those who race.
class Writer {
 public:
  Writer(const std::shared_ptr<ObjectStore>& store, Promises promises, int number, Ledger& ledger,
         int threads = 2)
      : promises_(promises), number_(number), ledger_(ledger) {
    FileOptions options;
    options.writable = true;
    options.threads = threads;
    file_ = ArrayFile::open(store, kKey, options);
  }

  void run(int steps) {
    for (int step = ledger_.next_step(number_); steps > 0 && step < kMaxSteps && !ledger_.stop;
         step++, steps--)
      take(step);
  }

 private:
  void take(int step) {
    ledger_.at(number_, step) = Outcome::kBegun;
    Deed deed = deed_of(number_, step);
    Outcome outcome = try_to([&] { change(deed, step); }, deed);
    if (outcome == Outcome::kDone)
      outcome = try_to([&] { deed == Deed::kCompaction ? file_->compact() : file_->flush(); }, deed);
    if (outcome == Outcome::kDone && deed == Deed::kCounter) ledger_.counted++;
    ledger_.at(number_, step) = outcome;
    if (outcome == Outcome::kRefused) try_to([&] { file_->refresh(); }, deed);
  }

  void change(Deed deed, int step) {
    int64_t trace = trace_of(number_, step);
    switch (deed) {
      case Deed::kOwnArray: return write_number(*file_, own_array(number_), {step}, trace);
      case Deed::kSharedArray: return write_number(*file_, "shared", {number_, step}, trace);
      case Deed::kCounter:
        file_->refresh();
        return write_number(*file_, "counter", {}, read_number(*file_, "counter", {}) + 1);
      case Deed::kAttribute:
        return file_->set_attribute("shared", own_key(number_), Value::scalar(TypeId::kInt64, trace));
      case Deed::kNewArray:
        file_->define(new_array(number_, step), numbers({1}));
        return write_number(*file_, new_array(number_, step), {0}, trace);
      case Deed::kCompaction: return;
    }
  }

  // Being told that somebody else was faster is part of the race where the same thing was changed. So is, in
  // a store that keeps nothing for those who read it, being told that it is gone.
  template <typename Action>
  Outcome try_to(const Action& action, Deed deed) {
    bool was_dirty = file_->is_dirty();
    try {
      action();
      return Outcome::kDone;
    } catch (const Error& error) {
      bool overlaps = deed == Deed::kCounter || deed == Deed::kCompaction;
      bool told = (error.status() == Status::kConflict && overlaps) ||
                  (error.status() == Status::kStale && !promises_.keeps_open_objects);
      if (!told)
        ledger_.complain(text_of("writer ", number_, ", deed ", static_cast<int>(deed), ", status ",
                                 static_cast<int>(error.status()), ": ", error.message()));
      // What is not pending any more is committed, though it could not be opened.
      bool committed = error.status() == Status::kStale && was_dirty && !file_->is_dirty();
      return committed ? Outcome::kDone : Outcome::kRefused;
    }
  }

  Promises promises_;
  int number_;
  Ledger& ledger_;
  std::shared_ptr<ArrayFile> file_;
};

// Looks again and again whether what was acknowledged before is there, and does not go away.
inline void watch(const std::shared_ptr<ObjectStore>& store, Promises promises, Ledger& ledger,
                  int looks = INT_MAX) {
  int64_t last = 0;
  for (; looks > 0 && !ledger.stop; looks--) {
    int64_t known = ledger.counted;
    try {
      int64_t found = read_number(*ArrayFile::open(store, kKey, {}), "counter", {});
      if (found < known || found < last)
        ledger.complain(text_of("a reader finds the counter at ", found, " after ", std::max(known, last)));
      last = found;
    } catch (const Error& error) {
      if (error.status() != Status::kStale || promises.keeps_open_objects)
        ledger.complain(text_of("a reader is told: ", error.message()));
    }
  }
}

}  // namespace af::race
