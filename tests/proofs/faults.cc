// Each call that the library makes of the system, and each that it makes of a store, fails once, and from
// then on, in each of the scenarios, with each error that it may meet. The step in which it happens says so
// with a status or does its work all the same; the stacks hold what they held before or what the step would
// have made of them; and when the trouble is over the same handle goes on.
//
// Allocations fail in the same way, and the disk is full at each byte of a commit. Of the places in the code
// that call the system each must have been come to after something failed: they are counted in the program.
#include <arrayformat/arrayformat.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "call_sites.h"
#include "faulty_store.h"
#include "memory.h"
#include "proof.h"
#include "stage.h"
#include "store/remote_parts.h"
#include "store/spool.h"
#include "support/temp_folder.h"
#include "system_calls.h"

namespace af::proofs {
namespace {

// What goes wrong, and when.
struct Fault {
  int64_t call = -1;  // counted from the beginning of the scenario; -1: nothing
  int error = 0;      // 0: the call takes a single byte, or none of what it was asked for
  bool from_then_on = false;
};

// The errors that a call of this kind may meet.
std::vector<int> errors_of(SystemCall::Kind kind) {
  switch (kind) {
    case SystemCall::kOpen: return {EMFILE, EACCES, ENOSPC, EIO, EINTR};
    case SystemCall::kRead: return {EIO, EINTR, 0};
    case SystemCall::kWrite: return {ENOSPC, EIO, EINTR, 0};
    case SystemCall::kTruncate: return {EIO, EINTR};
    case SystemCall::kSync: return {EIO, ENOSPC, EINTR};
    case SystemCall::kLink: return {EIO, ENOSPC, EACCES, EMLINK, EINTR};
    case SystemCall::kRename:
    case SystemCall::kExchange:
    case SystemCall::kRenameIfFree: return {EIO, ENOSPC, EACCES, EINTR};
    case SystemCall::kRemove: return {EIO, EACCES, EINTR};
    case SystemCall::kLock: return {EINTR, ENOLCK, EIO};
    case SystemCall::kMap: return {ENOMEM, EACCES};
    case SystemCall::kListFolder: return {EMFILE, EACCES, EIO, EINTR};
    case SystemCall::kStat: return {EIO, EACCES, EINTR};
    case SystemCall::kRandom: return {EIO, EINTR};
    default: return {EIO};
  }
}

// Counts the calls and lets one of them fail.
class FaultyCalls : public CallWatcher {
 public:
  explicit FaultyCalls(const Fault& fault) : fault_(fault) {}

  int before(const SystemCall& call) override {
    calls.push_back({call.kind, call.site});
    int64_t number = static_cast<int64_t>(calls.size()) - 1;
    cuts_ = false;
    bool now = fails(number, call.kind);
    failed = failed || now;
    if (failed) sites.insert(call.site);
    if (!now) return 0;
    cuts_ = fault_.error == 0;
    // A signal interrupts a call once.
    if (fault_.error == EINTR && number != fault_.call) return 0;
    return fault_.error;
  }
  size_t cut(const SystemCall&, size_t size) override { return cuts_ ? std::min<size_t>(size, 1) : size; }

  void repair() { repaired_ = true; }

  std::vector<std::pair<SystemCall::Kind, const void*>> calls;
  std::set<const void*> sites;  // those come to from the failure on
  bool failed = false;

 private:
  // What fails from then on is all calls of this kind: a full disk can still be read.
  bool fails(int64_t number, SystemCall::Kind kind) {
    if (repaired_ || fault_.call < 0 || number < fault_.call) return false;
    if (number == fault_.call) kind_ = kind;
    return number == fault_.call || (fault_.from_then_on && kind == kind_);
  }

  Fault fault_;
  SystemCall::Kind kind_ = SystemCall::kKinds;
  bool repaired_ = false;
  bool cuts_ = false;
};

// Holds a step that failed to what it must be.
class FaultyDirector : public Director {
 public:
  // `repair` ends the trouble, `look` gives a store without any.
  FaultyDirector(bool from_then_on, std::function<void()> repair, Stage::OpenStore look)
      : from_then_on_(from_then_on), repair_(std::move(repair)), look_(std::move(look)) {}

  void perform(const char* what, const HandleSlot* handle, const State* after,
               const std::function<void()>& action) override {
    if (!attempt(what, handle, after, action)) {
      if (from_then_on_ && !is_done_) attempt(what, handle, after, action);
      repair_();
      again(what, handle, action);
    }
    if (after) state_ = *after;
  }

 private:
  bool attempt(const char* what, const HandleSlot* handle, const State* after,
               const std::function<void()>& action) {
    Status status = Status::kOutOfMemory;
    std::string message = "no memory";
    try {
      memory::Scarce scarce;
      action();
      return true;
    } catch (const Error& error) {
      status = error.status();
      message = error.message();
    } catch (const std::bad_alloc&) {
    }
    Unwatched unwatched;
    require_typed(what, status, message);
    // Committed, but not seen: what the status says.
    is_done_ = status == Status::kStale && handle && *handle && !(*handle)->is_dirty();
    require_nothing_lost(what, handle, after, message);
    return false;
  }

  void again(const char* what, const HandleSlot* handle, const std::function<void()>& action) {
    try {
      if (is_done_) (*handle)->refresh();
      if (!is_done_) action();
      is_done_ = false;
    } catch (const std::exception& error) {
      throw model::Mismatch(text_of(what, " fails although the trouble is over: ", error.what()));
    }
  }

  static void require_typed(const char* what, Status status, const std::string& message) {
    constexpr Status kExpected[] = {Status::kIo,          Status::kPermissionDenied, Status::kStale,
                                    Status::kOutOfMemory, Status::kUnsupported,      Status::kNotFound};
    model::require(std::ranges::find(kExpected, status) != std::end(kExpected), what, " answers status ",
                   static_cast<int>(status), ": ", message);
    model::require(!message.empty(), what, " fails without a message");
  }

  void require_nothing_lost(const char* what, const HandleSlot* handle, const State* after,
                            const std::string& message) const {
    bool must_be_old = after && handle && *handle && (*handle)->is_dirty();
    bool must_be_new = after && is_done_;
    std::string problem = must_be_new ? "it is not committed" : difference(state_);
    if (problem.empty()) return;
    if (after && !must_be_old && difference(*after).empty()) return;
    throw model::Mismatch(text_of("after a failing ", what, " (", message, "): ", problem));
  }

  // How the stacks differ from this state; "": they do not.
  std::string difference(const State& state) const {
    std::shared_ptr<ObjectStore> store = look_();
    try {
      for (const char* key : {"s.af", "other.af", "copy.af"}) {
        auto expected = state.find(key);
        model::require(store->stat(key).has_value() == (expected != state.end()), key, " is there or not");
        if (expected == state.end()) continue;
        auto file = ArrayFile::open(store, key, {});
        model::require_shows(*file, expected->second);
        model::require_sound(*file);
      }
      return "";
    } catch (const std::exception& problem) {
      return problem.what();
    }
  }

  bool from_then_on_;
  std::function<void()> repair_;
  Stage::OpenStore look_;
  State state_;
  bool is_done_ = false;
};

template <typename Play>
void try_one(Proof& proof, const std::string& what, const Play& play) {
  try {
    play();
  } catch (const std::exception& problem) {
    CallWatcher::current = nullptr;
    proof.violation(what, ": ", problem.what());
  }
  proof.count();
}

// ---------------------------------------------------------------- calls of the system

// Stores of which every other one is named by a path that begins at the working folder, and makes files that
// only their owner may read.
Stage::OpenStore stores_in(const TempFolder& folder) {
  auto count = std::make_shared<int>(0);
  return [&folder, count] {
    std::string name = folder.path().substr(folder.path().rfind('/') + 1);
    bool other = (*count)++ % 2 == 1;
    umask(other ? 077 : 022);
    return open_local_store(other ? name : folder.path(), Durability::kFull);
  };
}

FaultyCalls play(const Scenario& scenario, const Fault& fault) {
  TempFolder folder;
  FaultyCalls calls(fault);
  Stage::OpenStore open_store = stores_in(folder);
  FaultyDirector director(
      fault.from_then_on, [&] { calls.repair(); }, open_store);
  Watching watching(calls);
  Stage stage(open_store, director);
  scenario.play(stage);
  return calls;
}

// Each call with each error; of those from one place in the code, after the first, one in `share`.
void let_calls_fail(Proof& proof, const char* name, const std::function<FaultyCalls(const Fault&)>& play,
                    uint64_t share, std::mt19937_64& random, std::set<const void*>* reached) {
  auto calls = play({}).calls;
  std::set<const void*> seen;
  for (size_t number = 0; number < calls.size() && proof.has_time(); number++) {
    auto [kind, site] = calls[number];
    bool first = seen.insert(site).second;
    for (int error : errors_of(kind))
      for (bool from_then_on : {false, true}) {
        if (!first && random() % share != 0) continue;
        Fault fault{static_cast<int64_t>(number), error, from_then_on};
        try_one(proof,
                text_of(name, ", call ", number, " of kind ", static_cast<int>(kind), ", error ", error,
                        from_then_on ? ", from then on" : ""),
                [&] {
                  FaultyCalls run = play(fault);
                  model::require(run.failed, "was not reached");
                  reached->insert(run.sites.begin(), run.sites.end());
                });
      }
  }
}

// What stores behind HTTP want of the system: a number for each write, and a place, in memory and then in a
// file, where an upload gathers. Both may be tried again.
FaultyCalls prepare_remote_upload(const Fault& fault) {
  FaultyCalls calls(fault);
  Watching watching(calls);
  Spool spool(100);
  std::string expected;
  auto attempt = [&](const std::function<void()>& action) {
    try {
      action();
    } catch (const Error&) {
      calls.repair();
      action();
    }
  };
  std::string id;
  attempt([&] { id = random_write_id(); });
  model::require(id.size() == 16, "a write's number is ", id);
  for (const std::string& part : {std::string(60, 'a'), std::string(60, 'b'), std::string(5000, 'c')}) {
    attempt([&] { spool.append(as_bytes(part)); });
    expected += part;
    std::string found(expected.size(), '?');
    attempt([&] { spool.read(0, std::as_writable_bytes(std::span(found))); });
    ByteView view;
    attempt([&] { view = spool.view(); });
    model::require(found == expected && as_text(view) == expected, "what was gathered is not there");
  }
  return calls;
}

// What a writer that died has left is cleared away, at the second attempt at the latest.
FaultyCalls clear_away(const Fault& fault) {
  TempFolder folder;
  const std::string left = folder / ".s.af.tmp-0123456789abcdef";
  open_local_store(folder.path(), Durability::kNone)->put("left", as_bytes("12345"), Condition::always());
  std::filesystem::rename(folder / "left", left);
  auto clear = [&] {
    open_local_store(folder.path(), Durability::kFull)->remove_abandoned("s.", [](auto) { return true; });
  };
  FaultyCalls calls(fault);
  try {
    Watching watching(calls);
    clear();
  } catch (const Error&) {
  }
  clear();
  model::require(folder.names().empty(), "something is left");
  return calls;
}

// A disk with room for so many bytes.
class FullDisk : public CallWatcher {
 public:
  explicit FullDisk(int64_t room) : room_(room) {}
  int before(const SystemCall& call) override {
    return call.kind == SystemCall::kWrite && room_ <= 0 ? ENOSPC : 0;
  }
  size_t cut(const SystemCall& call, size_t size) override {
    return call.kind == SystemCall::kWrite ? std::min<size_t>(size, static_cast<size_t>(room_)) : size;
  }
  void done(const SystemCall& call, int64_t result) override {
    if (call.kind != SystemCall::kWrite) return;
    room_ -= result;
    written += result;
  }
  void repair() { room_ = INT64_MAX; }
  int64_t written = 0;

 private:
  int64_t room_;
};

int64_t fill_disk(const Scenario& scenario, int64_t room) {
  TempFolder folder;
  FullDisk disk(room);
  Stage::OpenStore open_store = stores_in(folder);
  FaultyDirector director(
      true, [&] { disk.repair(); }, open_store);
  Watching watching(disk);
  Stage stage(open_store, director);
  scenario.play(stage);
  return disk.written;
}

void let_disk_be_full(Proof& proof, const Scenario& scenario, uint64_t share, std::mt19937_64& random) {
  int64_t all = fill_disk(scenario, INT64_MAX);
  for (int64_t room = 0; room < all && proof.has_time(); room++)
    if (random() % share == 0)
      try_one(proof, text_of(scenario.name, ", room for ", room, " bytes"),
              [&] { fill_disk(scenario, room); });
}

// ---------------------------------------------------------------- calls of a store

void play_in_store(const Scenario& scenario, FaultyStore::Trouble& trouble, bool from_then_on) {
  auto shelf = create_memory_store();
  FaultyDirector director(
      from_then_on, [&] { trouble.fails_at = -1; }, [&] { return shelf; });
  Stage stage([&] { return std::make_shared<FaultyStore>(shelf, trouble); }, director);
  scenario.play(stage);
}

void let_store_fail(Proof& proof, const Scenario& scenario, uint64_t share, std::mt19937_64& random) {
  FaultyStore::Trouble all;
  play_in_store(scenario, all, false);
  for (int64_t call = 0; call < all.calls && proof.has_time(); call++)
    for (bool from_then_on : {false, true}) {
      if (random() % share != 0) continue;
      try_one(proof, text_of(scenario.name, ", store call ", call, from_then_on ? ", from then on" : ""),
              [&] {
                FaultyStore::Trouble trouble;
                trouble.fails_at = call;
                trouble.from_then_on = from_then_on;
                play_in_store(scenario, trouble, from_then_on);
              });
    }
}

// ---------------------------------------------------------------- memory

void play_without_memory(const Scenario& scenario, const Stage::OpenStore& open_store, int64_t allocation,
                         bool from_then_on) {
  FaultyDirector director(
      from_then_on, [] { memory::fail_at(-1, false); }, open_store);
  CallWatcher without_syncs;
  Watching watching(without_syncs);
  memory::fail_at(allocation, from_then_on);
  Stage stage(open_store, director);
  scenario.play(stage);
}

void let_memory_run_out(Proof& proof, const Scenario& scenario, uint64_t share, std::mt19937_64& random) {
  for (bool in_folder : {false, true}) {
    auto play = [&](int64_t allocation, bool from_then_on) {
      TempFolder folder;
      auto shelf = create_memory_store();
      auto open_store = [&] {
        return in_folder ? open_local_store(folder.path(), Durability::kFull) : shelf;
      };
      play_without_memory(scenario, open_store, allocation, from_then_on);
    };
    play(INT64_MAX, false);
    int64_t all = memory::count();
    for (int64_t allocation = 0; allocation < all && proof.has_time(); allocation++)
      for (bool from_then_on : {false, true})
        if (random() % share == 0)
          try_one(proof,
                  text_of(scenario.name, in_folder ? ", in a folder" : "", ", allocation ", allocation,
                          from_then_on ? ", from then on" : ""),
                  [&] { play(allocation, from_then_on); });
  }
  memory::fail_at(-1, false);
}

// A user's store for a single object, with a version token that is not short.
struct OneObject {
  std::string bytes;

  af_store_callbacks functions() {
    return {sizeof(af_store_callbacks), 0, this, stat, get, put, remove, list, nullptr};
  }

 private:
  static af_status stat(void* self, const char*, int64_t, int64_t* size, char token[AF_VERSION_TOKEN_SIZE]) {
    memory::Plenty plenty;
    *size = static_cast<int64_t>(static_cast<OneObject*>(self)->bytes.size());
    return answer(token);
  }
  static af_status get(void* self, const char*, int64_t, const char*, int64_t offset, void* to,
                       int64_t size) {
    memory::Plenty plenty;
    std::memcpy(to, static_cast<OneObject*>(self)->bytes.data() + offset, static_cast<size_t>(size));
    return AF_OK;
  }
  static af_status put(void* self, const char*, int64_t, const void* from, int64_t size, int32_t, const char*,
                       char token[AF_VERSION_TOKEN_SIZE]) {
    memory::Plenty plenty;
    std::string& bytes = static_cast<OneObject*>(self)->bytes;
    if (!bytes.empty()) return AF_CONFLICT;
    bytes.assign(static_cast<const char*>(from), static_cast<size_t>(size));
    return answer(token);
  }
  static af_status remove(void*, const char*, int64_t, const char*) { return AF_NOT_FOUND; }
  static af_status list(void*, const char*, int64_t, af_store_emit_fn, void*) { return AF_OK; }
  static af_status answer(char token[AF_VERSION_TOKEN_SIZE]) {
    std::strcpy(token, "a version token that does not fit into a short string");
    return AF_OK;
  }
};

// An upload for which memory ran out is tried again, and then holds what was appended, no byte more or less.
// Answers whether memory did run out.
bool upload_without_memory(ObjectStore& store, int64_t allocation) {
  const std::string data(1000, 'd'), tail = "the first part of a tail", end(3000, 'e');
  const ByteView parts[] = {as_bytes(tail), as_bytes(end)};
  std::unique_ptr<Upload> upload = store.start_upload("key");
  bool ran_out = false;
  auto attempt = [&](const std::function<void()>& action) {
    try {
      memory::Scarce scarce;
      action();
    } catch (const std::bad_alloc&) {
      ran_out = true;
      action();
    }
  };
  memory::fail_at(allocation, false);
  attempt([&] { upload->append(as_bytes(data)); });
  std::optional<std::string> version;
  attempt([&] { version = upload->finish("key", parts, Condition::if_absent()); });
  memory::fail_at(-1, false);
  model::require(version.has_value(), "what was answered as failed is there");
  std::unique_ptr<Object> object = store.open("key");
  Buffer found(static_cast<size_t>(object->info().size));
  object->read(0, found.span());
  model::require(as_text(found.view()) == data + tail + end, "what is stored is not what was appended");
  return ran_out;
}

void let_uploads_run_out_of_memory(Proof& proof) {
  auto all_of = [&](const char* kind, const std::function<bool(int64_t)>& upload) {
    bool goes_on = true;
    for (int64_t allocation = 0; goes_on && proof.has_time(); allocation++)
      try_one(proof, text_of("upload to ", kind, ", allocation ", allocation),
              [&] { goes_on = upload(allocation); });
  };
  all_of("memory", [](int64_t n) { return upload_without_memory(*create_memory_store(), n); });
  all_of("callbacks", [](int64_t n) {
    OneObject object;
    return upload_without_memory(*create_callback_store(object.functions()), n);
  });
  all_of("a folder", [](int64_t n) {
    TempFolder folder;
    return upload_without_memory(*open_local_store(folder.path(), Durability::kNone), n);
  });
}

}  // namespace
}  // namespace af::proofs

int main(int argc, char** argv) {
  using namespace af::proofs;
  Proof proof("faults", argc, argv, 1);
  std::filesystem::current_path(std::filesystem::temp_directory_path());
  std::mt19937_64 random(proof.seed());
  std::set<const void*> reached;
  // A test tries one in so many of those that are alike; who has told us how long to go on, more of them; who
  // asks for more than a round, each of them.
  const uint64_t share = proof.is_timed() ? 4 : proof.wanted() > 1 ? 1 : 40;
  bool all_tried = false;
  while (proof.goes_on()) {
    std::vector<Scenario> scenarios = kScenarios;
    // The time may be over before the last of them.
    if (proof.is_timed()) std::ranges::shuffle(scenarios, random);
    for (const Scenario& scenario : scenarios) {
      let_calls_fail(
          proof, scenario.name, [&](const Fault& fault) { return play(scenario, fault); }, share, random,
          &reached);
      let_store_fail(proof, scenario, std::max<uint64_t>(1, share / 4), random);
      let_memory_run_out(proof, scenario, share == 1 ? 1 : share * 4, random);
    }
    let_disk_be_full(proof, kScenarios[3], std::max<uint64_t>(1, share / 8), random);
    let_uploads_run_out_of_memory(proof);
    let_calls_fail(proof, "upload over HTTP", prepare_remote_upload, 1, random, &reached);
    let_calls_fail(proof, "clearing away", clear_away, 1, random, &reached);
    all_tried = all_tried || proof.has_time();
  }
  // With sanitizers the compiler leaves copies of functions that nothing calls.
#ifndef __SANITIZE_ADDRESS__
  if (all_tried)
    for (const std::string& site : call_sites_without(reached)) proof.violation("never come to: ", site);
#endif
  std::printf("%zu places in the code called the system after something had failed\n", reached.size());
  return proof.end();
}
