// Google Cloud Storage, by both of its ways to ask, and Azure.
#include "stores/remote_place.h"
#include "unit/store_conformance.h"

namespace af {
namespace {

class GcsBackend : public RemoteBackend {};
INSTANTIATE_TYPED_TEST_SUITE_P(Gcs, StoreConformance, GcsBackend);

class AzureBackend : public RemoteBackend {};
INSTANTIATE_TYPED_TEST_SUITE_P(Azure, StoreConformance, AzureBackend);

// The server that stands in for S3 speaks Google's words too.
class HmacBackend {
 public:
  static constexpr bool kHasLocks = false, kHasMaps = false;
  ObjectStore& store() { return *store_; }
  void make_folder(const std::string&) {}

 private:
  static std::string options() {
    return text_of("endpoint=", std::getenv("AWS_ENDPOINT_URL"),
                   "\nhmac_id=", std::getenv("AWS_ACCESS_KEY_ID"),
                   "\nhmac_secret=", std::getenv("AWS_SECRET_ACCESS_KEY"));
  }
  std::shared_ptr<ObjectStore> store_ = open_store_url("gs" + new_remote_url().substr(2), options());
};
INSTANTIATE_TYPED_TEST_SUITE_P(Hmac, StoreConformance, HmacBackend);

}  // namespace
}  // namespace af
