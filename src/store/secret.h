// A text that must not be seen: a key, a token, a password.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace af {

// It becomes a text only by `reveal`, so that it gets into no message by itself, and is wiped from memory
// when it is dropped.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return text_.empty(); }
  // For what is sent or signed, and nothing else.
  const std::string& reveal() const { return text_; }
  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  void wipe() noexcept {
    // Volatile: a compiler leaves out writes that nobody reads.
    for (volatile char& c : text_) c = 0;
    text_.clear();
  }

  std::string text_;
};

}  // namespace af
