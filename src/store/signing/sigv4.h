// Signature Version 4, as Amazon S3 and its relatives take it, and Google's dialect of it.
#pragma once

#include <string>
#include <string_view>

#include "store/secret.h"
#include "store/signing/encoding.h"
#include "store/signing/signable.h"

namespace af {

// In place of a body's hash: the body is not signed. For https alone.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

struct AccessKey {
  std::string id;
  Secret secret;
  Secret session_token;  // empty: none

  friend bool operator==(const AccessKey&, const AccessKey&) = default;
};

// What differs between the two: the words, not the sums.
struct Sigv4Dialect {
  std::string_view algorithm;   // "AWS4-HMAC-SHA256"
  std::string_view key_prefix;  // "AWS4"
  std::string_view terminator;  // "aws4_request"
  std::string_view headers;     // "x-amz-"
  std::string_view parameters;  // "X-Amz-"
};
inline constexpr Sigv4Dialect kAmazon{"AWS4-HMAC-SHA256", "AWS4", "aws4_request", "x-amz-", "X-Amz-"};
// Google takes Amazon's words too, but no x-goog-* header besides them.
inline constexpr Sigv4Dialect kGoogle{"GOOG4-HMAC-SHA256", "GOOG4", "goog4_request", "x-goog-", "X-Goog-"};

struct Sigv4Scope {
  std::string region;
  std::string service = "s3";
  const Sigv4Dialect* dialect = &kAmazon;
};

// The value of the Authorization header. Signs the host and all headers of the request, which must have the
// date of `now` among them.
std::string sigv4_authorization(const Signable& request, const AccessKey& key, const Sigv4Scope& scope,
                                Seconds now);

// Adds the headers that S3 asks for (date, content hash, session token) and then the Authorization.
void sign_s3(Signable& request, const AccessKey& key, const Sigv4Scope& scope, Seconds now);

// The query of a URL that anybody may use for this request, with these headers, until it expires.
std::string presigned_query(const Signable& request, const AccessKey& key, const Sigv4Scope& scope,
                            Seconds now, std::chrono::seconds expires);

}  // namespace af
