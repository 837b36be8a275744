// A store on any service for objects.
#include <algorithm>

#include "store/remote_parts.h"
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

class RemoteStore : public ObjectStore {
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

 private:
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

std::vector<ObjectInfo> RemoteStore::list(std::string_view prefix, int64_t limit) const {
  std::vector<ObjectInfo> found;
  std::string from;
  do {
    HttpRequest request = core_->service().list(core_->prefix() + std::string(prefix), from);
    HttpResponse answer = core_->send(request);
    if (core_->service().outcome_of(answer) != Outcome::kDone)
      throw core_->service().failure_of(request, answer);
    ListPage page = core_->service().page_of(answer);
    if (page.next == from && !from.empty())
      fail(Status::kIo, request.subject, ": the service lists the same page again and again");
    from = page.next;
    add_page(prefix, limit, std::move(page), &found);
  } while (!from.empty());
  std::ranges::sort(found, {}, &ObjectInfo::key);
  return found;
}

}  // namespace

std::shared_ptr<ObjectStore> create_remote_store(std::shared_ptr<const ObjectService> service,
                                                 std::string prefix, const RemoteOptions& options) {
  return std::make_shared<RemoteStore>(
      std::make_shared<RemoteCore>(std::move(service), std::move(prefix), options));
}

}  // namespace af
