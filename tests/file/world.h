// A stack with several writers and readers, each beside the model of what it must see, and the operations on
// them.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "choices.h"
#include "comparison.h"
#include "failing_store.h"
#include "places.h"
#include "rivals.h"

namespace af::model {

inline constexpr int kWriters = 3;
inline constexpr char kKey[] = "s.af";

// What a stack is made with.
struct Start {
  PlaceKind place = PlaceKind::kMemory;
  int footer_version = 5;
};

class World {
 public:
  explicit World(const Start& start) : start_(start), place_(start.place) {
    FileOptions options;
    options.footer_version = start.footer_version;
    handles_[0].file = ArrayFile::create(handles_[0].store_in(place_), kKey, options);
    committed_.commit();
    history_ = {committed_};
    for (Handle& handle : handles_) reopen(handle, Choices(0));
  }

  // -- operations. Those that do not apply are tried all the same, and must be refused.
  void define(int writer, const std::string& name, uint64_t seed);
  void erase(int writer, const std::string& name, uint64_t seed);
  void redefine(int writer, const std::string& name, uint64_t seed);
  void write(int writer, const std::string& name, uint64_t seed);
  void write_chunk(int writer, const std::string& name, uint64_t seed);
  void read(int writer, const std::string& name, uint64_t seed);
  void resize(int writer, const std::string& name, uint64_t seed);
  void set_attribute(int writer, const std::string& name, uint64_t seed);
  void remove_attribute(int writer, const std::string& name, uint64_t seed);
  void set_file_attribute(int writer, const std::string& name, uint64_t seed);
  void flush(int writer, const std::string& name, uint64_t seed);
  void compact(int writer, const std::string& name, uint64_t seed);
  void refresh(int writer, const std::string& name, uint64_t seed);
  void reopen(int writer, const std::string& name, uint64_t seed);
  void copy(int writer, const std::string& name, uint64_t seed);
  void keep_reader(int writer, const std::string& name, uint64_t seed);
  void look_back(int writer, const std::string& name, uint64_t seed);
  // A flush or a compaction that the progress callback cancels, or one of whose changes to the store fails.
  void cancel(int writer, const std::string& name, uint64_t seed);
  void fail_once(int writer, const std::string& name, uint64_t seed);
  void die(int writer, const std::string& name, uint64_t seed);

  // Stops a flush or a compaction for good before a change of the store. Answers whether it came so far.
  bool die_at(int writer, bool compaction, int change);
  // Whoever commits next leaves nothing behind of what stopped earlier.
  void commit_something(int writer);
  // Every reader and every writer still sees what it must; when they are gone, they have left nothing behind.
  void finish();

  const Contents& committed() const { return committed_; }
  const Place& place() const { return place_; }
  const Start& start() const { return start_; }
  // Whether nothing stopped since the last commit: no remains, and statistics for the reference's readers.
  bool clean() const { return clean_; }

 private:
  struct Handle {
    std::shared_ptr<FailingStore> store;
    std::shared_ptr<ArrayFile> file;
    Writer model;
    int runs = 0;  // as World::runs_ was when it last saw the stack

    std::shared_ptr<ObjectStore> store_in(const Place& place) {
      return store = std::make_shared<FailingStore>(place.store());
    }
  };
  struct Reader {
    std::shared_ptr<ArrayFile> file;
    Contents contents;
  };

  Handle& handle(int writer) { return handles_[writer % kWriters]; }
  std::shared_ptr<ArrayFile> open(int layers = 0) const;
  FileOptions random_options(Choices& choices) const;
  void reopen(Handle& handle, Choices choices);
  void move_on(Handle& handle);
  // The handle sees what was committed last.
  void is_current(Handle& handle);
  bool may_be_stale(const Handle& handle) const { return place_.forgets() && handle.runs != runs_; }

  // Runs what may meet an object that is gone, where the store keeps none for those who have it open; then
  // the handle moves on.
  template <typename Action>
  void unless_stale(Handle& handle, const Action& action);
  template <typename Action>
  void refused(Status status, const Action& action);
  // Whether the array is there; if not, the action must say so.
  template <typename Action>
  bool present(Handle& handle, const std::string& name, const Action& action);

  void put_cells(Handle& handle, const std::string& name, const Index& start, const Index& extent,
                 const std::vector<Cell>& cells);
  void do_resize(Handle& handle, const std::string& name, const Index& shape);
  void do_set_attribute(Handle& handle, const std::string& name, const std::string& key, const Value& value);

  // Commits or compacts; answers the status.
  Status run(Handle& handle, bool compaction);
  void commit(Handle& handle, bool compaction);
  // After something that failed: which of the two the stack holds.
  void settle(Handle& handle, bool must_be_new, bool must_be_old);
  void accept(const Handle& handle);
  void require_committed();
  void require_tidy() const;
  void interrupt(Handle& handle, bool compaction);

  Start start_;
  Place place_;
  Handle handles_[kWriters];
  std::vector<Reader> readers_;
  Contents committed_;
  std::vector<Changes> log_;
  // What the stack held with 1, 2, ... layers.
  std::vector<Contents> history_;
  std::array<uint8_t, 16> base_id_{};
  bool clean_ = true;
  // Commits and compactions so far: each may have replaced what others have open.
  int runs_ = 0;
};

}  // namespace af::model
