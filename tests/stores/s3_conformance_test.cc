#include "stores/remote_place.h"
#include "unit/store_conformance.h"

namespace af {
namespace {

class S3Backend : public RemoteBackend {
 public:
  static constexpr bool kVersionsAreContents = true;
};

INSTANTIATE_TYPED_TEST_SUITE_P(S3, StoreConformance, S3Backend);

}  // namespace
}  // namespace af
