#include "world.h"

namespace af::model {

// ---------------------------------------------------------------- helpers

template <typename Action>
void World::unless_stale(Handle& handle, const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    if (error.status() != Status::kStale || !may_be_stale(handle)) throw;
    move_on(handle);
  }
}

template <typename Action>
void World::refused(Status status, const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return require(error.status() == status, "refused with ", static_cast<int>(error.status()), ", expected ",
                   static_cast<int>(status), ": ", error.message());
  }
  throw Mismatch(text_of("not refused with ", static_cast<int>(status)));
}

template <typename Action>
bool World::present(Handle& handle, const std::string& name, const Action& action) {
  require(handle.file->contains(name) == (handle.model.now.find(name) != nullptr), named(name),
          " is there or not");
  if (handle.model.now.find(name)) return true;
  refused(Status::kArrayNotFound, action);
  return false;
}

std::shared_ptr<ArrayFile> World::open(int layers) const {
  FileOptions options;
  options.layers = layers;
  options.threads = 1;
  return ArrayFile::open(place_.store(), kKey, options);
}

FileOptions World::random_options(Choices& choices) const {
  FileOptions options;
  options.writable = true;
  options.footer_version = start_.footer_version;
  options.codec.name = choices.of<std::string>({"", "lz4", "zstd"});
  options.codec.level = static_cast<int>(choices.of<int>({3, 1, -5, 19}));
  options.threads = static_cast<int>(choices.between(1, 2));
  options.block_size = choices.of<int64_t>({256 << 10, 1, 16, 100});
  options.write_buffer_size = choices.of<int64_t>({64 << 20, 1, 40, 200});
  options.cache_size = choices.of<int64_t>({64 << 20, 0, 100});
  return options;
}

void World::reopen(Handle& handle, Choices choices) {
  handle.file = nullptr;
  handle.file = ArrayFile::open(handle.store_in(place_), kKey, random_options(choices));
  is_current(handle);
}

void World::move_on(Handle& handle) {
  handle.file->refresh();
  require(!handle.file->is_dirty(), "there are changes after a refresh");
  is_current(handle);
}

void World::is_current(Handle& handle) {
  handle.model.move_to(committed_, log_.size());
  handle.runs = runs_;
}

// ---------------------------------------------------------------- changes

void World::define(int writer, const std::string& name, uint64_t seed) {
  Handle& at = handle(writer);
  Choices choices(seed);
  ArraySchema schema = random_schema(choices);
  if (at.model.now.find(name))
    return refused(Status::kArrayAlreadyExists, [&] { at.file->define(name, schema); });
  at.file->define(name, schema);
  at.model.define(name, schema);
  if (choices.one_in(2)) write(writer, name, choices.bits());
}

void World::erase(int writer, const std::string& name, uint64_t) {
  Handle& at = handle(writer);
  if (!present(at, name, [&] { at.file->erase(name); })) return;
  at.file->erase(name);
  at.model.erase(name);
}

void World::redefine(int writer, const std::string& name, uint64_t seed) {
  Choices choices(seed);
  const Array* old = handle(writer).model.now.find(name);
  std::optional<ArraySchema> schema;
  if (old && choices.one_in(2)) schema = old->schema;
  erase(writer, name, 0);
  if (choices.one_in(3)) flush(writer, name, 0);
  Handle& at = handle(writer);
  if (!schema || at.model.now.find(name)) return define(writer, name, choices.bits());
  at.file->define(name, *schema);
  at.model.define(name, *schema);
  if (choices.one_in(2)) write(writer, name, choices.bits());
}

void World::put_cells(Handle& at, const std::string& name, const Index& start, const Index& extent,
                      const std::vector<Cell>& cells) {
  std::string bytes = join(cells);
  if (is_variable(at.model.now.find(name)->type())) {
    std::vector<int64_t> offsets{0};
    for (const Cell& cell : cells) offsets.push_back(offsets.back() + static_cast<int64_t>(cell.size()));
    at.file->write_variable(name, start, extent, as_bytes(bytes).data(), offsets);
  } else {
    at.file->write(name, start, extent, {as_bytes(bytes), {}});
  }
  at.model.write(name, start, extent, cells);
}

void World::write(int writer, const std::string& name, uint64_t seed) {
  Handle& at = handle(writer);
  if (!present(at, name, [&] { at.file->write(name, {}, {}, {}); })) return;
  const Array& array = *at.model.now.find(name);
  if (is_list(array.type())) return write_chunk(writer, name, seed);
  Choices choices(seed);
  auto [start, extent] = random_region(choices, array);
  std::vector<Cell> cells = random_cells(choices, array.schema, extent);
  unless_stale(at, [&, start = start, extent = extent] { put_cells(at, name, start, extent, cells); });
}

void World::write_chunk(int writer, const std::string& name, uint64_t seed) {
  Handle& at = handle(writer);
  if (!present(at, name, [&] { at.file->write_chunk(name, {}, {}); })) return;
  const Array& array = *at.model.now.find(name);
  Choices choices(seed);
  Index coord = array.grid();
  if (count_of(coord) == 0)
    return refused(Status::kOutOfBounds, [&] { at.file->write_chunk(name, coord, {}); });
  for (int64_t& position : coord) position = choices.between(0, position - 1);
  if (is_list(array.type())) {
    std::string payload = choices.of(kTexts);
    at.file->write_chunk(name, coord, as_bytes(payload));
    return at.model.write_payload(name, coord, payload);
  }
  Index start = array.chunk_start(coord), extent = array.chunk_extent(coord);
  at.model.write(name, start, extent, random_cells(choices, array.schema, extent));
  at.file->write_chunk(name, coord, as_bytes(payload_of(*at.model.now.find(name), coord)));
}

void World::do_resize(Handle& at, const std::string& name, const Index& shape) {
  if (is_list(at.model.now.find(name)->type()))
    return refused(Status::kDtypeMismatch, [&] { at.file->resize(name, shape); });
  unless_stale(at, [&] {
    at.file->resize(name, shape);
    at.model.resize(name, shape);
  });
}

void World::resize(int writer, const std::string& name, uint64_t seed) {
  Handle& at = handle(writer);
  if (!present(at, name, [&] { at.file->resize(name, {}); })) return;
  Choices choices(seed);
  Index old = at.model.now.find(name)->shape(), shape = old;
  for (int64_t& extent : shape) extent = random_extent(choices);
  do_resize(at, name, shape);
  if (!choices.one_in(4) || !at.model.now.find(name)) return;
  if (at.model.now.find(name)->shape() == shape) do_resize(at, name, old);
}

void World::do_set_attribute(Handle& at, const std::string& name, const std::string& key,
                             const Value& value) {
  bool holds = start_.footer_version == 5 || (!value.is_list() && value.type() != TypeId::kBinary);
  if (!holds || value.type() == TypeId::kTimestampNs)
    return refused(Status::kUnsupported, [&] { at.file->set_attribute(name, key, value); });
  if (!present(at, name, [&] { at.file->set_attribute(name, key, value); })) return;
  at.file->set_attribute(name, key, value);
  at.model.set_attribute(name, key, value);
}

const std::string kKeys[] = {"units", "k", "", "a key of more than sixteen bytes", "ü"};

void World::set_attribute(int writer, const std::string& name, uint64_t seed) {
  Choices choices(seed);
  Value value =
      choices.one_in(20) ? Value::scalar(TypeId::kTimestampNs, int64_t{1}) : random_attribute(choices);
  do_set_attribute(handle(writer), name, choices.of(kKeys), value);
}

void World::remove_attribute(int writer, const std::string& name, uint64_t seed) {
  Handle& at = handle(writer);
  Choices choices(seed);
  const std::string& key = choices.of(kKeys);
  if (!present(at, name, [&] { at.file->remove_attribute(name, key); })) return;
  if (!at.model.now.find(name)->attributes.contains(key))
    return refused(Status::kAttributeNotFound, [&] { at.file->remove_attribute(name, key); });
  at.file->remove_attribute(name, key);
  at.model.remove_attribute(name, key);
}

void World::set_file_attribute(int writer, const std::string&, uint64_t seed) {
  Handle& at = handle(writer);
  Choices choices(seed);
  Value value = Value::of_bytes(TypeId::kString, choices.of(kTexts));
  const std::string& key = choices.of(kKeys);
  at.file->set_file_attribute(key, value);
  if (!at.model.now.find("__file__")) at.model.define("__file__", make_schema(TypeId::kUInt8, Extents()));
  at.model.set_attribute("__file__", key, value);
}

// ---------------------------------------------------------------- looking

void World::read(int writer, const std::string& name, uint64_t seed) {
  Handle& at = handle(writer);
  if (!present(at, name, [&] { at.file->read(name, {}, {}, {}); })) return;
  const Array& array = *at.model.now.find(name);
  if (is_list(array.type())) return;
  Choices choices(seed);
  auto [start, extent] = random_region(choices, array);
  std::vector<Cell> expected;
  for_each_index(extent, [&, start = start](const Index& offset) {
    expected.push_back(array.value(plus(start, offset)));
  });
  unless_stale(at, [&, start = start, extent = extent] {
    std::vector<Cell> found = read_cells(*at.file, name, array.type(), start, extent);
    require(found == expected, "a region of ", named(name), " holds ", in_hex(found), ", expected ",
            in_hex(expected));
  });
}

void World::keep_reader(int, const std::string&, uint64_t seed) {
  Reader reader{open(), committed_};
  if (readers_.size() < 4)
    readers_.push_back(std::move(reader));
  else
    readers_[Choices(seed).below(4)] = std::move(reader);
}

void World::look_back(int, const std::string&, uint64_t seed) {
  size_t layers = 1 + Choices(seed).below(history_.size() + 1);
  if (layers > history_.size()) return refused(Status::kOutOfBounds, [&] { open(static_cast<int>(layers)); });
  require_shows(*open(static_cast<int>(layers)), history_[layers - 1]);
}

void World::finish() {
  for (const Reader& reader : readers_) {
    try {
      require_shows(*reader.file, reader.contents);
    } catch (const Error& error) {
      if (error.status() != Status::kStale || !place_.forgets()) throw;
    }
  }
  for (Handle& at : handles_) unless_stale(at, [&] { require_shows(*at.file, at.model.now); });
  require_shows(*open(), committed_);
  for (Handle& at : handles_) at.file = nullptr;
  for (const std::string& name : place_.names())
    require(name.find(".tmp-") == std::string::npos && !name.ends_with(".lock"), named(name),
            " was left behind");
}

// ---------------------------------------------------------------- committing

Status World::run(Handle& at, bool compaction) {
  bool may_be_stale = this->may_be_stale(at);
  runs_++;
  try {
    if (compaction)
      at.file->compact();
    else
      at.file->flush();
    return Status::kOk;
  } catch (const Error& error) {
    bool told = error.status() == Status::kConflict || error.status() == Status::kCancelled ||
                (error.status() == Status::kIo && at.store->has_failed()) ||
                (error.status() == Status::kStale && may_be_stale) ||
                (error.status() == Status::kUnsupported && !place_.has_locks());
    if (!told) throw;
    return error.status();
  }
}

void World::accept(const Handle& at) {
  committed_ = at.model.merged_into(committed_);
  log_.push_back(at.model.changes);
}

void World::require_tidy() const {
  std::set<std::string> found = place_.names(), expected{"s.af", "s.stats"};
  // Copies, and what others have spilled of changes to come.
  std::erase_if(found, [](const std::string& name) {
    return name.starts_with("copy.") || name.find(".tmp-") != std::string::npos;
  });
  for (int64_t number = 1; number < open()->layer_count(); number++)
    expected.insert(text_of("s.", number, ".af"));
  std::string names;
  for (const std::string& name : found) names += " " + name;
  require(found == expected, "after a commit there are", names);
}

void World::require_committed() {
  std::shared_ptr<ArrayFile> fresh = open();
  require_shows(*fresh, committed_);
  require_sound(*fresh);
  size_t layers = static_cast<size_t>(fresh->layer_count());
  // A flush may have had to compact before it could commit.
  LayerInfo base = fresh->layer(0);
  if (base.id != base_id_ && layers == 2) history_ = {history_.back()};
  base_id_ = base.id;
  if (layers == 1) history_.clear();
  if (layers == history_.size() + 1) history_.push_back(committed_);
  require(layers == history_.size(), "there are ", layers, " layers, expected ", history_.size());
}

void World::commit(Handle& at, bool compaction) {
  bool dirty = !at.model.changes.empty();
  require(at.file->is_dirty() == dirty, "there are changes or not");
  Verdict verdict = at.model.verdict(committed_, log_);
  Status status = run(at, compaction);
  if (status != Status::kOk) {
    require(verdict != Verdict::kMerges || status != Status::kConflict, "a conflict without an overlap");
    require(at.file->is_dirty() == dirty, "changes that were not committed do not stay pending");
    require_shows(*open(), committed_);
    return move_on(at);
  }
  require(verdict != Verdict::kConflicts || !dirty, "an overlap without a conflict");
  if (!dirty && !compaction) return;
  if (dirty) accept(at);
  is_current(at);
  if (!dirty && history_.size() == 1) return;  // there was nothing to do
  clean_ = true;
  require_shows(*at.file, committed_);
  require_committed();
  require(!compaction || open()->layer_count() == 1, "there are sidecars after a compaction");
  require_stats_file(*place_.store(), "s.stats", committed_);
  require_tidy();
}

void World::flush(int writer, const std::string&, uint64_t) {
  Handle& at = handle(writer);
  unless_stale(at, [&] { require_shows(*at.file, at.model.now); });
  commit(at, false);
}

void World::compact(int writer, const std::string&, uint64_t) { commit(handle(writer), true); }

void World::refresh(int writer, const std::string&, uint64_t) { move_on(handle(writer)); }

void World::reopen(int writer, const std::string&, uint64_t seed) { reopen(handle(writer), Choices(seed)); }

void World::copy(int writer, const std::string&, uint64_t seed) {
  Handle& at = handle(writer);
  Choices choices(seed);
  FileOptions options = random_options(choices);
  options.replace = true;
  options.footer_version = static_cast<int>(choices.between(4, 5));
  const Contents& expected = at.model.base;
  bool fits = true;
  for (const std::string& name : expected.names())
    for (const auto& [key, value] : expected.find(name)->attributes)
      fits = fits && (options.footer_version == 5 || (!value.is_list() && value.type() != TypeId::kBinary));
  std::shared_ptr<ObjectStore> store = place_.store();
  unless_stale(at, [&] {
    if (!fits) return refused(Status::kUnsupported, [&] { at.file->copy_to(store, "copy.af", options); });
    at.file->copy_to(store, "copy.af", options);
    auto copied = ArrayFile::open(store, "copy.af", {});
    require_shows(*copied, expected);
    require_sound(*copied);
    require_stats_file(*store, "copy.stats", expected);
    require(copied->footer_version() == options.footer_version, "the copy has another footer version");
  });
}

// ---------------------------------------------------------------- failures

void World::settle(Handle& at, bool must_be_new, bool must_be_old) {
  Contents before = committed_, after = at.model.merged_into(committed_);
  bool is_new = before == after ? must_be_new : false;
  std::shared_ptr<ArrayFile> fresh = open();
  try {
    require_shows(*fresh, before);
    require(!must_be_new || before == after, "what was committed is not there");
  } catch (const Mismatch&) {
    if (must_be_old) throw;
    require_shows(*fresh, after);
    is_new = true;
  }
  if (is_new && !at.model.changes.empty()) accept(at);
}

// One thing goes wrong during a commit: it is told, nobody sees any of it, and another attempt succeeds.
void World::interrupt(Handle& at, bool compaction) {
  bool overlaps = at.model.verdict(committed_, log_) != Verdict::kMerges;
  Status status = run(at, compaction);
  at.store->work_again();
  at.file->set_progress({});
  if (status == Status::kConflict || status == Status::kStale) {
    require(overlaps || status == Status::kStale, "a conflict without an overlap");
    require_shows(*open(), committed_);
    return move_on(at);
  }
  bool committed = !at.file->is_dirty();
  settle(at, committed && !at.model.changes.empty(), !committed);
  clean_ = false;
  if (committed) move_on(at);
  unless_stale(at, [&] {
    try {
      require_shows(*at.file, at.model.now);
    } catch (const Mismatch&) {
      // It may have come as far as to put its changes on top of those of others.
      at.model.rebase(committed_, log_.size());
      require_shows(*at.file, at.model.now);
    }
  });
  require_committed();
  commit(at, compaction);
}

void World::cancel(int writer, const std::string&, uint64_t seed) {
  Handle& at = handle(writer);
  Choices choices(seed);
  uint64_t moment = choices.below(12), calls = 0;
  at.file->set_progress([&](int64_t, int64_t) { return calls++ == moment; });
  interrupt(at, choices.one_in(2));
}

void World::fail_once(int writer, const std::string&, uint64_t seed) {
  Handle& at = handle(writer);
  Choices choices(seed);
  at.store->fail_at(static_cast<int>(choices.below(10)), FailingStore::Failure::kOnce);
  interrupt(at, choices.one_in(2));
}

bool World::die_at(int writer, bool compaction, int change) {
  Handle& at = handle(writer);
  Verdict verdict = at.model.verdict(committed_, log_);
  at.store->fail_at(change, FailingStore::Failure::kFromThenOn);
  Status status = run(at, compaction);
  bool stopped = at.store->has_failed();
  at.file = nullptr;
  bool dirty = !at.model.changes.empty();
  require(verdict != Verdict::kMerges || status != Status::kConflict, "a conflict without an overlap");
  require(verdict != Verdict::kConflicts || status != Status::kOk || !dirty, "an overlap without a conflict");
  settle(at, status == Status::kOk && dirty, verdict == Verdict::kConflicts || status == Status::kConflict);
  clean_ = false;
  require_committed();
  reopen(at, Choices(0));
  return stopped;
}

void World::die(int writer, const std::string&, uint64_t seed) {
  Choices choices(seed);
  bool compaction = choices.one_in(2);
  die_at(writer, compaction, static_cast<int>(choices.below(12)));
}

void World::commit_something(int writer) {
  move_on(handle(writer));
  set_file_attribute(writer, "", 1);
  flush(writer, "", 0);
}

}  // namespace af::model
