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

// Larger than what goes in one request: in parts that nobody sees, and all or nothing of it.
void expect_parts_to_make_one(const std::string& options) {
  std::string url = new_remote_url(), bytes(12 << 20, '\0');
  for (size_t i = 0; i < bytes.size(); i++) bytes[i] = static_cast<char>(i * i >> 9);
  std::shared_ptr<ObjectStore> store =
      open_store_url(url, "multipart_size=5242880\npart_size=5242880\n" + options);
  auto put = [&](const Condition& condition) { return store->put("folder/x y", as_bytes(bytes), condition); };
  std::optional<std::string> version = put(Condition::if_absent());
  ASSERT_TRUE(version);
  EXPECT_FALSE(put(Condition::if_absent()));
  EXPECT_FALSE(put(Condition::if_match("another")));
  EXPECT_TRUE(put(Condition::if_match(*version)));
  auto object = open_store_url(url, options)->open("folder/x y");
  std::string found(bytes.size(), '?');
  object->read(0, {reinterpret_cast<std::byte*>(found.data()), found.size()});
  EXPECT_EQ(found, bytes);
  EXPECT_NE(object->info().version, *version);
  EXPECT_EQ(store->list("folder/", 10).size(), 1u);
}

TEST(GcsParts, MakeOneObject) { expect_parts_to_make_one(""); }
TEST(AzureParts, MakeOneBlob) { expect_parts_to_make_one(""); }

}  // namespace
}  // namespace af
