// Eight processes write to one stack, compact it, and are killed at any moment and replaced, until each has
// made 500 commits and 100 compactions; others read. Then every acknowledged change is there once. A case is
// a process killed in the middle of its work.
#include <signal.h>
#include <sys/wait.h>

#include <random>
#include <thread>

#include "file/race_outcome.h"
#include "proof.h"
#include "support/temp_folder.h"

namespace af::proofs {
namespace {

using race::Ledger;

// Every sixth step is a compaction.
constexpr int kProcesses = race::kMaxWriters, kCommits = 500,
              kSteps = kCommits + kCommits / (race::kDeeds - 1);

template <typename Action>
pid_t start(Ledger& ledger, const Action& action) {
  pid_t child = fork();
  if (child != 0) return child;
  try {
    action();
  } catch (const std::exception& problem) {
    ledger.complain(text_of("a process ends: ", problem.what()));
  }
  _exit(0);
}

void run(Proof& proof, uint64_t seed) {
  TempFolder folder;
  auto open_store = [&] { return open_local_store(folder.path(), Durability::kNone); };
  race::create_stack(open_store());
  std::shared_ptr<Ledger> ledger = Ledger::make();
  auto start_writer = [&](int number) {
    return start(*ledger, [&] {
      race::Writer(open_store(), {}, number, *ledger, 1).run(kSteps - ledger->next_step(number));
    });
  };
  pid_t reader = start(*ledger, [&] { race::watch(open_store(), {}, *ledger); });
  std::vector<pid_t> writers;
  for (int number = 0; number < kProcesses; number++) writers.push_back(start_writer(number));
  std::mt19937_64 random(seed);
  for (int running = kProcesses; running > 0 && !ledger->complained();) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 40000));
    size_t number = random() % writers.size();
    if (writers[number] == 0) continue;
    kill(writers[number], SIGKILL);
    int ending = 0;
    waitpid(writers[number], &ending, 0);
    bool done = ledger->next_step(static_cast<int>(number)) >= kSteps;
    running -= done;
    writers[number] = done ? 0 : start_writer(static_cast<int>(number));
    // It may have come to its end just before.
    proof.count(WIFSIGNALED(ending) ? 1 : 0);
  }
  ledger->stop = true;
  for (pid_t writer : writers)
    if (writer != 0) waitpid(writer, nullptr, 0);
  waitpid(reader, nullptr, 0);
  if (ledger->complained()) proof.violation("seed ", seed, ": ", ledger->complaint());
  for (const std::string& problem :
       race::problems_of(*ArrayFile::open(open_store(), race::kKey, {}), *ledger))
    proof.violation("seed ", seed, ": ", problem);
}

}  // namespace
}  // namespace af::proofs

int main(int argc, char** argv) {
  using namespace af::proofs;
  Proof proof("kills", argc, argv, 1000);
  for (uint64_t seed = proof.seed(); proof.goes_on(); seed++) run(proof, seed);
  return proof.end();
}
