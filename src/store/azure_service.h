// Azure Blob Storage: block blobs. Versions are entity tags without their quotes.
#pragma once

#include <memory>
#include <string>

#include "store/credentials/azure.h"
#include "store/object_service.h"

namespace af {

std::shared_ptr<const ObjectService> create_azure_service(const AzureAccount& account, std::string container,
                                                          std::shared_ptr<HttpClient> client);

}  // namespace af
