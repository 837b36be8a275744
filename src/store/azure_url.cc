// az://container/prefix, and abfs://container@account.dfs.core.windows.net/prefix
#include "store/azure_service.h"
#include "store/remote_schemes.h"
#include "store/signing/signable.h"

namespace af {
namespace {

// Data Lake names its own host; the blobs are at the one beside it.
void take_host(std::string host, AzureCredentialOptions& options) {
  options.account = host.substr(0, host.find('.'));
  if (host.find('.') == std::string::npos) return;
  if (size_t dfs = host.find(".dfs."); dfs != std::string::npos) host.replace(dfs, 5, ".blob.");
  options.endpoint = "https://" + host;
}

}  // namespace

std::shared_ptr<ObjectStore> open_azure_url(const StoreUrl& url, const StoreOptions& options) {
  HttpOptions http = http_options(options);
  AzureCredentialOptions wanted;
  size_t at = url.authority.find('@');
  if (at != std::string::npos) take_host(url.authority.substr(at + 1), wanted);
  wanted.account = options.text("account", wanted.account);
  wanted.endpoint = options.text("endpoint", wanted.endpoint);
  wanted.connection_string = Secret(options.text("connection_string", ""));
  wanted.key = Secret(options.text("account_key", ""));
  wanted.sas = Secret(options.text("sas_token", ""));
  wanted.token = Secret(options.text("token", ""));
  wanted.client_id = options.text("client_id", "");
  wanted.anonymous = options.flag("anonymous").value_or(false);
  AzureAccount account = find_azure_account(std::move(wanted), real_outside(http));
  split_url(account.endpoint);  // throws when it is none
  auto service = create_azure_service(account, url.authority.substr(0, at), create_http_client(http));
  return create_remote_store(std::move(service), url.path.empty() ? "" : url.path + "/",
                             remote_options(options));
}

}  // namespace af
