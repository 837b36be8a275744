// Damage: every byte flipped, every length cut. Of small golden files: an error or right answers, never a
// crash, a hang or a great allocation. Of files of ours: an error or the very same answers, for there every
// byte that matters is under a checksum.
#include <cstdio>
#include <ctime>

#include "file/raw_layer.h"
#include "file/transcript.h"

namespace af {
namespace {

// The transcript, or "" where the stack cannot be opened or listed. Anything but an Error, or a long wait,
// fails the test.
class Examiner {
 public:
  std::string examine(const std::shared_ptr<ObjectStore>& store, const std::string& key) {
    std::clock_t begun = std::clock();  // of the processor: others may be busy on this machine
    std::string transcript;
    try {
      FileOptions careful;
      careful.threads = 1;
      careful.cache_size = 1 << 16;
      careful.max_allocation = 16 << 20;
      Stack stack(ArrayFile::open(store, key, careful));
      transcript = transcript_of(stack);
      stack->verify();
    } catch (const Error&) {
      transcript.clear();
      refused_++;
    }
    slowest_ = std::max(slowest_, std::clock() - begun);
    cases_++;
    return transcript;
  }
  int64_t cases() const { return cases_; }
  int64_t refused() const { return refused_; }
  double slowest_ms() const { return 1000.0 * static_cast<double>(slowest_) / CLOCKS_PER_SEC; }

 private:
  int64_t cases_ = 0, refused_ = 0;
  std::clock_t slowest_ = 0;
};

#ifdef __SANITIZE_ADDRESS__
// Several times slower: one pattern takes every path that three do.
constexpr unsigned char kPatterns[] = {0x01};
#else
constexpr unsigned char kPatterns[] = {0x01, 0x80, 0xff};
#endif

// Calls `examine` with every single-byte change of the bytes, then with every beginning of them.
template <typename Examine>
void damage(const std::string& whole, const Examine& examine) {
  for (size_t at = 0; at < whole.size(); at++) {
    for (unsigned char pattern : kPatterns) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ pattern);
      examine(damaged, "byte " + std::to_string(at) + " flipped by " + std::to_string(pattern));
    }
  }
  for (size_t size = 0; size < whole.size(); size++)
    examine(whole.substr(0, size), "cut to " + std::to_string(size));
}

// Stacks of goldens, by name, whose files are all small.
std::vector<std::string> small_goldens() {
  constexpr uintmax_t kSmall = 4096;
  std::map<std::string, bool> small;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(AF_GOLDEN)) {
    std::filesystem::path path = entry.path();
    // Stacks of their own, not those that are part of a store.
    if (path.extension() != ".af" || path.parent_path().parent_path() != AF_GOLDEN) continue;
    std::string stem = path.stem().string();
    if (size_t dot = stem.rfind('.'); dot != std::string::npos && isdigit(stem[dot + 1])) stem.resize(dot);
    std::string name = (std::filesystem::relative(path.parent_path(), AF_GOLDEN) / stem).string();
    bool& all_small = small.try_emplace(name, true).first->second;
    all_small = all_small && entry.file_size() < kSmall;
  }
  std::vector<std::string> names;
  for (const auto& [name, all_small] : small)
    if (all_small) names.push_back(name);
  return names;
}

TEST(Damage, OfSmallGoldensIsAnErrorOrAnAnswer) {
  Examiner examiner;
  std::set<std::string> damaged_before;  // goldens of several versions share files
  int64_t unharmed = 0;
  for (const std::string& name : small_goldens()) {
    Shelf shelf(Place::kMemory);
    shelf.take_golden(name);
    std::string whole = examiner.examine(shelf.store(), "s.af");
    ASSERT_FALSE(whole.empty()) << name;
    for (const std::string& key : shelf.keys()) {
      std::string undamaged = shelf.bytes(key);
      if (!damaged_before.insert(undamaged).second) continue;
      damage(undamaged, [&](const std::string& damaged, const std::string&) {
        shelf.put(key, damaged);
        unharmed += examiner.examine(shelf.store(), "s.af") == whole;
      });
      shelf.put(key, undamaged);
    }
    EXPECT_EQ(examiner.examine(shelf.store(), "s.af"), whole) << name;
  }
  printf(
      "[   CASES  ] %lld damaged golden files of %zu: %lld refused, %lld unharmed, the slowest took %.1f "
      "ms\n",
      static_cast<long long>(examiner.cases()), damaged_before.size(),
      static_cast<long long>(examiner.refused()), static_cast<long long>(unharmed), examiner.slowest_ms());
  EXPECT_GT(examiner.cases(), 100000);
  EXPECT_LT(examiner.slowest_ms(), 2000);
}

class OurDamage : public testing::Test {
 protected:
  // Damages each file of the stack in turn. Whatever is answered must be what was answered before.
  void expect_every_damage_seen_or_harmless(const Shelf& shelf, const char* what) {
    std::string whole = examiner_.examine(shelf.store(), "s.af");
    ASSERT_FALSE(whole.empty());
    std::vector<std::string> answers = lines_of(whole);
    for (const std::string& key : shelf.keys()) {
      std::string undamaged = shelf.bytes(key);
      damage(undamaged, [&](const std::string& damaged, const std::string& how) {
        shelf.put(key, damaged);
        std::string transcript = examiner_.examine(shelf.store(), "s.af");
        bool refused = transcript.empty();
        bool harmless = transcript == whole;
        harmless_ += harmless;
        // Where some questions fail, those that are answered must be answered as before.
        ASSERT_TRUE(refused || harmless || is_whole_but_for_errors(transcript, answers))
            << what << ", " << key << ": " << how;
      });
      shelf.put(key, undamaged);
    }
  }
  void TearDown() override {
    printf("[   CASES  ] %lld damaged files of ours: %lld refused, %lld harmless, the slowest took %.1f ms\n",
           static_cast<long long>(examiner_.cases()), static_cast<long long>(examiner_.refused()),
           static_cast<long long>(harmless_), examiner_.slowest_ms());
    EXPECT_LT(examiner_.slowest_ms(), 2000);
  }

 private:
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    size_t begin = 0;
    for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
      lines.push_back(text.substr(begin, end - begin));
    return lines;
  }
  // Whether the transcript is the undamaged one with answers about an array, never the array itself, replaced
  // by a line that says that there was an error.
  static bool is_whole_but_for_errors(const std::string& transcript,
                                      const std::vector<std::string>& answers) {
    size_t next = 0;
    bool failed = false;
    auto may_skip_to = [&](size_t to) {
      for (; next < to; next++)
        if (!failed || answers[next].starts_with("array ")) return false;
      return true;
    };
    for (const std::string& line : lines_of(transcript)) {
      if (line.find(": error ") != std::string::npos) {
        failed = true;
        continue;
      }
      auto found = std::find(answers.begin() + static_cast<int64_t>(next), answers.end(), line);
      if (found == answers.end() || !may_skip_to(static_cast<size_t>(found - answers.begin()))) return false;
      next++;
      failed = false;
    }
    return may_skip_to(answers.size());
  }

  Examiner examiner_;
  int64_t harmless_ = 0;
};

TEST_F(OurDamage, OfOneLayer) {
  for (const char* codec : {"", "lz4", "zstd"}) {
    for (int version : {4, 5}) {
      Shelf shelf(Place::kMemory);
      FileOptions options;
      options.codec.name = codec;
      options.footer_version = version;
      Stack stack = shelf.create("s.af", options);
      stack.define<int32_t>("a", {4}, {2});
      stack.write<int32_t>("a", {1, 2, 3, 4});
      stack->set_attribute("a", "k0", text("v"));
      stack->compact();
      stack.close();
      expect_every_damage_seen_or_harmless(shelf, codec);
    }
  }
}

TEST_F(OurDamage, OfSeveralLayers) {
  Shelf shelf(Place::kMemory);
  Stack stack = shelf.create();
  fill_with_everything(stack);
  stack->flush();
  stack.write<int32_t>("numbers", {0}, {2}, {70, 80});
  stack->set_attribute("texts", "k0", text("later"));
  stack->erase("list");
  stack->flush();
  stack->resize("numbers", Numbers{4});
  stack->flush();
  stack.close();
  expect_every_damage_seen_or_harmless(shelf, "layers");
}

TEST_F(OurDamage, OfACompactedStackWithRemains) {
  Shelf shelf(Place::kMemory);
  Stack stack = shelf.create();
  fill_with_everything(stack);
  stack->flush();
  std::string absorbed = shelf.bytes("s.1.af");
  stack->compact();
  stack.close();
  shelf.put("s.1.af", absorbed);
  expect_every_damage_seen_or_harmless(shelf, "remains");
}

}  // namespace
}  // namespace af
