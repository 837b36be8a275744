// Who asks, for Azure Blob Storage, and where.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "store/credentials/token.h"
#include "store/signing/azure.h"

namespace af {

struct AzureCredentialOptions {
  std::string account;
  std::string endpoint;      // "https://host", to the account's own; "": the account's in the public cloud
  Secret connection_string;  // all of these in one
  Secret key;
  Secret sas;             // a shared access signature
  Secret token;           // a bearer token
  std::string client_id;  // of a managed identity, where there are several
  bool anonymous = false;
};

// A query that is added to each request.
struct SharedAccessSignature {
  Secret query;  // without '?'
};
struct Anonymous {};
using AzureCredentials =
    std::variant<AccountKey, SharedAccessSignature, std::shared_ptr<TokenSource>, Anonymous>;

struct AzureAccount {
  std::string name;
  std::string endpoint;  // without '/' at the end
  AzureCredentials credentials;
};

// What is not in the options is taken from a connection string, then from the variables of Azure's own tools;
// where there is neither key nor signature nor token, a token is asked for by workload identity, by a
// client's secret or by managed identity when it is first needed. Throws kInvalidArgument where no account is
// named.
AzureAccount find_azure_account(AzureCredentialOptions options, const Outside& outside);

}  // namespace af
