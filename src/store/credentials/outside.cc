#include "store/credentials/outside.h"

#include "store/signing/signable.h"

namespace af {

std::string first_variable(const Outside& outside, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (std::string value = outside.variable(name); !value.empty()) return value;
  return {};
}

std::string home_path(const Outside& outside, const std::string& path) {
  std::string home = outside.variable("HOME");
  return home.empty() ? "" : home + "/" + path;
}

std::string needed_file(const Outside& outside, const std::string& path, std::string_view what) {
  std::optional<std::string> text = outside.file(path);
  if (!text) fail(Status::kUnauthenticated, what, ": there is no file ", quoted(path));
  return *text;
}

std::string body_of(const HttpRequest& request, const HttpResponse& answer) {
  if (answer.ok()) return answer.body;
  throw Error(Status::kUnauthenticated,
              text_of(request.subject, ": HTTP status ", answer.status, " to ", request.method), 0,
              answer.status);
}

Json json_of(const HttpRequest& request, const HttpResponse& answer) {
  return Json::parse(body_of(request, answer), request.subject);
}

HttpRequest form_request(std::string url, const std::string& body, std::string subject) {
  return {.method = "POST",
          .url = std::move(url),
          .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
          .body = {as_bytes(body)},
          .subject = std::move(subject)};
}

std::string form_of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string form;
  for (const auto& [name, value] : fields) add_query(form, text_of(name, "=", url_escape(value, false)));
  return form;
}

}  // namespace af
