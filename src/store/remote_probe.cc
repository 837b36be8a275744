// Whether a service does what conditions ask. It is tried before the first write that depends on it.
#include <array>
#include <map>

#include "store/remote_parts.h"

namespace af {
namespace {

// A version that no object has.
constexpr std::string_view kNoVersion = "no such version";

// What was found out in this process, by service.
struct Findings {
  std::mutex mutex;
  std::map<std::string, Honoured> by_service;
};

Findings& findings() {
  static Findings* const all = new Findings;  // never destroyed: stores may outlive static objects
  return *all;
}

}  // namespace

bool RemoteCore::is_refused(const HttpRequest& request) const {
  HttpResponse answer = send(request);
  Outcome outcome = service_->outcome_of(answer);
  if (outcome == Outcome::kFailed) throw service_->failure_of(request, answer);
  return outcome != Outcome::kDone;
}

Honoured RemoteCore::probe_conditions() const {
  std::string key = prefix_ + ".af-probe-" + random_write_id();
  std::array<ByteView, 1> first{as_bytes("first")}, second{as_bytes("second")};
  auto put = [&](std::span<const ByteView> body, Condition condition) {
    return service_->put(key, body, {std::move(condition), random_write_id()});
  };
  HttpRequest make = put(first, Condition::if_absent());
  HttpResponse made = send(make);
  if (service_->outcome_of(made) != Outcome::kDone) throw service_->failure_of(make, made);
  Honoured honoured;
  try {
    honoured.put = is_refused(put(second, Condition::if_absent())) &&
                   is_refused(put(second, Condition::if_match(std::string(kNoVersion))));
    honoured.remove = is_refused(service_->remove(key, std::string(kNoVersion)));
  } catch (...) {
    is_refused(service_->remove(key, {}));
    throw;
  }
  if (honoured.remove) is_refused(service_->remove(key, {}));
  return honoured;
}

void RemoteCore::require_conditions(Conditions wanted) {
  if (options_.single_writer) return;
  std::lock_guard lock(probe_mutex_);
  if (!honoured_) {
    Findings& all = findings();
    std::string place = service_->place();
    std::unique_lock all_lock(all.mutex);
    auto found = all.by_service.find(place);
    if (found != all.by_service.end()) {
      honoured_ = found->second;
    } else {
      all_lock.unlock();
      honoured_ = probe_conditions();
      all_lock.lock();
      all.by_service.emplace(place, *honoured_);
    }
  }
  if (wanted == Conditions::kPut ? honoured_->put : honoured_->remove) return;
  fail(Status::kUnsupported, describe(), ": the service does not honour conditions when something is ",
       wanted == Conditions::kPut ? "put" : "removed",
       ", so that several writers would destroy each other's work: open it with single_writer=1 if there is "
       "only one at any time");
}

}  // namespace af
