#include "store/url.h"

#include "store/remote_schemes.h"
#include "store/signing/encoding.h"

namespace af {
namespace {

using Open = std::shared_ptr<ObjectStore>(const StoreUrl& url, const StoreOptions& options);
struct Scheme {
  std::string_view name;
  Open* open;
};

#ifdef AF_WITH_CURL
constexpr Open *kS3 = open_s3_url, *kGcs = open_gcs_url, *kAzure = open_azure_url, *kHttp = open_http_url;
#else
constexpr Open *kS3 = nullptr, *kGcs = nullptr, *kAzure = nullptr, *kHttp = nullptr;
#endif
constexpr Scheme kSchemes[] = {{"s3", kS3},      {"s3a", kS3},      {"gs", kGcs},    {"az", kAzure},
                               {"abfs", kAzure}, {"abfss", kAzure}, {"http", kHttp}, {"https", kHttp}};

const Scheme* scheme_of(std::string_view text) {
  for (const Scheme& scheme : kSchemes)
    if (text.starts_with(scheme.name) && text.substr(scheme.name.size()).starts_with("://")) return &scheme;
  return nullptr;
}

const Scheme& require_scheme(std::string_view text) {
  const Scheme* scheme = scheme_of(text);
  if (!scheme)
    fail(Status::kUnsupported,
         "this is no URL of a store: expected s3://, gs://, az://, abfs://, http:// or https://");
  if (!scheme->open)
    fail(Status::kUnsupported, scheme->name, ":// is not supported: the library was built without libcurl");
  return *scheme;
}

}  // namespace

bool is_store_url(std::string_view text) { return scheme_of(text) != nullptr; }

StoreUrl parse_store_url(std::string_view text) {
  StoreUrl url;
  url.scheme = text.substr(0, text.find("://"));
  std::string_view rest = text.substr(url.scheme.size() + 3);
  // Elsewhere a '?' is a part of the key.
  if (url.scheme.starts_with("http"))
    if (size_t question = rest.find('?'); question != std::string_view::npos) {
      url.query = rest.substr(question + 1);
      rest = rest.substr(0, question);
    }
  size_t slash = rest.find('/');
  url.authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) url.path = rest.substr(slash + 1);
  // Only there is it escaped; '?' and '%' are characters like others in the keys of the rest.
  if (url.scheme.starts_with("http")) url.path = url_unescape(url.path);
  if (url.authority.empty())
    fail(Status::kInvalidName, "a URL of ", url.scheme, ":// names no bucket or host");
  if (url.authority.find('@') != std::string::npos && url.scheme.find("abfs") != 0)
    fail(Status::kInvalidName, "a URL of ", url.scheme,
         ":// holds a user or a password: give them as options");
  return url;
}

std::shared_ptr<ObjectStore> open_store_url(std::string_view url, std::string_view options) {
  const Scheme& scheme = require_scheme(url);
  StoreOptions known = StoreOptions::with_environment(options);
  StoreUrl parsed = parse_store_url(url);
  while (parsed.path.ends_with('/')) parsed.path.pop_back();
  std::shared_ptr<ObjectStore> store = scheme.open(parsed, known);
  known.expect_no_others();
  return store;
}

UrlPlace open_url_place(std::string_view url) {
  const Scheme& scheme = require_scheme(url);
  StoreOptions known = StoreOptions::with_environment("");
  StoreUrl parsed = parse_store_url(url);
  while (parsed.path.ends_with('/')) parsed.path.pop_back();
  size_t slash = parsed.path.rfind('/');
  UrlPlace place;
  place.key = parsed.path.substr(slash + 1);  // npos + 1 is 0
  parsed.path.resize(slash == std::string::npos ? 0 : slash);
  place.store = scheme.open(parsed, known);
  known.expect_no_others();
  return place;
}

}  // namespace af
