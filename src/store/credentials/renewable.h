// Credentials that are good for a while, and are got anew before that ends.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "store/signing/encoding.h"

namespace af {

template <typename T>
struct Issued {
  T value;
  std::optional<Seconds> expires;  // nothing: never
};

// Safe for many threads at once. One of them gets the new value, in the last minutes of the old one, which
// the others use meanwhile; they wait only once it has expired.
template <typename T>
class Renewable {
 public:
  Renewable(std::function<Issued<T>()> source, std::function<Seconds()> now)
      : source_(std::move(source)), now_(std::move(now)) {}

  // Throws what the source throws, unless the old value is still good.
  T get() {
    std::unique_lock renewing(renewing_, std::defer_lock);
    if (std::optional<T> value = good_value()) {
      if (!is_due() || !renewing.try_lock()) return *value;
    } else {
      renewing.lock();
    }
    std::optional<T> old = good_value();
    if (old && !is_due()) return *old;
    try {
      return keep(source_());
    } catch (...) {
      if (!old) throw;
      std::lock_guard lock(mutex_);
      due_ = now_() + kPauseAfterFailure;
      return *old;
    }
  }

  // Gets a new value although the old one seems good. Answers whether there is one that differs.
  bool renew() {
    uint64_t before = count();
    std::lock_guard renewing(renewing_);
    if (count() != before) return true;  // somebody else did meanwhile
    try {
      std::optional<T> old = last_value();
      return !(keep(source_()) == old);
    } catch (...) {
      return false;  // the caller has a better error: that of the service that refused the old one
    }
  }

 private:
  static constexpr std::chrono::seconds kMargin{300};
  static constexpr std::chrono::seconds kPauseAfterFailure{30};

  std::optional<T> good_value() const {
    std::lock_guard lock(mutex_);
    if (!issued_ || (issued_->expires && now_() >= *issued_->expires)) return {};
    return issued_->value;
  }
  std::optional<T> last_value() const {
    std::lock_guard lock(mutex_);
    if (!issued_) return {};
    return issued_->value;
  }
  bool is_due() const {
    std::lock_guard lock(mutex_);
    return due_ && now_() >= *due_;
  }
  uint64_t count() const {
    std::lock_guard lock(mutex_);
    return count_;
  }

  T keep(Issued<T> issued) {
    std::lock_guard lock(mutex_);
    due_.reset();
    // Half of a short life is the better time to begin.
    if (issued.expires) due_ = std::max(*issued.expires - kMargin, now_() + (*issued.expires - now_()) / 2);
    issued_ = std::move(issued);
    count_++;
    return issued_->value;
  }

  const std::function<Issued<T>()> source_;
  const std::function<Seconds()> now_;
  std::mutex renewing_;
  mutable std::mutex mutex_;  // of what follows; never held while the source is asked
  std::optional<Issued<T>> issued_;
  std::optional<Seconds> due_;
  uint64_t count_ = 0;
};

}  // namespace af
