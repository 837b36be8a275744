// A store on any service for objects.
#include <algorithm>

#include "store/remote_parts.h"
#include "store/signing/encoding.h"
#include "store/spool.h"
#include "store/temp_file.h"

namespace af {
namespace {

class RemoteUpload : public Upload {
 public:
  explicit RemoteUpload(std::shared_ptr<RemoteCore> core)
      : core_(std::move(core)), spool_(core_->options().upload_memory) {}

  uint64_t size() const override { return spool_.size(); }
  void append(ByteView bytes) override { spool_.append(bytes); }
  void read(uint64_t offset, MutableBytes into) const override { spool_.read(offset, into); }
  std::optional<std::string> finish(std::string_view key, std::span<const ByteView> tail,
                                    const Condition& condition) override {
    std::vector<ByteView> body{spool_.view()};
    body.insert(body.end(), tail.begin(), tail.end());
    return core_->put(key, body, condition);
  }

 private:
  std::shared_ptr<RemoteCore> core_;
  Spool spool_;
};

class RemoteStore : public ObjectStore, public BatchedStore {
 public:
  explicit RemoteStore(std::shared_ptr<RemoteCore> core) : core_(std::move(core)) {}

  std::string describe() const override { return core_->describe(); }
  std::unique_ptr<Object> open(std::string_view key) const override;
  std::optional<ObjectInfo> stat(std::string_view key) const override { return core_->stat(key); }
  std::optional<std::string> put(std::string_view key, ByteView bytes, const Condition& condition) override {
    return core_->put(key, std::span(&bytes, 1), condition);
  }
  std::unique_ptr<Upload> start_upload(std::string_view) override {
    return std::make_unique<RemoteUpload>(core_);
  }
  bool remove(std::string_view key, const std::optional<std::string>& version) override {
    return core_->remove(key, version);
  }
  bool rename(std::string_view from, std::string_view to) override;
  std::vector<ObjectInfo> list(std::string_view prefix, int64_t limit) const override;
  std::unique_ptr<StoreLock> lock(std::string_view) override { return nullptr; }

  int64_t abort_uploads(std::string_view prefix, int64_t begun_before) override;
  const BatchedStore* batched() const override { return this; }
  View open_and_list(std::string_view key, std::string_view prefix, int64_t limit) const override;
  std::vector<std::unique_ptr<Object>> open_listed(std::span<const ObjectInfo> objects) const override;

 private:
  HttpRequest list_request(std::string_view prefix, std::string_view from) const {
    return core_->service().list(core_->prefix() + std::string(prefix), from);
  }
  // Adds what an answer lists, and all pages after it.
  void add_pages(std::string_view prefix, int64_t limit, HttpRequest request, HttpResponse answer,
                 std::vector<ObjectInfo>* found) const;
  ListPage page_of(const HttpRequest& request, const HttpResponse& answer) const {
    try {
      return core_->service().page_of(answer);
    } catch (const Error& error) {
      throw Error(error.status(), text_of(request.subject, ": ", error.message()), 0, answer.status);
    }
  }
  std::unique_ptr<Object> object_of(std::optional<Tail> tail) const {
    return tail ? make_remote_object(core_, std::move(*tail)) : nullptr;
  }
  void add_page(std::string_view prefix, int64_t limit, ListPage page, std::vector<ObjectInfo>* found) const;

  std::shared_ptr<RemoteCore> core_;
};

std::unique_ptr<Object> RemoteStore::open(std::string_view key) const {
  std::optional<Tail> tail = core_->fetch_tail(key, "");
  if (!tail) fail(Status::kNotFound, describe(), ": there is no ", quoted(key));
  return make_remote_object(core_, std::move(*tail));
}

bool RemoteStore::rename(std::string_view from, std::string_view to) {
  std::unique_ptr<Object> object = open(from);
  if (stat(to)) return false;
  std::unique_ptr<Upload> copy = start_upload(to);
  auto size = static_cast<uint64_t>(object->info().size);
  Buffer piece(std::min(size, core_->options().upload_memory));
  for (uint64_t at = 0; at < size; at += piece.size()) {
    piece.shrink(std::min<uint64_t>(piece.size(), size - at));
    object->read(at, piece.span());
    copy->append(piece.view());
  }
  if (!copy->finish(to, ByteView{}, Condition::if_absent())) return false;
  // Where `from` was replaced meanwhile, the successor stays: as if it had been written after the rename.
  remove(from, object->info().version);
  return true;
}

void RemoteStore::add_page(std::string_view prefix, int64_t limit, ListPage page,
                           std::vector<ObjectInfo>* found) const {
  for (ObjectInfo& object : page.objects) {
    if (!object.key.starts_with(core_->prefix()) || is_temp_name(name_of(object.key))) continue;
    object.key.erase(0, core_->prefix().size());
    if (!object.key.starts_with(prefix) || object.key.find('/', prefix.size()) != std::string::npos) continue;
    if (static_cast<int64_t>(found->size()) >= limit)
      fail(Status::kLimitExceeded, describe(), " holds more than ", limit, " objects beginning with ",
           quoted(prefix));
    found->push_back(std::move(object));
  }
}

void RemoteStore::add_pages(std::string_view prefix, int64_t limit, HttpRequest request, HttpResponse answer,
                            std::vector<ObjectInfo>* found) const {
  const ObjectService& service = core_->service();
  for (std::string last;;) {
    if (service.outcome_of(answer) != Outcome::kDone) throw service.failure_of(request, answer);
    ListPage page = page_of(request, answer);
    std::string next = page.next;
    add_page(prefix, limit, std::move(page), found);
    if (next.empty()) break;
    if (next == last) fail(Status::kIo, request.subject, ": the service lists the same page again and again");
    request = list_request(prefix, next);
    answer = core_->send(request);
    last = std::move(next);
  }
  std::ranges::sort(*found, {}, &ObjectInfo::key);
}

std::vector<ObjectInfo> RemoteStore::list(std::string_view prefix, int64_t limit) const {
  std::vector<ObjectInfo> found;
  HttpRequest request = list_request(prefix, "");
  HttpResponse answer = core_->send(request);
  add_pages(prefix, limit, std::move(request), std::move(answer), &found);
  return found;
}

BatchedStore::View RemoteStore::open_and_list(std::string_view key, std::string_view prefix,
                                              int64_t limit) const {
  View view;
  if (!core_->service().has_suffix_ranges()) {
    view.listed = list(prefix, limit);
    view.object = object_of(core_->fetch_tail(key, ""));
    return view;
  }
  std::vector<HttpRequest> requests{core_->tail_request(key, ""), list_request(prefix, "")};
  std::vector<HttpResponse> answers = core_->service().client().send_all(requests);
  view.object = object_of(core_->tail_of(key, requests[0], answers[0]));
  add_pages(prefix, limit, std::move(requests[1]), std::move(answers[1]), &view.listed);
  return view;
}

std::vector<std::unique_ptr<Object>> RemoteStore::open_listed(std::span<const ObjectInfo> objects) const {
  std::vector<std::unique_ptr<Object>> opened(objects.size());
  std::vector<HttpRequest> requests;
  std::vector<size_t> asked;
  for (size_t i = 0; i < objects.size(); i++) {
    opened[i] = object_of(core_->take_own_tail(objects[i]));
    if (opened[i]) continue;
    requests.push_back(core_->listed_tail_request(objects[i]));
    asked.push_back(i);
  }
  std::vector<HttpResponse> answers = core_->service().client().send_all(requests);
  for (size_t i = 0; i < asked.size(); i++)
    opened[asked[i]] = object_of(core_->tail_of(objects[asked[i]].key, requests[i], answers[i]));
  return opened;
}

int64_t RemoteStore::abort_uploads(std::string_view prefix, int64_t begun_before) {
  int64_t aborted = 0;
  const ObjectService& service = core_->service();
  for (const OpenUpload& upload : service.open_uploads(core_->prefix() + std::string(prefix))) {
    std::string_view seconds = std::string_view(upload.started).substr(0, 19);
    std::optional<Seconds> started = parse_iso_time(std::string(seconds) + "Z");
    // One whose age is not known may be somebody's work.
    if (!started || started->time_since_epoch().count() >= begun_before) continue;
    std::vector<HttpRequest> requests = service.clear_upload(upload.key, upload.id, 0, false);
    std::vector<HttpResponse> answers = service.client().send_all(requests);
    for (size_t i = 0; i < answers.size(); i++)
      if (service.outcome_of(answers[i]) == Outcome::kFailed)
        throw service.failure_of(requests[i], answers[i]);
    aborted += answers.empty() ? 0 : 1;
  }
  return aborted;
}

}  // namespace

std::shared_ptr<ObjectStore> create_remote_store(std::shared_ptr<const ObjectService> service,
                                                 std::string prefix, const RemoteOptions& options) {
  return std::make_shared<RemoteStore>(
      std::make_shared<RemoteCore>(std::move(service), std::move(prefix), options));
}

}  // namespace af
