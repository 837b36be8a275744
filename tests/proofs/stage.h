// What happens to stacks, step by step, on the library and on the plain model at once. A director decides
// what becomes of each step: it may only be recorded, or it may fail.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "file/comparison.h"
#include "file/rivals.h"
#include "store/store.h"

namespace af::proofs {

// What the stacks of a store hold, by their keys; a stack that is not there has no entry.
using State = std::map<std::string, model::Contents>;

// A step's handle, if it has one: created by the step itself, or before.
using HandleSlot = std::shared_ptr<ArrayFile>;

class Director {
 public:
  virtual ~Director() = default;
  // Performs an action, which may be tried again after it failed; when this returns it has succeeded.
  // `after`: what the stacks hold then, nullptr if that does not change.
  virtual void perform(const char* what, const HandleSlot* handle, const State* after,
                       const std::function<void()>& action) = 0;
};

class Stage {
 public:
  using OpenStore = std::function<std::shared_ptr<ObjectStore>()>;
  Stage(OpenStore open_store, Director& director) : open_store_(std::move(open_store)), director_(director) {}

  // Who writes, or only reads; as if in a program of its own.
  class Actor {
   public:
    Actor(Stage& stage, std::string key) : stage_(stage), key_(std::move(key)) {}

    ArrayFile& file() const { return *file_; }

    void create(bool replace = false) {
      State after = stage_.state_;
      after[key_] = {};
      stage_.perform("create", file_, &after, [&] {
        FileOptions options = stage_.options();
        options.replace = replace;
        try {
          file_ = ArrayFile::create(stage_.open_store_(), key_, options);
        } catch (const Error& error) {
          // An attempt that failed may have come as far as that.
          if (error.status() != Status::kAlreadyExists || replace) throw;
          file_ = ArrayFile::open(stage_.open_store_(), key_, options);
        }
      });
      stage_.log_.clear();
      see();
    }
    void open() {
      stage_.perform("open", file_, nullptr, [&] {
        file_ = nullptr;
        file_ = ArrayFile::open(stage_.open_store_(), key_, stage_.options());
      });
      see();
    }
    void refresh() {
      stage_.perform("refresh", file_, nullptr, [&] { file_->refresh(); });
      see();
    }
    void close() { file_ = nullptr; }

    void define(const std::string& name, const ArraySchema& schema) {
      stage_.perform("define", file_, nullptr, [&] { file_->define(name, schema); });
      model_.define(name, schema);
    }
    void erase(const std::string& name) {
      stage_.perform("delete", file_, nullptr, [&] { file_->erase(name); });
      model_.erase(name);
    }
    void resize(const std::string& name, const model::Index& shape) {
      stage_.perform("resize", file_, nullptr, [&] { file_->resize(name, shape); });
      model_.resize(name, shape);
    }
    void write(const std::string& name, const model::Index& start, const model::Index& extent,
               const std::vector<model::Cell>& cells);
    void write_numbers(const std::string& name, const model::Index& start, const model::Index& extent,
                       int64_t first);
    void write_texts(const std::string& name, const std::vector<std::string>& texts) {
      write(name, {0}, {static_cast<int64_t>(texts.size())}, texts);
    }
    void set_attribute(const std::string& name, const std::string& key, const Value& value) {
      stage_.perform("set_attribute", file_, nullptr, [&] { file_->set_attribute(name, key, value); });
      model_.set_attribute(name, key, value);
    }
    void remove_attribute(const std::string& name, const std::string& key) {
      stage_.perform("remove_attribute", file_, nullptr, [&] { file_->remove_attribute(name, key); });
      model_.remove_attribute(name, key);
    }
    void read_all() {
      stage_.perform("read", file_, nullptr, [&] { model::require_shows(*file_, model_.now); });
    }

    void flush() {
      commit("flush", [this] { file_->flush(); });
    }
    void compact() {
      commit("compact", [this] { file_->compact(); });
    }
    void copy_to(const std::string& key) {
      State after = stage_.state_;
      after[key] = model_.base;
      after[key].commit();
      stage_.perform("copy", file_, &after, [&] {
        FileOptions options = stage_.options();
        options.replace = true;
        file_->copy_to(stage_.open_store_(), key, options);
      });
    }

   private:
    void see() { model_.move_to(stage_.state_[key_], stage_.log_.size()); }
    void commit(const char* what, const std::function<void()>& action) {
      State after = stage_.state_;
      after[key_] = model_.merged_into(after[key_]);
      stage_.perform(what, file_, &after, action);
      stage_.log_.push_back(model_.changes);
      see();
    }

    Stage& stage_;
    std::string key_;
    HandleSlot file_;
    model::Writer model_;
  };

  Actor actor(const std::string& key = "s.af") { return Actor(*this, key); }
  const State& state() const { return state_; }
  FileOptions options() const {
    FileOptions options;
    options.writable = true;
    options.threads = 1;
    options.write_buffer_size = write_buffer_size;
    return options;
  }

  int64_t write_buffer_size = 64 << 20;

 private:
  void perform(const char* what, const HandleSlot& handle, const State* after,
               const std::function<void()>& action) {
    director_.perform(what, &handle, after, action);
    if (after) state_ = *after;
  }

  OpenStore open_store_;
  Director& director_;
  State state_;
  std::vector<model::Changes> log_;
};

inline void Stage::Actor::write(const std::string& name, const model::Index& start,
                                const model::Index& extent, const std::vector<model::Cell>& cells) {
  std::string bytes = model::join(cells);
  stage_.perform("write", file_, nullptr, [&] {
    if (!is_variable(model_.now.find(name)->type()))
      return file_->write(name, start, extent, {as_bytes(bytes), {}});
    std::vector<int64_t> offsets{0};
    for (const model::Cell& cell : cells)
      offsets.push_back(offsets.back() + static_cast<int64_t>(cell.size()));
    file_->write_variable(name, start, extent, as_bytes(bytes).data(), offsets);
  });
  model_.write(name, start, extent, cells);
}

// Rising numbers, as the array's type has them.
inline void Stage::Actor::write_numbers(const std::string& name, const model::Index& start,
                                        const model::Index& extent, int64_t first) {
  TypeId type = model_.now.find(name)->type();
  std::vector<model::Cell> cells;
  for (uint64_t i = 0; i < model::count_of(extent); i++, first++)
    cells.push_back(model::is_float(type) ? model::float_cell(type, static_cast<double>(first))
                                          : model::cell_of(first).substr(0, element_size(type)));
  write(name, start, extent, cells);
}

// ---------------------------------------------------------------- scenarios

struct Scenario {
  const char* name;
  void (*play)(Stage& stage);
};
// The twelve of them.
extern const std::vector<Scenario> kScenarios;

}  // namespace af::proofs
