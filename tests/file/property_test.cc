// Random operations on a stack, by several writers, against the model. A failing list of operations is
// shrunk, printed, and repeated by the seed that is printed with it.
//
// AF_PROPERTY_ROUNDS=N  so many lists instead of those of a test run, from a new seed each time
// AF_PROPERTY_KEEP=DIR  keeps each stack in DIR with what readers must find in it: see tests/interop/property
// RC_PARAMS="seed=N"    this seed
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <iostream>

#include "expected_dump.h"
#include "world.h"

namespace af::model {

std::ostream& operator<<(std::ostream& out, const Start& start) {
  constexpr const char* kPlaces[] = {"in memory", "in a folder", "behind callbacks"};
  return out << "footer version " << start.footer_version << " " << kPlaces[static_cast<int>(start.place)];
}

namespace {

using Run = void (World::*)(int writer, const std::string& name, uint64_t seed);

struct Verb {
  const char* name;
  Run run;
  size_t weight;
};
constexpr Verb kVerbs[] = {
    {"define", &World::define, 8},
    {"write", &World::write, 12},
    {"write_chunk", &World::write_chunk, 3},
    {"erase", &World::erase, 2},
    {"redefine", &World::redefine, 4},
    {"resize", &World::resize, 5},
    {"set_attribute", &World::set_attribute, 6},
    {"remove_attribute", &World::remove_attribute, 2},
    {"set_file_attribute", &World::set_file_attribute, 1},
    {"read", &World::read, 3},
    {"flush", &World::flush, 12},
    {"compact", &World::compact, 3},
    {"refresh", &World::refresh, 1},
    {"reopen", &World::reopen, 2},
    {"copy", &World::copy, 1},
    {"keep_reader", &World::keep_reader, 2},
    {"look_back", &World::look_back, 1},
    {"cancel", &World::cancel, 1},
    {"fail_once", &World::fail_once, 2},
    {"die", &World::die, 2},
};

struct Operation {
  size_t verb = 0;
  int writer = 0;
  size_t name = 0;
  uint32_t seed = 0;

  void run(World& world) const { (world.*kVerbs[verb].run)(writer, kNames[name], seed); }
};

std::ostream& operator<<(std::ostream& out, const Operation& operation) {
  return out << "writer " << operation.writer << ": " << kVerbs[operation.verb].name << " "
             << named(kNames[operation.name]) << " " << operation.seed;
}

// Verbs that work on what is there come later than those that make it, so that lists shrink towards these.
rc::Gen<size_t> any_verb(size_t count) {
  std::vector<size_t> weighted;
  for (size_t verb = 0; verb < count; verb++) weighted.insert(weighted.end(), kVerbs[verb].weight, verb);
  return rc::gen::elementOf(weighted);
}

rc::Gen<Operation> any_operation(size_t verbs = std::size(kVerbs), int writers = kWriters) {
  return rc::gen::build<Operation>(
      rc::gen::set(&Operation::verb, any_verb(verbs)),
      rc::gen::set(&Operation::writer,
                   rc::gen::weightedOneOf<int>({{4, rc::gen::just(0)}, {1, rc::gen::inRange(0, writers)}})),
      rc::gen::set(&Operation::name,
                   rc::gen::weightedOneOf<size_t>({{2, rc::gen::inRange<size_t>(0, 2)},
                                                   {1, rc::gen::inRange<size_t>(0, std::size(kNames))}})),
      rc::gen::set(&Operation::seed, rc::gen::inRange<uint32_t>(0, UINT32_MAX)));
}

rc::Gen<Start> any_start() {
  return rc::gen::build<Start>(
      rc::gen::set(&Start::place, rc::gen::element(PlaceKind::kMemory, PlaceKind::kMemory, PlaceKind::kFolder,
                                                   PlaceKind::kCallbacks)),
      rc::gen::set(&Start::footer_version, rc::gen::element(5, 4)));
}

// Holds a property for `share` in a hundred of the rounds asked for, or `rounds`.
template <typename Property>
void hold(int rounds, int share, const Property& property) {
  using namespace rc::detail;
  TestParams params = configuration().testParams;
  const char* asked = std::getenv("AF_PROPERTY_ROUNDS");
  // A test run tries the same lists each time: what is found by chance is found by whoever asks for more of
  // them.
  if (!asked && !std::getenv("RC_PARAMS")) params.seed = 1;
  params.maxSuccess = asked ? std::max(1, std::atoi(asked) * share / 100) : rounds;
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  TestMetadata metadata{test->name(), test->name()};
  TestResult result = checkTestable(property, metadata, params);
  if (result.is<SuccessResult>()) return;
  std::ostringstream message;
  printResultMessage(result, message);
  ADD_FAILURE() << message.str() << "\nRC_PARAMS=\"seed=" << params.seed
                << " max_success=" << params.maxSuccess << "\"";
}

void run_all(World& world, const std::vector<Operation>& operations) {
  for (size_t i = 0; i < operations.size(); i++) {
    try {
      operations[i].run(world);
    } catch (const std::exception& problem) {
      throw Mismatch(text_of("operation ", i, ": ", problem.what()));
    }
  }
}

TEST(Property, EveryReaderFindsWhatTheModelSays) {
  hold(250, 100, [] {
    const Start start = *any_start();
    const auto operations = *rc::gen::container<std::vector<Operation>>(any_operation());
    World world(start);
    run_all(world, operations);
    world.finish();
    keep_stack(world);
  });
}

// Whichever change of the store is the last one of a flush or a compaction, the stack holds what it held
// before or what was committed, and the next writer tidies up.
void stop_everywhere(const Start& start, const std::vector<Operation>& operations, bool compaction) {
  bool stopped = true;
  for (int change = 0; stopped; change++) {
    World world(start);
    run_all(world, operations);
    stopped = world.die_at(0, compaction, change);
    keep_stack(world);
    world.commit_something(1);
    require(world.clean(), "the next commit leaves remains");
    world.finish();
  }
}

TEST(Property, ACompactionMayStopAtEveryStep) {
  hold(20, 10, [] {
    const Start start = *any_start();
    const auto operations = *rc::gen::container<std::vector<Operation>>(any_operation(12, 1));
    stop_everywhere(start, operations, true);
  });
}

TEST(Property, AFlushMayStopAtEveryStep) {
  hold(20, 10, [] {
    const Start start = *any_start();
    const auto operations = *rc::gen::container<std::vector<Operation>>(any_operation(11, kWriters));
    stop_everywhere(start, operations, false);
  });
}

}  // namespace
}  // namespace af::model
