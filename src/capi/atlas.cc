// af_atlas_*: stores of datasets.
#include "atlas/atlas.h"

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/options.h"
#include "capi/results.h"
#include "capi/sized.h"
#include "store/url.h"

using af::acquire;
using af::Atlas;
using af::cleared;
using af::fail;
using af::guard;
using af::name_argument;
using af::Status;

namespace {

// A folder or a URL as the store that it lies in, and the prefix of its keys there.
using Place = af::UrlPlace;

Place place_argument(const char* path, int64_t path_len, af::Durability durability) {
  std::string_view text = af::path_argument(path, path_len, "path");
  if (af::is_store_url(text)) return af::open_url_place(text);
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  const size_t slash = text.rfind('/');
  const std::string_view name = text.substr(slash + 1);  // npos + 1 is 0
  // These name folders by where they are, not by what they are called.
  if (name.empty() || name == "." || name == "..") return {af::open_local_store(text, durability), {}};
  if (slash == std::string_view::npos) return {af::open_local_store(".", durability), std::string(name)};
  return {af::open_local_store(text.substr(0, slash == 0 ? 1 : slash), durability), std::string(name)};
}

using Begin = std::shared_ptr<Atlas>(std::shared_ptr<af::ObjectStore>, std::string_view,
                                     const af::AtlasOptions&);

af_status begin_at(Begin* begin, const char* path, int64_t path_len, const af_atlas_options* options,
                   af_atlas** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const af::OpenAtlasOptions known = af::atlas_options_argument(options);
    const Place place = place_argument(path, path_len, known.durability);
    result = af::open_handle<af_atlas>(begin(place.store, place.key, known.atlas));
  });
}

af_status begin_in(Begin* begin, af_store* store, const char* prefix, int64_t prefix_len,
                   const af_atlas_options* options, af_atlas** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    const auto held = acquire(store);
    const auto folder = af::text_argument(prefix, prefix_len, "prefix");
    result =
        af::open_handle<af_atlas>(begin(held.shared(), folder, af::atlas_options_argument(options).atlas));
  });
}

af_atlas_info shown(const af::AtlasInfo& found) {
  af_atlas_info info = AF_ATLAS_INFO_INIT;
  const bool container = found.container_format != 0;
  info.generation = container ? AF_ATLAS_CONTAINER_1 - 1 + found.container_format : found.schema_version;
  info.footer_version = found.footer_version;
  info.codec = af::codec_number(found.codec);
  if (!container) {
    info.metadata_format =
        found.document.format == af::MetadataFormat::kJson ? AF_METADATA_JSON : AF_METADATA_MSGPACK;
    info.metadata_codec = af::codec_number(found.document.compression);
  }
  info.dataset_count = found.dataset_count;
  info.row_count = found.row_count;
  info.variable_count = found.variable_count;
  info.epoch = static_cast<int64_t>(found.epoch);
  info.created_unix_ms = static_cast<int64_t>(found.created_unix_ms);
  info.commit = static_cast<int64_t>(found.commit);
  return info;
}

af::ValueMap commits_as_values(const std::vector<af::KeptCommit>& commits) {
  constexpr int64_t kPerMillisecond = 1000000;
  af::ValueMap map;
  for (const af::KeptCommit& commit : commits)
    map.emplace_back(std::to_string(commit.sequence),
                     af::Value::scalar(af::TypeId::kTimestampNs, commit.unix_ms * kPerMillisecond));
  return map;
}

}  // namespace

// -- opening and closing

af_status af_atlas_create(const char* path, int64_t path_len, const af_atlas_options* options, af_atlas** out,
                          af_error** err) {
  return begin_at(Atlas::create, path, path_len, options, out, err);
}

af_status af_atlas_open(const char* path, int64_t path_len, const af_atlas_options* options, af_atlas** out,
                        af_error** err) {
  return begin_at(Atlas::open, path, path_len, options, out, err);
}

af_status af_atlas_create_in(af_store* store, const char* prefix, int64_t prefix_len,
                             const af_atlas_options* options, af_atlas** out, af_error** err) {
  return begin_in(Atlas::create, store, prefix, prefix_len, options, out, err);
}

af_status af_atlas_open_in(af_store* store, const char* prefix, int64_t prefix_len,
                           const af_atlas_options* options, af_atlas** out, af_error** err) {
  return begin_in(Atlas::open, store, prefix, prefix_len, options, out, err);
}

void af_atlas_close(af_atlas* atlas) { af::close_handle(atlas); }

af_status af_atlas_set_cache(af_atlas* atlas, const af_cache* cache, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(atlas);
    held->set_cache(cache == nullptr ? nullptr : acquire(cache).shared());
  });
}

af_status af_atlas_set_progress(af_atlas* atlas, af_progress_fn progress, void* context, af_error** err) {
  return guard(err, [&] { acquire(atlas)->set_progress(af::progress_argument(progress, context)); });
}

af_status af_atlas_get_info(const af_atlas* atlas, af_atlas_info* info, af_error** err) {
  return guard(err, [&] {
    af::clear_sized(info, "info");
    af::fill_sized(info, shown(acquire(atlas)->info()));
  });
}

af_status af_atlas_io_stats(const af_atlas* atlas, af_io_stats* stats, af_error** err) {
  return guard(err, [&] {
    af::clear_sized(stats, "stats");
    af::fill_sized(stats, af::io_stats_of(acquire(atlas)->io_counts()));
  });
}

// -- datasets

af_status af_atlas_create_dataset(af_atlas* atlas, const char* name, int64_t name_len, af_dataset** out,
                                  af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::open_handle<af_dataset>(acquire(atlas)->create_dataset(name_argument(name, name_len)));
  });
}

af_status af_atlas_open_dataset(const af_atlas* atlas, const char* name, int64_t name_len, af_dataset** out,
                                af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::open_handle<af_dataset>(acquire(atlas)->open_dataset(name_argument(name, name_len)));
  });
}

af_status af_atlas_delete_dataset(af_atlas* atlas, const char* name, int64_t name_len, af_error** err) {
  return guard(err, [&] { acquire(atlas)->delete_dataset(name_argument(name, name_len)); });
}

af_status af_atlas_contains_dataset(const af_atlas* atlas, const char* name, int64_t name_len, uint8_t* out,
                                    af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(atlas)->contains_dataset(name_argument(name, name_len));
  });
}

af_status af_atlas_dataset_row(const af_atlas* atlas, const char* name, int64_t name_len, int64_t* out,
                               af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(atlas)->dataset_row(name_argument(name, name_len));
  });
}

af_status af_atlas_list_datasets(const af_atlas* atlas, af_values** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_values(acquire(atlas)->list_datasets());
  });
}

af_status af_atlas_list_variables(const af_atlas* atlas, af_values** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_values(acquire(atlas)->list_variables());
  });
}

af_status af_atlas_get_schema(const af_atlas* atlas, af_atlas_schema** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_atlas_schema(acquire(atlas)->merged());
  });
}

// -- the store

af_status af_atlas_flush(af_atlas* atlas, af_error** err) {
  return guard(err, [&] { acquire(atlas)->flush(); });
}

af_status af_atlas_is_dirty(const af_atlas* atlas, uint8_t* out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = acquire(atlas)->is_dirty();
  });
}

af_status af_atlas_compact(af_atlas* atlas, af_error** err) {
  return guard(err, [&] { acquire(atlas)->compact(); });
}

af_status af_atlas_refresh(af_atlas* atlas, uint8_t* changed, af_error** err) {
  return guard(err, [&] {
    if (changed != nullptr) *changed = 0;
    const bool moved = acquire(atlas)->refresh();
    if (changed != nullptr) *changed = moved;
  });
}

af_status af_atlas_verify(const af_atlas* atlas, af_report** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_report(acquire(atlas)->verify());
  });
}

af_status af_atlas_gc(af_atlas* atlas, int64_t* out, af_error** err) {
  return guard(err, [&] {
    if (out != nullptr) *out = 0;
    const int64_t given_back = acquire(atlas)->gc();
    if (out != nullptr) *out = given_back;
  });
}

af_status af_atlas_copy(const af_atlas* atlas, const char* path, int64_t path_len,
                        const af_atlas_options* options, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(atlas);
    const af::OpenAtlasOptions known = af::atlas_options_argument(options);
    const Place place = place_argument(path, path_len, known.durability);
    held->copy_to(place.store, place.key, known.atlas);
  });
}

af_status af_atlas_copy_in(const af_atlas* atlas, af_store* store, const char* prefix, int64_t prefix_len,
                           const af_atlas_options* options, af_error** err) {
  return guard(err, [&] {
    const auto held = acquire(atlas);
    const auto target = acquire(store);
    const auto folder = af::text_argument(prefix, prefix_len, "prefix");
    held->copy_to(target.shared(), folder, af::atlas_options_argument(options).atlas);
  });
}

af_status af_atlas_commits(const af_atlas* atlas, af_value_map** out, af_error** err) {
  return guard(err, [&] {
    auto& result = cleared(out, "out");
    result = af::new_value_map(commits_as_values(acquire(atlas)->commits()));
  });
}
