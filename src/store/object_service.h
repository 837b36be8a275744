// What a service for objects wants to hear and what its answers mean. One generic store (remote_store.cc)
// does the rest for all of them: ranges, conditions, lost answers, listing, large objects.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/http_client.h"
#include "store/store.h"

namespace af {

// Bytes of an object, or its last ones.
struct ByteRange {
  uint64_t offset = 0;
  uint64_t length = 0;
  bool from_end = false;  // the last `length` bytes; of a shorter object all

  static ByteRange of(uint64_t offset, uint64_t length) { return {offset, length, false}; }
  static ByteRange last(uint64_t length) { return {0, length, true}; }
};

// What a write does to the object under the key, and how it is known again. `writes` are ids, the newest
// first: that of this write, then those of the object it replaces as far as they are known. They are kept in
// the object's metadata.
struct WriteTerms {
  Condition condition;
  std::string writes;
};

// What an answer means.
enum class Outcome {
  kDone,
  kAbsent,  // no object (or upload) under the key
  kConditionFailed,
  kFailed,  // see ObjectService::failure_of
};

struct ListPage {
  std::vector<ObjectInfo> objects;  // with their versions
  std::string next;                 // what the next page begins with; "" after the last
};

// A part of a large object that is on the service.
struct StoredPart {
  int number = 0;  // from 1
  std::string tag;
};

struct OpenUpload {
  std::string key;
  std::string id;
  std::string started;  // ISO 8601
};

// The requests come without a sink; the store adds it, and what is sent. Called by many threads at once.
class ObjectService {
 public:
  virtual ~ObjectService() = default;
  // "s3://bucket", for messages and subjects.
  virtual std::string describe() const = 0;
  // The endpoint and the bucket: what is found out about one is not asked again in this process.
  virtual std::string place() const = 0;
  virtual HttpClient& client() const = 0;

  // Whether a range may be counted from the end.
  virtual bool has_suffix_ranges() const { return true; }
  // `version` "": whatever is there.
  virtual HttpRequest get(std::string_view key, const ByteRange& range, std::string_view version) const = 0;
  virtual HttpRequest head(std::string_view key) const = 0;
  // Any text may be given as a version; one that is none of the service's matches no object.
  virtual HttpRequest put(std::string_view key, std::span<const ByteView> body,
                          const WriteTerms& terms) const = 0;
  virtual HttpRequest remove(std::string_view key, const std::optional<std::string>& version) const = 0;
  // Keys below `prefix` up to the next '/'. `from`: ListPage::next.
  virtual HttpRequest list(std::string_view prefix, std::string_view from) const = 0;

  // Objects that are put in parts. A service may take none, or have no begin (begin_upload answers nothing;
  // an id that no other upload has stands for it then).
  virtual bool takes_parts() const { return true; }
  virtual int most_parts() const { return 10000; }
  virtual std::optional<HttpRequest> begin_upload(std::string_view key, const WriteTerms& terms) const = 0;
  virtual std::string upload_id(const HttpResponse& begun) const = 0;
  virtual HttpRequest put_part(std::string_view key, std::string_view upload, int number,
                               std::span<const ByteView> body) const = 0;
  virtual StoredPart part_of(int number, const HttpResponse& put) const = 0;
  // `body` is the store's to keep alive; the request may point into it.
  virtual HttpRequest complete_upload(std::string_view key, std::string_view upload,
                                      std::span<const StoredPart> parts, const WriteTerms& terms,
                                      std::string* body) const = 0;
  // Removes what is left of an upload that was completed or given up: the parts 1 to `parts`, as far as they
  // are there.
  virtual std::vector<HttpRequest> clear_upload(std::string_view key, std::string_view upload, int parts,
                                                bool completed) const = 0;
  // Uploads that were begun below `prefix` and neither completed nor aborted.
  virtual std::vector<OpenUpload> open_uploads(std::string_view prefix) const = 0;

  // What an answer means; never throws for an answer that is a failure.
  virtual Outcome outcome_of(const HttpResponse& answer) const = 0;
  // The failure as an error: status, HTTP status, the service's code, request id, method and subject.
  virtual Error failure_of(const HttpRequest& request, const HttpResponse& answer) const = 0;
  // Of a get, head, put or completed upload. The size is that of the whole object, -1 where it is not said.
  virtual ObjectInfo info_of(std::string_view key, const HttpResponse& answer) const = 0;
  // WriteTerms::writes of a get or head; "" for objects of other writers.
  virtual std::string writes_of(const HttpResponse& answer) const = 0;
  virtual ListPage page_of(const HttpResponse& answer) const = 0;
};

struct RemoteOptions {
  // Ranges with at most so many unwanted bytes between them are fetched together, up to a size.
  uint64_t coalesce_gap = 256 << 10;
  uint64_t coalesce_size = 8 << 20;
  // What is larger is put in parts of part_size.
  uint64_t multipart_size = 64 << 20;
  uint64_t part_size = 16 << 20;
  // Bytes of an object being written that are kept in memory; the rest waits in an unnamed temporary file.
  uint64_t upload_memory = 16 << 20;
  // One writer at a time is promised: nothing is asked of a service's conditions.
  bool single_writer = false;
};

// Keys are below `prefix` ("" or ending in '/').
std::shared_ptr<ObjectStore> create_remote_store(std::shared_ptr<const ObjectService> service,
                                                 std::string prefix, const RemoteOptions& options);

}  // namespace af
