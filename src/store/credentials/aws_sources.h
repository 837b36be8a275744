// The sources of credentials for S3 that are asked over HTTP, and that read files.
#pragma once

#include <optional>

#include "store/credentials/aws_profile.h"
#include "store/credentials/renewable.h"
#include "store/signing/sigv4.h"

namespace af {

using IssuedKey = Issued<AccessKey>;

// Each answers nothing where it is not set up, and throws where it is and fails.
std::optional<IssuedKey> key_of_environment(const Outside& outside);
std::optional<IssuedKey> key_of_web_identity(const Outside& outside, const std::string& region);
std::optional<IssuedKey> key_of_profile(const Outside& outside, const AwsProfile& profile,
                                        const std::string& region);
std::optional<IssuedKey> key_of_container(const Outside& outside);
// Version 2 of the instance metadata service only: version 1 can be made to give credentials away.
std::optional<IssuedKey> key_of_instance(const Outside& outside);

}  // namespace af
