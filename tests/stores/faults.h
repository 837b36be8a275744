// The server that misbehaves as it is told to (tests/servers/fault_server.py).
#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/http_client.h"
#include "store/json.h"
#include "stores/remote_place.h"

namespace af {

class Faults {
 public:
  Faults() {
    const char* place = std::getenv("AF_TEST_FAULTS");
    if (!place) throw std::runtime_error("AF_TEST_FAULTS is not set: run by tests/servers/run faults");
    place_ = place;
    expect({});
  }
  ~Faults() { expect({}); }

  // Each rule is a JSON object, as fault_server.py says. Forgets what was asked before.
  void expect(const std::vector<std::string>& rules) {
    std::string all;
    for (const std::string& rule : rules) all += (all.empty() ? "" : ",") + rule;
    tell("PUT", "rules", "[" + all + "]");
    forget();
  }
  const std::string& place() const { return place_; }
  // Whether credentials are asked for.
  void let_everybody_in() { tell("PUT", "keys", "{}"); }
  void let_owner_in() {
    tell("PUT", "keys",
         text_of("{\"", std::getenv("AWS_ACCESS_KEY_ID"), "\": {\"secret\": \"",
                 std::getenv("AWS_SECRET_ACCESS_KEY"), "\"}}"));
  }
  void forget() { tell("DELETE", "log", ""); }

  // What was asked since: "GET", "LIST", ...
  std::vector<std::string> asked() {
    std::vector<std::string> found;
    Json log = Json::parse(tell("GET", "log", ""), "the log");
    for (const Json& entry : log.elements()) {
      const std::string& method = entry["method"].text();
      bool lists = method == "GET" && entry["query"].text().find("list-type") != std::string::npos;
      found.push_back(lists ? "LIST" : method);
    }
    std::ranges::sort(found);
    return found;
  }
  // "2 GET, 1 LIST"
  std::string summary() {
    std::string text;
    std::vector<std::string> all = asked();
    for (size_t i = 0; i < all.size();) {
      auto end = static_cast<size_t>(std::ranges::upper_bound(all, all[i]) - all.begin());
      text += (text.empty() ? "" : ", ") + std::to_string(end - i) + " " + all[i];
      i = end;
    }
    return text.empty() ? "nothing" : text;
  }

 private:
  std::string tell(const std::string& method, const std::string& what, const std::string& body) {
    HttpRequest request;
    request.method = method;
    request.url = place_ + "/-/" + what;
    request.body = {as_bytes(body)};
    HttpResponse answer = client_->send(request);
    if (!answer.ok()) throw std::runtime_error("the server did not take " + what);
    return answer.body;
  }

  std::string place_;
  std::shared_ptr<HttpClient> client_ = create_http_client({});
};

}  // namespace af
