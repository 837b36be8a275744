// Caches and stores.
#include "store/store.h"

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/results.h"
#include "capi/sized.h"
#include "file/cache.h"
#include "store/url.h"

using af::acquire;
using af::cleared;
using af::fail;
using af::guard;
using af::Status;

namespace {

std::string_view key_argument(const char* key, int64_t key_len) {
  return af::text_argument(key, key_len, "key");
}

std::string whole_object(const af::ObjectStore& store, std::string_view key) {
  const auto object = store.open(key);
  std::string bytes(static_cast<size_t>(object->info().size), '\0');
  object->read(0, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

af::Condition condition_argument(int32_t condition) {
  if (condition == AF_PUT_ALWAYS) return af::Condition::always();
  if (condition == AF_PUT_IF_ABSENT) return af::Condition::if_absent();
  fail(Status::kInvalidArgument, "condition is ", condition, ", expected AF_PUT_ALWAYS or AF_PUT_IF_ABSENT");
}

void check_complete(const af_store_callbacks& callbacks) {
  if (callbacks.stat == nullptr) af::fail_null("callbacks->stat");
  if (callbacks.get == nullptr) af::fail_null("callbacks->get");
  if (callbacks.put == nullptr) af::fail_null("callbacks->put");
  if (callbacks.remove == nullptr) af::fail_null("callbacks->remove");
  if (callbacks.list == nullptr) af::fail_null("callbacks->list");
}

af::VariableData keys_of(const std::vector<af::ObjectInfo>& objects) {
  af::VariableData keys;
  for (const af::ObjectInfo& object : objects) {
    keys.bytes += object.key;
    keys.offsets.push_back(static_cast<int64_t>(keys.bytes.size()));
  }
  return keys;
}

}  // namespace

af_status af_cache_create(int64_t capacity, af_cache** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    if (capacity < 0) fail(Status::kInvalidArgument, "capacity is negative: ", capacity);
    result = af::open_handle<af_cache>(std::make_shared<af::BlockCache>(capacity));
  });
}

void af_cache_close(af_cache* cache) { af::close_handle(cache); }

af_status af_cache_size(const af_cache* cache, int64_t* out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(cache)->size();
  });
}

af_status af_store_open_local(const char* folder, int64_t folder_len, af_store** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto path = af::path_argument(folder, folder_len, "folder");
    result = af::open_handle<af_store>(af::open_local_store(path, af::Durability::kFull));
  });
}

af_status af_store_open_url(const char* url, int64_t url_len, const char* options, int64_t options_len,
                            af_store** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto place = af::path_argument(url, url_len, "url");
    result = af::open_handle<af_store>(
        af::open_store_url(place, af::text_argument(options, options_len, "options")));
  });
}

af_status af_store_create_memory(af_store** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::open_handle<af_store>(af::create_memory_store());
  });
}

void af_store_close(af_store* store) { af::close_handle(store); }

af_status af_store_create_callbacks(const af_store_callbacks* callbacks, af_store** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const af_store_callbacks known = af::sized_copy(callbacks, "callbacks");
    check_complete(known);
    result = af::open_handle<af_store>(af::create_callback_store(known));
  });
}

af_status af_store_get(const af_store* store, const char* key, int64_t key_len, af_values** out,
                       af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(store);
    result = af::new_values(whole_object(*held, key_argument(key, key_len)));
  });
}

af_status af_store_put(af_store* store, const char* key, int64_t key_len, const void* src, int64_t src_len,
                       int32_t condition, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(store);
    const auto name = key_argument(key, key_len);
    if (!held->put(name, af::bytes_argument(src, src_len, "src"), condition_argument(condition)))
      fail(Status::kAlreadyExists, "the store has the key ", af::quoted(name), " already");
  });
}

af_status af_store_remove(af_store* store, const char* key, int64_t key_len, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(store);
    const auto name = key_argument(key, key_len);
    if (!held->remove(name)) fail(Status::kNotFound, "the store has no key ", af::quoted(name));
  });
}

af_status af_store_list(const af_store* store, const char* prefix, int64_t prefix_len, af_values** out,
                        af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(store);
    result = af::new_values(keys_of(held->list(af::text_argument(prefix, prefix_len, "prefix"), INT64_MAX)));
  });
}
