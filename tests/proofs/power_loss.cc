// The power fails after each change of the disk, in each of the scenarios; what was not synced is there,
// lost, torn, or there in parts. Whoever opens a stack then finds exactly what it held before or after the
// commit that was under way, everything acknowledged, and can go on.
//
// AF_PROPERTY_KEEP=DIR keeps some of the survivors for the crates to read: see tests/interop/property.
#include <filesystem>
#include <set>

#include "disk.h"
#include "file/expected_dump.h"
#include "proof.h"
#include "stage.h"
#include "support/temp_folder.h"

namespace af::proofs {
namespace {

// A scenario's changes on disk, and the states between which its commits lead.
struct Recording {
  std::vector<Change> changes;
  size_t inodes = 0;
  std::vector<State> states;
};

class RecordingDirector : public Director {
 public:
  RecordingDirector(Recorder& recorder, Recording& recording) : recorder_(recorder), recording_(recording) {}
  void perform(const char*, const HandleSlot*, const State* after,
               const std::function<void()>& action) override {
    if (after) {
      recording_.states.push_back(*after);
      recorder_.mark(Change::kCommitBegins);
    }
    action();
    if (after) recorder_.mark(Change::kCommitAcknowledged);
  }

 private:
  Recorder& recorder_;
  Recording& recording_;
};

Recording record(const Scenario& scenario) {
  TempFolder folder;
  Recording recording;
  recording.states.emplace_back();
  Recorder recorder(folder.path());
  Watching watching(recorder);
  RecordingDirector director(recorder, recording);
  Stage stage([&] { return open_local_store(folder.path(), Durability::kFull); }, director);
  scenario.play(stage);
  recording.changes = recorder.changes();
  recording.inodes = recorder.inodes();
  return recording;
}

std::shared_ptr<ObjectStore> store_of(const Files& files) {
  auto store = create_memory_store();
  for (const auto& [name, bytes] : files)
    if (!name.starts_with('.')) store->put(name, as_bytes(bytes), Condition::always());
  return store;
}

std::string stats_key(const std::string& key) { return key.substr(0, key.size() - 2) + "stats"; }

// Throws what is wrong, unless the store shows this state.
void require_state(const ObjectStore& store, const std::shared_ptr<ObjectStore>& owner, const State& state) {
  for (const char* key : {"s.af", "other.af", "copy.af"}) {
    auto expected = state.find(key);
    if (expected == state.end()) {
      model::require(!store.stat(key), key, " is there");
      continue;
    }
    auto file = ArrayFile::open(owner, key, {});
    model::require_shows(*file, expected->second);
    model::require_sound(*file);
    // Statistics for the reference's readers may be missing, but not wrong.
    if (store.stat(stats_key(key))) model::require_stats_file(store, stats_key(key), expected->second);
  }
}

// A writer goes on: commits, compacts, and leaves nothing behind.
void require_going_on(const std::shared_ptr<ObjectStore>& store, const State& state) {
  for (const auto& [key, contents] : state) {
    FileOptions options;
    options.writable = true;
    options.threads = 1;
    auto file = ArrayFile::open(store, key, options);
    model::Contents expected = contents;
    ArraySchema schema = make_schema(TypeId::kInt8, Extents());
    file->define("after the crash", schema);
    expected.put("after the crash", {schema, {}, {}, {}});
    file->flush();
    model::require_shows(*ArrayFile::open(store, key, {}), expected);
    file->compact();
    model::require_shows(*ArrayFile::open(store, key, {}), expected);
    std::set<std::string> names;
    for (const ObjectInfo& info : store->list(key.substr(0, key.size() - 2), 100)) names.insert(info.key);
    names.erase(key.substr(0, key.size() - 2) + "lock");
    model::require(names == std::set<std::string>{key, stats_key(key)}, "something is left beside ", key);
  }
}

// Looks at survivors; the same ones only once.
class Judge {
 public:
  Judge(const Recording& recording, bool keeps) : recording_(recording), keeps_(keeps) {}

  // What is wrong with these, if anything, when the last of these states was acknowledged, and the next one
  // may have been under way.
  std::string complaint(const Files& files, size_t acknowledged, bool under_way) {
    std::string all;
    for (const auto& [name, bytes] : files)
      if (!name.starts_with('.')) all += text_of(name, "/", bytes.size(), "/") + bytes;
    auto [known, added] = known_.try_emplace({std::move(all), acknowledged, under_way});
    if (added) known->second = look(files, acknowledged, under_way);
    return known->second;
  }
  size_t distinct() const { return known_.size(); }

 private:
  using Case = std::tuple<std::string, size_t, bool>;

  std::string look(const Files& files, size_t acknowledged, bool under_way) {
    auto store = store_of(files);
    std::string problem;
    for (size_t state = acknowledged; state <= acknowledged + under_way; state++) {
      try {
        require_state(*store, store, recording_.states[state]);
        keep(*store, recording_.states[state]);
        require_going_on(store, recording_.states[state]);
        return "";
      } catch (const std::exception& error) {
        problem += text_of(problem.empty() ? "" : "; or ", "not state ", state, ": ", error.what());
      }
    }
    return problem;
  }

  void keep(const ObjectStore& store, const State& state) {
    auto found = state.find("s.af");
    static int seen = 0;
    if (found != state.end() && keeps_ && seen++ % 16 == 0)
      model::keep_contents("survivor", store, found->second, 5, false);
  }

  const Recording& recording_;
  bool keeps_;
  std::map<Case, std::string> known_;
};

struct Sabotage {
  bool file_syncs = false, folder_syncs = false;
};

// Lets the power fail after each change.
void fail_everywhere(Proof& proof, const Scenario& scenario, const Recording& recording, uint64_t seed,
                     const Sabotage& sabotage, int64_t* distinct) {
  std::mt19937_64 random(seed);
  // Of stacks that are being replaced the reference's readers see old sidecars on the new base.
  bool replaces = std::string_view(scenario.name) == "create";
  Judge judge(recording, !replaces && !sabotage.file_syncs && !sabotage.folder_syncs);
  Disk disk(recording.inodes);
  disk.ignores_file_syncs = sabotage.file_syncs;
  disk.ignores_folder_syncs = sabotage.folder_syncs;
  size_t begun = 0, acknowledged = 0;
  for (size_t i = 0; i < recording.changes.size(); i++) {
    const Change& change = recording.changes[i];
    begun += change.kind == Change::kCommitBegins;
    if (change.kind == Change::kCommitAcknowledged) acknowledged = begun;
    disk.apply(change);
    for (Loss loss : {Loss::kNone, Loss::kAll, Loss::kTorn, Loss::kTorn, Loss::kRandom, Loss::kRandom,
                      Loss::kRandom, Loss::kRandom}) {
      std::string problem = judge.complaint(disk.survivors(loss, random), acknowledged, begun > acknowledged);
      proof.count();
      if (!problem.empty())
        proof.violation(scenario.name, ", seed ", seed, ", after change ", i, ", loss ",
                        static_cast<int>(loss), ": ", problem);
    }
  }
  *distinct += static_cast<int64_t>(judge.distinct());
}

// That disks which do not honour syncs are found out shows that the syncs are what saves the data.
void require_syncs_to_matter(Proof& proof, const Scenario& scenario, const Recording& recording) {
  char name[] = "power_loss with broken syncs";
  char* arguments[] = {name, nullptr};
  for (Sabotage sabotage : {Sabotage{true, false}, Sabotage{false, true}}) {
    Proof broken(name, 1, arguments, 0);
    broken.be_quiet();
    int64_t distinct = 0;
    fail_everywhere(broken, scenario, recording, 1, sabotage, &distinct);
    proof.require(broken.violations() > 0, scenario.name, ": losing what was synced is not noticed");
  }
}

}  // namespace
}  // namespace af::proofs

int main(int argc, char** argv) {
  using namespace af::proofs;
  Proof proof("power_loss", argc, argv, 20000);
  int64_t distinct = 0;
  for (uint64_t seed = proof.seed(); proof.goes_on(); seed++) {
    // The time may be over before the last of them.
    for (size_t i = 0; i < kScenarios.size() && proof.has_time(); i++) {
      const Scenario& scenario = kScenarios[(seed + i) % kScenarios.size()];
      Recording recording = record(scenario);
      if (seed == proof.seed()) require_syncs_to_matter(proof, scenario, recording);
      fail_everywhere(proof, scenario, recording, seed, {}, &distinct);
    }
  }
  std::printf("%lld of them differ in what is left\n", static_cast<long long>(distinct));
  return proof.end();
}
