// Where credentials come from: the environment, files and services. One struct, so that tests can stand in
// for all of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/http_client.h"
#include "store/json.h"
#include "store/signing/encoding.h"

namespace af {

struct Outside {
  // "": not set.
  std::function<std::string(const std::string& name)> variable;
  // Nothing where there is no such file. Throws kIo for a file that cannot be read or is too long.
  std::function<std::optional<std::string>(const std::string& path)> file;
  std::function<Seconds()> now;
  // Sends a request to a service on the internet.
  std::function<HttpResponse(const HttpRequest&)> fetch;
  // The same for metadata services beside this machine: past any proxy, and failing soon where there are
  // none.
  std::function<HttpResponse(const HttpRequest&)> fetch_near;
};

// The real one. Clients are made when first needed.
Outside real_outside(const HttpOptions& options);

// The first variable that is set.
std::string first_variable(const Outside& outside, std::initializer_list<const char*> names);

// A path below the user's home; "" where that is not known.
std::string home_path(const Outside& outside, const std::string& path);

// The file's text. Throws kUnauthenticated, naming `what`, where there is none.
std::string needed_file(const Outside& outside, const std::string& path, std::string_view what);

// The body of a successful answer. Throws kUnauthenticated with the subject and the HTTP status, and nothing
// else of the answer, for any other.
std::string body_of(const HttpRequest& request, const HttpResponse& answer);

// The same, taken apart.
Json json_of(const HttpRequest& request, const HttpResponse& answer);

// A form that is posted. The body must outlive the request.
HttpRequest form_request(std::string url, const std::string& body, std::string subject);

// "a=b&c=d", escaped.
std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

}  // namespace af
