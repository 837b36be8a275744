// What checks find, gathered as they go.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace af {

struct Finding {
  bool problem = true;
  std::string text;
};

class Findings {
 public:
  template <typename... Pieces>
  void report(bool problem, const Pieces&... pieces) {
    all_.push_back({problem, text_of(pieces...)});
  }
  template <typename... Pieces>
  void problem(const Pieces&... pieces) {
    report(true, pieces...);
  }
  template <typename... Pieces>
  void note(const Pieces&... pieces) {
    report(false, pieces...);
  }
  void add(std::vector<Finding> more) {
    for (Finding& finding : more) all_.push_back(std::move(finding));
  }
  // Runs a step and answers whether it succeeded. What it throws is a problem, told after `what`, unless it
  // is the machine or the caller that stopped it.
  template <typename Step>
  bool sound(std::string_view what, const Step& step) {
    try {
      step();
      return true;
    } catch (const Error& error) {
      if (error.status() == Status::kCancelled || error.status() == Status::kOutOfMemory) throw;
      problem(what, error.message());
      return false;
    }
  }
  template <typename Step>
  bool sound(const Step& step) {
    return sound({}, step);
  }

  const std::vector<Finding>& all() const { return all_; }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

}  // namespace af
