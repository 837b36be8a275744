#include "core/interrupt.h"

#include <utility>

namespace af {
namespace {

thread_local InterruptScope* innermost = nullptr;

}  // namespace

InterruptScope::InterruptScope(std::function<void()> check) : check_(std::move(check)), outer_(innermost) {
  innermost = this;
}

InterruptScope::~InterruptScope() { innermost = outer_; }

void check_interrupt() {
  if (innermost) innermost->check_();
}

}  // namespace af
