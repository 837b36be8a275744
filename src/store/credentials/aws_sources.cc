#include "store/credentials/aws_sources.h"

#include <algorithm>

#include "store/signing/crypto.h"
#include "store/signing/signable.h"

namespace af {
namespace {

constexpr char kContainerHost[] = "http://169.254.170.2";

[[noreturn]] void fail_incomplete(std::string_view what) {
  fail(Status::kUnauthenticated, what, ": the answer lacks a key, its secret or when it expires");
}

IssuedKey complete(IssuedKey issued, std::string_view what) {
  if (issued.value.id.empty() || issued.value.secret.empty() || !issued.expires) fail_incomplete(what);
  return issued;
}

// As the metadata services of containers and instances write it.
IssuedKey key_of_json(const Json& json, std::string_view what) {
  return complete(
      {{json["AccessKeyId"].text(), Secret(json["SecretAccessKey"].text()), Secret(json["Token"].text())},
       parse_iso_time(json["Expiration"].text())},
      what);
}

// The text of the first element of this name: the answers of the token service are flat and need no parser.
std::string_view between_tags(std::string_view xml, std::string_view name) {
  std::string open = text_of("<", name, ">"), close = text_of("</", name, ">");
  size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  begin += open.size();
  size_t end = xml.find(close, begin);
  return end == std::string_view::npos ? std::string_view() : xml.substr(begin, end - begin);
}

IssuedKey key_of_xml(std::string_view xml, std::string_view what) {
  auto text = [&](std::string_view name) { return std::string(between_tags(xml, name)); };
  return complete({{text("AccessKeyId"), Secret(text("SecretAccessKey")), Secret(text("SessionToken"))},
                   parse_iso_time(text("Expiration"))},
                  what);
}

std::string token_service(const Outside& outside, const std::string& region) {
  if (std::string url = outside.variable("AWS_ENDPOINT_URL_STS"); !url.empty()) return url;
  return region.empty() ? "https://sts.amazonaws.com" : text_of("https://sts.", region, ".amazonaws.com");
}

IssuedKey assume_with_web_identity(const Outside& outside, const std::string& region, const std::string& role,
                                   const std::string& token_file, const std::string& session) {
  constexpr char kWhat[] = "S3 credentials of a web identity";
  std::string token(trimmed(needed_file(outside, token_file, kWhat)));
  std::string form = form_of({{"Action", "AssumeRoleWithWebIdentity"},
                              {"Version", "2011-06-15"},
                              {"RoleArn", role},
                              {"RoleSessionName", session.empty() ? "arrayformat" : session},
                              {"WebIdentityToken", token}});
  HttpRequest request = form_request(token_service(outside, region), form, kWhat);
  request.headers.pop_back();  // the answer is wanted as XML, which all token services speak
  return key_of_xml(body_of(request, outside.fetch(request)), kWhat);
}

IssuedKey assume_role(const Outside& outside, const std::string& region, const AwsProfile& profile,
                      const AccessKey& source) {
  constexpr char kWhat[] = "S3 credentials of a role";
  std::string session = profile["role_session_name"], external = profile["external_id"];
  std::string form = form_of({{"Action", "AssumeRole"},
                              {"Version", "2011-06-15"},
                              {"RoleArn", profile["role_arn"]},
                              {"RoleSessionName", session.empty() ? "arrayformat" : session}});
  if (!external.empty()) add_query(form, form_of({{"ExternalId", external}}));
  std::string url = token_service(outside, region);
  HttpRequest request = form_request(url, form, kWhat);
  request.headers.pop_back();
  UrlParts parts = split_url(url);
  Signable signable{"POST", std::string(parts.host),       std::string(parts.path), std::string(parts.query),
                    {},     hex_of(sha256(as_bytes(form)))};
  sign_s3(signable, source, {region.empty() ? "us-east-1" : region, "sts"}, outside.now());
  request.headers.insert(request.headers.end(), signable.headers.begin(), signable.headers.end());
  return key_of_xml(body_of(request, outside.fetch(request)), kWhat);
}

std::optional<IssuedKey> static_key(const AwsProfile& profile) {
  AccessKey key{profile["aws_access_key_id"], Secret(profile["aws_secret_access_key"]),
                Secret(profile["aws_session_token"])};
  if (key.id.empty() || key.secret.empty()) return {};
  return IssuedKey{key, {}};
}

IssuedKey key_of_source(const Outside& outside, const AwsProfile& profile) {
  std::string source = profile["credential_source"], named = profile["source_profile"];
  std::optional<IssuedKey> key;
  if (source == "Environment") key = key_of_environment(outside);
  if (source == "EcsContainer") key = key_of_container(outside);
  if (source == "Ec2InstanceMetadata") key = key_of_instance(outside);
  if (!named.empty()) key = static_key(AwsProfile::load(outside, named));
  if (!key)
    fail(Status::kUnauthenticated, "S3: profile ", quoted(profile.name()),
         " names a role, but neither source_profile nor credential_source has a key to ask for it");
  return *key;
}

// The services of containers: on this machine or near it, or over TLS.
void check_container_url(const std::string& url) {
  UrlParts parts = split_url(url);
  std::string_view host = parts.host;
  host = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
  bool is_near = host == "localhost" || host.starts_with("127.") || host == "[::1]" ||
                 host == "169.254.170.2" || host == "169.254.170.23" || host == "[fd00:ec2::23]";
  if (parts.scheme != "https" && !is_near)
    fail(Status::kUnauthenticated,
         "AWS_CONTAINER_CREDENTIALS_FULL_URI: neither on this machine nor over https");
}

}  // namespace

std::optional<IssuedKey> key_of_environment(const Outside& outside) {
  AccessKey key{first_variable(outside, {"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"}),
                Secret(first_variable(outside, {"AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"})),
                Secret(first_variable(outside, {"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"}))};
  if (key.id.empty() || key.secret.empty()) return {};
  return IssuedKey{key, {}};
}

std::optional<IssuedKey> key_of_web_identity(const Outside& outside, const std::string& region) {
  std::string file = outside.variable("AWS_WEB_IDENTITY_TOKEN_FILE"), role = outside.variable("AWS_ROLE_ARN");
  if (file.empty() || role.empty()) return {};
  return assume_with_web_identity(outside, region, role, file, outside.variable("AWS_ROLE_SESSION_NAME"));
}

std::optional<IssuedKey> key_of_profile(const Outside& outside, const AwsProfile& profile,
                                        const std::string& region) {
  std::string role = profile["role_arn"], file = profile["web_identity_token_file"];
  if (!role.empty() && !file.empty())
    return assume_with_web_identity(outside, region, role, file, profile["role_session_name"]);
  if (!role.empty()) return assume_role(outside, region, profile, key_of_source(outside, profile).value);
  if (std::optional<IssuedKey> key = static_key(profile)) return key;
  for (const char* unsupported : {"credential_process", "sso_session", "sso_start_url"})
    if (!profile[unsupported].empty())
      fail(Status::kUnsupported, "S3: profile ", quoted(profile.name()), " has ", unsupported,
           ", which is not supported: give its credentials in AWS_ACCESS_KEY_ID and the variables beside it");
  return {};
}

std::optional<IssuedKey> key_of_container(const Outside& outside) {
  std::string url = outside.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  std::string path = outside.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (!path.empty()) url = kContainerHost + path;
  if (url.empty()) return {};
  check_container_url(url);
  HttpRequest request{
      .url = url, .headers = {{"Accept", "application/json"}}, .subject = "S3 credentials of a container"};
  std::string token = outside.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  std::string file = outside.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!file.empty()) token = trimmed(needed_file(outside, file, request.subject));
  if (!token.empty()) request.headers.emplace_back("Authorization", token);
  return key_of_json(json_of(request, outside.fetch_near(request)), request.subject);
}

std::optional<IssuedKey> key_of_instance(const Outside& outside) {
  if (lower_case(outside.variable("AWS_EC2_METADATA_DISABLED")) == "true") return {};
  std::string base = outside.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (base.empty()) base = "http://169.254.169.254";
  while (base.ends_with('/')) base.pop_back();
  constexpr char kWhat[] = "S3 credentials of an instance";
  HttpRequest session{.method = "PUT",
                      .url = base + "/latest/api/token",
                      .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}},
                      .subject = kWhat};
  HttpResponse answer;
  try {
    answer = outside.fetch_near(session);
  } catch (const Error&) {
    return {};  // most machines have no such service
  }
  if (!answer.ok()) return {};
  auto ask = [&](const std::string& path) {
    HttpRequest request{.url = base + "/latest/meta-data/iam/security-credentials/" + path,
                        .headers = {{"X-aws-ec2-metadata-token", answer.body}},
                        .subject = kWhat};
    return std::pair(outside.fetch_near(request), request);
  };
  auto [roles, roles_request] = ask("");
  if (roles.status == 404) return {};  // an instance without a role
  std::string role(trimmed(body_of(roles_request, roles)));
  role.resize(std::min(role.size(), role.find('\n')));
  auto [key, key_request] = ask(url_escape(role, false));
  return key_of_json(json_of(key_request, key), kWhat);
}

}  // namespace af
