// Single bytes of a large stack of ours, changed at random: whatever it then answers is what it answered
// before, or an error; and verifying finds every one of them.
#include <map>
#include <random>

#include "file/story.h"
#include "proofs/proof.h"

namespace af {
namespace {

// Files that can be changed in place under the reader's feet.
class Bench : public ObjectStore {
 public:
  explicit Bench(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  std::string& file(const std::string& key) { return files_.at(key); }
  std::string describe() const override { return "bench"; }
  std::optional<ObjectInfo> stat(std::string_view key) const override {
    auto found = files_.find(std::string(key));
    if (found == files_.end()) return {};
    return ObjectInfo{found->first, static_cast<int64_t>(found->second.size()), "1"};
  }
  std::unique_ptr<Object> open(std::string_view key) const override {
    std::optional<ObjectInfo> info = stat(key);
    if (!info) fail(Status::kNotFound, "there is no ", quoted(key));
    return std::make_unique<File>(*info, as_bytes(files_.find(std::string(key))->second));
  }
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t) const override {
    std::vector<ObjectInfo> found;
    for (const auto& [key, bytes] : files_)
      if (key.starts_with(prefix)) found.push_back(*stat(key));
    return found;
  }
  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }
  std::optional<std::string> put(std::string_view, ByteView, const Condition&) override { refuse(); }
  std::unique_ptr<Upload> start_upload(std::string_view) override { refuse(); }
  bool remove(std::string_view, const std::optional<std::string>&) override { refuse(); }
  bool rename(std::string_view, std::string_view) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { fail(Status::kReadOnly, "the bench is for reading"); }

  class View : public Mapping {
   public:
    explicit View(ByteView bytes) { bytes_ = bytes; }
  };
  class File : public Object {
   public:
    File(ObjectInfo info, ByteView bytes) : info_(std::move(info)), bytes_(bytes) {}
    const ObjectInfo& info() const override { return info_; }
    void read(uint64_t offset, MutableBytes into) const override {
      if (!within(offset, into.size(), bytes_.size())) fail(Status::kCorrupt, "past the end");
      std::memcpy(into.data(), bytes_.data() + offset, into.size());
    }
    std::unique_ptr<Mapping> map(uint64_t offset, uint64_t length) const override {
      if (!within(offset, length, bytes_.size())) fail(Status::kCorrupt, "past the end");
      return std::make_unique<View>(bytes_.subspan(offset, length));
    }

   private:
    ObjectInfo info_;
    ByteView bytes_;
  };

  std::map<std::string, std::string> files_;
};

constexpr int kArrays = 2000;

std::string name_of(int i) { return "array number " + std::to_string(i); }

std::map<std::string, std::string> large_stack() {
  Shelf shelf(Place::kMemory);
  FileOptions options;
  options.threads = 1;
  options.block_size = 64 << 10;
  Stack stack = shelf.create("s.af", options);
  std::mt19937_64 random(1);
  auto values = [&](size_t count) {
    std::vector<double> values(count);
    double value = 0;
    for (double& each : values) each = value += static_cast<double>(random() % 1000) / 1000 - 0.5;
    return values;
  };
  for (int i = 0; i < kArrays; i++) {
    stack.define<double>(name_of(i), {500}, {200}, filled_with(-1.0));
    stack.write<double>(name_of(i), values(500));
    stack->set_attribute(name_of(i), "station", number(int64_t{i}));
    stack->set_attribute(name_of(i), "comment", text("a text of this length and " + std::to_string(i % 7)));
    if (i == kArrays / 2) stack->compact();
  }
  stack->flush();
  for (int i = 0; i < kArrays; i += 5) stack.write<double>(name_of(i), {0}, {200}, values(200));
  stack->flush();
  return shelf.contents();
}

struct Answers {
  std::vector<double> values;
  std::map<std::string, Value> attributes;
  std::optional<ArrayStats> stats;
};

class Flips {
 public:
  explicit Flips(proofs::Proof& proof)
      : proof_(proof), random_(proof.seed()), files_(large_stack()), bench_(std::make_shared<Bench>(files_)) {
    options_.threads = 1;
    options_.cache_size = 0;
    Stack stack = open();
    for (int i = 0; i < kArrays; i++)
      right_.push_back(
          {stack.read<double>(name_of(i)), stack.attributes(name_of(i)), stack->stats(name_of(i)).stats});
    names_ = stack.names();
    for (const auto& [key, bytes] : files_)
      if (key.ends_with(".af")) keys_.push_back(key);
  }

  void run() {
    size_t layer = below(keys_.size());
    std::string& file = bench_->file(keys_[layer]);
    size_t at = below(file.size());
    char before = file[at];
    file[at] = static_cast<char>(before ^ static_cast<char>(1 + below(255)));
    expect_right_or_corrupt([&] { look(open(), array_near(layer, at, file.size())); });
    file[at] = before;
  }

 private:
  uint64_t below(uint64_t count) { return random_() % count; }
  void violation(const std::string& what) {
    proof_.violation("case ", proof_.cases(), " of seed ", proof_.seed(), ": ", what);
  }
  Stack open() const { return Stack(ArrayFile::open(bench_, "s.af", options_)); }

  template <typename Question>
  void expect_right_or_corrupt(const Question& ask) {
    try {
      ask();
    } catch (const Error& error) {
      if (error.status() != Status::kCorrupt) violation(error.message());
    }
  }
  // Arrays lie in the order of their numbers: the first layer has one half of them, the next the other, the
  // last every fifth.
  static int array_near(size_t layer, size_t at, size_t size) {
    auto share = static_cast<double>(at) / static_cast<double>(size);
    if (layer == 0) return kArrays / 2 + static_cast<int>(share * kArrays / 2);
    if (layer == 1) return static_cast<int>(share * kArrays / 5) * 5;
    return static_cast<int>(share * kArrays / 2);
  }

  void look(const Stack& stack, int near) {
    if (below(50) == 0 && stack.problems().empty()) violation("verifying finds nothing");
    for (int i = -10; i < 10; i++) check(stack, near + i);
    for (int i = 0; i < 5; i++) check(stack, static_cast<int>(below(kArrays)));
    expect_right_or_corrupt([&] {
      if (stack.names() != names_) violation("the listing is another");
    });
  }

  void check(const Stack& stack, int i) {
    if (i < 0 || i >= kArrays) return;
    const Answers& right = right_[static_cast<size_t>(i)];
    std::string name = name_of(i);
    expect_right_or_corrupt([&] {
      if (stack.read<double>(name) != right.values) violation(name + " has other values");
    });
    expect_right_or_corrupt([&] {
      if (stack.attributes(name) != right.attributes) violation(name + " has other attributes");
    });
    expect_right_or_corrupt([&] {
      auto stats = stack->stats(name).stats;
      if (stats && stats != right.stats) violation(name + " has other statistics");
    });
  }

  proofs::Proof& proof_;
  std::mt19937_64 random_;
  std::map<std::string, std::string> files_;
  std::shared_ptr<Bench> bench_;
  FileOptions options_;
  std::vector<std::string> keys_;
  Texts names_;
  std::vector<Answers> right_;
};

}  // namespace
}  // namespace af

int main(int argc, char** argv) {
  af::proofs::Proof proof("flips", argc, argv, 500);
  af::Flips flips(proof);
  for (; proof.goes_on(); proof.count()) flips.run();
  return proof.end();
}
