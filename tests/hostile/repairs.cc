// Small stacks of ours, damaged in all ways, and repaired: what is saved is sound and what was there, or the
// findings say why not.
#include <random>

#include "file/story.h"
#include "proofs/proof.h"

namespace af {
namespace {

std::string name_of(uint64_t i) { return "array " + std::to_string(i); }

class Repairs {
 public:
  explicit Repairs(proofs::Proof& proof) : proof_(proof), random_(proof.seed()) {}

  void run() {
    Shelf shelf(Place::kMemory);
    make(shelf);
    for (uint64_t i = 1 + below(3); i-- > 0;) damage(shelf);
    std::map<std::string, std::string> damaged = shelf.contents();
    try {
      std::vector<Finding> findings =
          ArrayFile::repair(*shelf.store(), "s.af", shelf.store(), "saved.af", any_version(), {});
      judge(shelf.open_to_read("saved.af"), findings);
    } catch (const Error& error) {
      if (error.status() != Status::kCorrupt && error.status() != Status::kNotFound)
        violation(error.message());
    }
    for (const auto& [key, bytes] : damaged)
      if (shelf.bytes(key) != bytes) violation(key + " was touched");
  }

 private:
  uint64_t below(uint64_t count) { return random_() % count; }
  void violation(const std::string& what) {
    proof_.violation("case ", proof_.cases(), " of seed ", proof_.seed(), ": ", what);
  }
  static FileOptions any_version() {
    FileOptions options;
    options.footer_version = 0;
    options.threads = 1;
    return options;
  }

  // Every element of array i is i, whatever the layer.
  void make(const Shelf& shelf) {
    FileOptions options;
    constexpr const char* kCodecs[] = {"", "lz4", "zstd"};
    options.codec.name = kCodecs[below(3)];
    options.footer_version = static_cast<int>(4 + below(2));
    options.block_size = static_cast<int64_t>(100 + below(2000));
    options.threads = 1;
    Stack stack = shelf.create("s.af", options);
    uint64_t arrays = 1 + below(60);
    for (uint64_t layer = 0; layer <= below(4); layer++) {
      for (uint64_t i = layer; i < arrays; i += 1 + layer) {
        if (!stack->contains(name_of(i))) stack.define<int64_t>(name_of(i), {20}, {7});
        stack.write<int64_t>(name_of(i), Numbers(20, static_cast<int64_t>(i)));
        stack->set_attribute(name_of(i), "number", number(static_cast<int64_t>(i)));
      }
      if (layer == 0 && below(2))
        stack->compact();
      else
        stack->flush();
    }
  }

  void damage(const Shelf& shelf) {
    std::vector<std::string> keys;
    for (const std::string& key : shelf.keys()) keys.push_back(key);
    const std::string& key = keys[below(keys.size())];
    std::string bytes = shelf.bytes(key);
    size_t at = below(bytes.size() + 1), length = std::min(bytes.size() - at, below(600));
    switch (below(6)) {
      case 0: bytes.resize(at); break;
      case 1: bytes.replace(at, length, length, '\0'); break;
      case 2: bytes.erase(at, length); break;
      case 3: bytes.insert(at, length, 'x'); break;
      case 4: shelf.remove(key); return;
      case 5:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    }
    shelf.put(key, bytes);
  }

  static bool says(const std::vector<Finding>& findings, const std::string& what) {
    return std::ranges::any_of(
        findings, [&](const Finding& finding) { return finding.text.find(what) != std::string::npos; });
  }

  void judge(const Stack& saved, const std::vector<Finding>& findings) {
    for (const std::string& problem : saved.problems()) violation("saved unsound: " + problem);
    // Nothing can be promised of what is taken without its checksums.
    if (says(findings, "unchecked") || says(findings, "without checksums")) return;
    for (const std::string& name : saved.names()) {
      int64_t right = std::atoll(name.substr(6).c_str());
      bool told = says(findings, "'" + name + "'");
      for (int64_t value : saved.read<int64_t>(name))
        if (value != right && !(value == 0 && told)) violation(name + " was saved wrongly");
      std::map<std::string, Value> attributes = saved.attributes(name);
      if (attributes.empty() ? !told : attributes.at("number") != number(right))
        violation(name + " was saved with wrong attributes");
    }
  }

  proofs::Proof& proof_;
  std::mt19937_64 random_;
};

}  // namespace
}  // namespace af

int main(int argc, char** argv) {
  af::proofs::Proof proof("repairs", argc, argv, 100);
  af::Repairs repairs(proof);
  for (; proof.goes_on(); proof.count()) repairs.run();
  return proof.end();
}
