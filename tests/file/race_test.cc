// Several writers at once: whatever is acknowledged stays, whoever loses is told, and nothing is left lying
// about.
//
// AF_PROPERTY_ROUNDS=N: N races of each kind instead of one.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "places.h"
#include "race_outcome.h"

namespace af::race {
namespace {

using model::Place;
using model::PlaceKind;

int rounds() {
  const char* asked = std::getenv("AF_PROPERTY_ROUNDS");
  return asked ? std::max(1, std::atoi(asked)) : 1;
}

void expect_everything(const ArrayFile& file, Ledger& ledger) {
  for (const std::string& problem : problems_of(file, ledger)) ADD_FAILURE() << problem;
}

// The next commit, and a compaction, find everything and leave nothing behind but the temporary files of the
// killed.
void expect_order(const Place& place, Ledger& ledger, int killed) {
  EXPECT_FALSE(ledger.complained()) << ledger.complaint();
  std::shared_ptr<ObjectStore> store = place.store();
  expect_everything(*ArrayFile::open(store, kKey, {}), ledger);
  FileOptions options;
  options.writable = true;
  auto file = ArrayFile::open(store, kKey, options);
  file->set_file_attribute("the race", Value::text("is over"));
  file->flush();
  expect_everything(*ArrayFile::open(store, kKey, {}), ledger);
  file->compact();
  expect_everything(*ArrayFile::open(store, kKey, {}), ledger);
  file = nullptr;
  std::set<std::string> names = place.names();
  int temporary = static_cast<int>(
      std::erase_if(names, [](const std::string& name) { return name.find(".tmp-") != std::string::npos; }));
  EXPECT_LE(temporary, killed);
  EXPECT_EQ(names, (std::set<std::string>{"s.af", "s.stats"}));
}

void expect_a_race(Ledger& ledger) {
  EXPECT_GT(ledger.count(Deed::kCounter, Outcome::kDone), 0);
  EXPECT_GT(ledger.count(Deed::kCompaction, Outcome::kDone), 0);
}

Promises promises_of(const Place& place) { return {!place.forgets()}; }

// -- threads, each with a handle of its own

constexpr int kSteps = 60;

struct Race {
  PlaceKind place;
  int writers;
};

class Threads : public testing::TestWithParam<Race> {};

TEST_P(Threads, LoseNothingAndAreTold) {
  for (int round = 0; round < rounds(); round++) {
    Place place(GetParam().place);
    create_stack(place.store());
    std::shared_ptr<Ledger> ledger = Ledger::make();
    std::thread reader([&] { watch(place.store(), promises_of(place), *ledger); });
    std::vector<std::thread> writers;
    for (int number = 0; number < GetParam().writers; number++)
      writers.emplace_back(
          [&, number] { Writer(place.store(), promises_of(place), number, *ledger).run(kSteps); });
    for (std::thread& writer : writers) writer.join();
    ledger->stop = true;
    reader.join();
    expect_a_race(*ledger);
    expect_order(place, *ledger, 0);
  }
}

std::string race_name(const testing::TestParamInfo<Race>& info) {
  constexpr const char* kPlaces[] = {"InMemory", "InAFolder", "BehindCallbacks"};
  return text_of(info.param.writers, kPlaces[static_cast<int>(info.param.place)]);
}

INSTANTIATE_TEST_SUITE_P(Racing, Threads,
                         testing::Values(Race{PlaceKind::kMemory, 2}, Race{PlaceKind::kMemory, 3},
                                         Race{PlaceKind::kFolder, 2}, Race{PlaceKind::kFolder, 3},
                                         Race{PlaceKind::kCallbacks, 2}, Race{PlaceKind::kCallbacks, 3}),
                         race_name);

// -- processes

// A child that does this and ends. The parent has no other threads while it forks.
template <typename Action>
pid_t fork_to(Ledger& ledger, const Action& action) {
  pid_t child = fork();
  if (child != 0) return child;
  try {
    action();
  } catch (const std::exception& problem) {
    ledger.complain(text_of("a process ends: ", problem.what()));
  }
  _exit(0);
}

void wait_for(pid_t child, int expected_signal = 0) {
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  EXPECT_TRUE(signal == 0 || signal == expected_signal) << "a process ended by signal " << signal;
  if (signal == 0) {
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
}

class Processes : public testing::TestWithParam<int> {
 protected:
  Processes() : place_(PlaceKind::kFolder) { create_stack(place_.store()); }

  pid_t start_writer(int number, int steps) {
    return fork_to(*ledger_,
                   [this, number, steps] { Writer(place_.store(), {}, number, *ledger_).run(steps); });
  }
  pid_t start_reader() {
    return fork_to(*ledger_, [this] { watch(place_.store(), {}, *ledger_); });
  }

  Place place_;
  std::shared_ptr<Ledger> ledger_ = Ledger::make();
};

TEST_P(Processes, LoseNothingAndAreTold) {
  for (int round = 0; round < rounds() && ledger_->next_step(0) + kSteps <= kMaxSteps; round++) {
    ledger_->stop = false;
    pid_t reader = start_reader();
    std::vector<pid_t> writers;
    for (int number = 0; number < GetParam(); number++) writers.push_back(start_writer(number, kSteps));
    for (pid_t writer : writers) wait_for(writer);
    ledger_->stop = true;
    wait_for(reader);
    expect_a_race(*ledger_);
    expect_order(place_, *ledger_, 0);
  }
}

TEST_P(Processes, MayBeKilledAtAnyMoment) {
  constexpr int kKills = 36;
  std::minstd_rand random(std::random_device{}());
  pid_t reader = start_reader();
  std::vector<pid_t> writers;
  for (int number = 0; number < GetParam(); number++) writers.push_back(start_writer(number, kMaxSteps));
  int killed = 0;
  for (; killed < kKills * rounds() && !ledger_->complained(); killed++) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    int number = static_cast<int>(random() % writers.size());
    kill(writers[number], SIGKILL);
    wait_for(writers[number], SIGKILL);
    if (ledger_->next_step(number) == kMaxSteps) break;
    writers[number] = start_writer(number, kMaxSteps);
  }
  ledger_->stop = true;
  for (pid_t process : writers) wait_for(process);
  wait_for(reader);
  expect_a_race(*ledger_);
  expect_order(place_, *ledger_, killed);
}

INSTANTIATE_TEST_SUITE_P(Racing, Processes, testing::Values(2, 3),
                         [](const auto& info) { return std::to_string(info.param); });

}  // namespace
}  // namespace af::race
