// An outside for credentials that a test makes up: variables, files, services and the time.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "store/credentials/outside.h"

namespace af {

class PretendedOutside {
 public:
  struct Sent {
    std::string method;
    std::string url;
    HttpHeaders headers;
    std::string body;
    bool near;  // to a metadata service
  };

  std::map<std::string, std::string> variables{{"HOME", "/home/me"}};
  std::map<std::string, std::string> files;
  Seconds now{std::chrono::seconds(1795199400)};  // 2026-11-20T18:30:00Z
  std::vector<Sent> sent;

  // What a service answers to a method and the URL up to its query; whatever else is asked cannot be reached.
  void answer(const std::string& call, int status, std::string body) {
    answers_[call] = {.status = status, .headers = {}, .body = std::move(body)};
  }

  // Must not outlive this.
  Outside outside() {
    return {[this](const std::string& name) { return variables.contains(name) ? variables[name] : ""; },
            [this](const std::string& path) -> std::optional<std::string> {
              auto at = files.find(path);
              if (at == files.end()) return {};
              return at->second;
            },
            [this] { return now; }, [this](const HttpRequest& request) { return send(request, false); },
            [this](const HttpRequest& request) { return send(request, true); }};
  }

 private:
  HttpResponse send(const HttpRequest& request, bool near) {
    std::string body;
    for (ByteView part : request.body) body += as_text(part);
    sent.push_back({request.method, request.url, request.headers, body, near});
    auto at = answers_.find(request.method + " " + request.url.substr(0, request.url.find('?')));
    if (at == answers_.end()) fail(Status::kIo, request.subject, ": cannot be reached");
    return at->second;
  }

  std::map<std::string, HttpResponse> answers_;
};

}  // namespace af
