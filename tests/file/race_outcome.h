// What must be there when a race is over.
#pragma once

#include <set>
#include <vector>

#include "race.h"

namespace af::race {

class Outcomes {
 public:
  Outcomes(const ArrayFile& file, Ledger& ledger) : file_(file), ledger_(ledger) {}

  std::vector<std::string> problems() {
    for (int writer = 0; writer < kMaxWriters; writer++) look_at(writer);
    look_at_counter();
    for (const Finding& finding : file_.verify()) require(!finding.problem, finding.text);
    return std::move(problems_);
  }

 private:
  template <typename... Pieces>
  void require(bool holds, const Pieces&... pieces) {
    if (!holds) problems_.push_back(text_of(pieces...));
  }

  void look_at(int writer) {
    for (int step = 0; step < ledger_.next_step(writer); step++) {
      switch (deed_of(writer, step)) {
        case Deed::kOwnArray:
          require_trace(writer, step, read_number(file_, own_array(writer), {step}));
          break;
        case Deed::kSharedArray:
          require_trace(writer, step, read_number(file_, "shared", {writer, step}));
          break;
        case Deed::kNewArray: require_trace(writer, step, number_in(new_array(writer, step))); break;
        default: break;
      }
    }
    look_at_attribute(writer);
  }

  int64_t number_in(const std::string& name) const {
    return file_.contains(name) ? read_number(file_, name, {0}) : 0;
  }

  void require_trace(int writer, int step, int64_t found) {
    Outcome outcome = ledger_.at(writer, step);
    // What was begun by somebody who was killed may be there or not, but nothing else may be.
    bool may_be_there = outcome == Outcome::kDone || outcome == Outcome::kBegun;
    bool may_be_missing = outcome != Outcome::kDone;
    require((found == trace_of(writer, step) && may_be_there) || (found == 0 && may_be_missing), "step ",
            step, " of writer ", writer, ", whose outcome was ", static_cast<int>(outcome), ", left ", found);
  }

  void look_at_attribute(int writer) {
    std::set<int64_t> possible{0};
    for (int step = 0; step < ledger_.next_step(writer); step++) {
      if (deed_of(writer, step) != Deed::kAttribute) continue;
      Outcome outcome = ledger_.at(writer, step);
      if (outcome == Outcome::kDone) possible.clear();
      if (outcome != Outcome::kRefused) possible.insert(trace_of(writer, step));
    }
    int64_t last = 0;
    for (auto& [key, value] : file_.attributes("shared"))
      if (key == own_key(writer)) last = value->get<int64_t>();
    require(possible.contains(last), own_key(writer), " is ", last);
  }

  void look_at_counter() {
    int done = ledger_.count(Deed::kCounter, Outcome::kDone),
        open = ledger_.count(Deed::kCounter, Outcome::kBegun);
    int64_t counter = read_number(file_, "counter", {});
    require(counter >= done && counter <= done + open, "the counter is ", counter, " after ", done,
            " acknowledged changes and ", open, " that were killed");
  }

  const ArrayFile& file_;
  Ledger& ledger_;
  std::vector<std::string> problems_;
};

inline std::vector<std::string> problems_of(const ArrayFile& file, Ledger& ledger) {
  return Outcomes(file, ledger).problems();
}

}  // namespace af::race
