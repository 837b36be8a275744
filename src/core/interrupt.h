// How waits deep inside learn that the caller has given up.
#pragma once

#include <functional>

namespace af {

// While it lives, check_interrupt on this thread calls `check`, which throws to end the wait.
class InterruptScope {
 public:
  explicit InterruptScope(std::function<void()> check);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  friend void check_interrupt();
  std::function<void()> check_;
  InterruptScope* outer_;
};

void check_interrupt();

}  // namespace af
