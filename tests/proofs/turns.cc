// Writers of one stack in a store without locks, one call of the store at a time in an order that the seed
// decides. Some die in the middle, all after a number of steps; then every acknowledged change must be there
// once, and a last writer must find and leave the stack in order.
#include "turns.h"

#include <set>

#include "file/race_outcome.h"
#include "proof.h"
#include "support/map_callbacks.h"

namespace af::proofs {
namespace {

using race::Ledger;

constexpr race::Promises kPromises{false};

// Thrown in place of a call of the store by who is dead, through all of the library.
struct Died {};
thread_local int64_t calls_to_live = INT64_MAX;

struct Story {
  explicit Story(uint64_t seed) : turns(seed) {
    callbacks.before_call = [this] {
      turns.take();
      if (calls_to_live-- <= 0) throw Died();
      return AF_OK;
    };
  }

  MapCallbacks callbacks;
  Turns turns;
  std::shared_ptr<Ledger> ledger = Ledger::make();
};

void write(Story& story, const std::shared_ptr<ObjectStore>& store, int number, int handles) {
  bool dies = story.turns.below(3) == 0;
  calls_to_live = dies ? static_cast<int64_t>(story.turns.below(200)) : INT64_MAX;
  try {
    for (int handle = 0; handle < handles; handle++) {
      race::Writer writer(store, kPromises, number, *story.ledger, 1);
      writer.run(static_cast<int>(1 + story.turns.below(8)));
    }
  } catch (const Died&) {
  } catch (const Error& error) {
    story.ledger->complain(error.message());
  }
}

void check(Proof& proof, Story& story, const std::shared_ptr<ObjectStore>& store, uint64_t seed) {
  auto look = [&](const char* when) {
    for (const std::string& problem :
         race::problems_of(*ArrayFile::open(store, race::kKey, {}), *story.ledger))
      proof.violation("seed ", seed, ", ", when, ": ", problem);
  };
  if (story.ledger->complained()) proof.violation("seed ", seed, ": ", story.ledger->complaint());
  look("after the race");
  FileOptions options;
  options.writable = true;
  auto file = ArrayFile::open(store, race::kKey, options);
  file->set_file_attribute("the race", Value::text("is over"));
  file->flush();
  look("after another commit");
  file->compact();
  look("after a compaction");
  std::string names;
  for (const ObjectInfo& info : store->list("", INT64_MAX)) names += info.key + " ";
  proof.require(names == "s.af s.stats ", "seed ", seed, ": there remain ", names);
}

void run(Proof& proof, uint64_t seed) {
  Story story(seed);
  auto store = create_callback_store(story.callbacks.functions());
  race::create_stack(store);
  int writers = static_cast<int>(2 + seed % 3);
  std::vector<std::function<void()>> actions;
  for (int number = 0; number < writers; number++)
    actions.push_back([&, number] { write(story, store, number, 3); });
  actions.push_back([&] { race::watch(store, kPromises, *story.ledger, 12); });
  story.turns.run(actions);
  check(proof, story, store, seed);
}

}  // namespace
}  // namespace af::proofs

int main(int argc, char** argv) {
  using namespace af::proofs;
  Proof proof("turns", argc, argv, 300);
  for (uint64_t seed = proof.seed(); proof.goes_on(); seed++) {
    try {
      run(proof, seed);
    } catch (const std::exception& problem) {
      proof.violation("seed ", seed, ": ", problem.what());
    }
    proof.count();
  }
  return proof.end();
}
