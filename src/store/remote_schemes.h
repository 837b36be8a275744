// The kinds of remote stores, each opened from a URL and options.
#pragma once

#include <memory>

#include "store/store.h"
#include "store/store_options.h"
#include "store/url.h"

namespace af {

std::shared_ptr<ObjectStore> open_s3_url(const StoreUrl& url, const StoreOptions& options);
std::shared_ptr<ObjectStore> open_gcs_url(const StoreUrl& url, const StoreOptions& options);
std::shared_ptr<ObjectStore> open_azure_url(const StoreUrl& url, const StoreOptions& options);
std::shared_ptr<ObjectStore> open_http_url(const StoreUrl& url, const StoreOptions& options);

}  // namespace af
