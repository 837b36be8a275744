// Verifying: every checksum, address, coordinate, dictionary and statistic of the opened layers.
#include <algorithm>
#include <set>

#include "file/array_file_impl.h"
#include "format/checksum.h"
#include "format/chunk.h"

namespace af {
namespace {

class Verifier {
 public:
  explicit Verifier(const ArrayFile::Impl& file) : file_(file) {}

  std::vector<Finding> run();

 private:
  void check_stack();
  void check_layer(const Layer& layer);
  void check_dictionaries(const Layer& layer);
  void check_array(const Layer& layer, uint64_t array);
  void check_blocks(const Layer& layer);
  void check_contents(const ArrayInUse& array);
  void check_stats_file();
  // Whether stored statistics are what the values give.
  void compare(std::string_view array, std::string_view where, const ArrayStats& stored,
               const ArrayStats& right, bool ours);

  const ArrayFile::Impl& file_;
  Findings findings_;
  int64_t done_ = 0, work_ = 0;
  // Whether the statistics file speaks of these layers, not of later ones.
  bool stats_file_counts_ = false;
};

std::vector<Finding> Verifier::run() {
  for (const auto& layer : file_.snapshot->layers())
    work_ += static_cast<int64_t>(layer->footer().block_count() + layer->footer().array_count());
  stats_file_counts_ =
      file_.options.layers == 0 && file_.snapshot->is_current(*file_.store, file_.name, file_.limits);
  check_stack();
  for (const auto& layer : file_.snapshot->layers()) check_layer(*layer);
  check_stats_file();
  findings_.sound([&] { file_.for_each_array([&](const ArrayInUse& array) { check_contents(array); }); });
  return findings_.take();
}

void Verifier::check_stack() {
  uint32_t expected = 0;
  for (const auto& layer : file_.snapshot->layers()) {
    if (layer->number() > expected)
      findings_.note(layer->key(), ": sidecars ", expected, " to ", layer->number() - 1,
                     " are missing before it");
    expected = layer->number() + 1;
    if (layer->foreign())
      findings_.note(layer->key(),
                     ": written by another library, without checksums: damage to its values cannot be seen");
  }
  for (const auto& layer : file_.snapshot->orphans())
    findings_.note(layer->key(), ": not read, it belongs to no commit of its store");
  for (const auto& layer : file_.snapshot->ignored()) {
    const std::vector<LayerId>& absorbed = file_.snapshot->base().absorbed();
    bool left = std::ranges::find(absorbed, layer->id()) != absorbed.end();
    findings_.note(layer->key(), left ? ": left behind by a compaction, its contents are in the base"
                                      : ": not read, the layer that it was written on is not below it");
  }
}

void Verifier::check_layer(const Layer& layer) {
  if (!findings_.sound([&] { layer.check_metadata(); })) return;
  check_dictionaries(layer);
  check_blocks(layer);
  std::set<std::string, std::less<>> names;
  for (uint64_t i = 0; i < layer.footer().array_count(); i++) {
    file_.report(++done_, work_);
    if (!findings_.sound([&] { check_array(layer, i); })) continue;
    std::string_view name = layer.footer().array(i).name();
    if (!names.emplace(name).second)
      findings_.note(layer.key(), ": array ", quoted(name), " is there twice, the last one counts");
  }
}

void Verifier::check_dictionaries(const Layer& layer) {
  std::set<std::string, std::less<>> keys;
  findings_.sound([&] {
    for (uint64_t i = 0; i < layer.footer().key_count(); i++)
      if (!keys.emplace(layer.footer().key(i)).second)
        findings_.note(layer.key(), ": attribute key ", quoted(layer.footer().key(i)), " is there twice");
    for (uint64_t i = 0; i < layer.footer().value_count(); i++) layer.footer().value(i);
  });
}

void Verifier::check_blocks(const Layer& layer) {
  uint64_t end = 0;
  for (uint64_t i = 0; i < layer.footer().block_count(); i++) {
    file_.report(++done_, work_);
    findings_.sound([&] {
      // Version 6 counts blocks, whatever their ids.
      BlockRecord block =
          layer.block(layer.footer().version() == 6 ? static_cast<uint32_t>(i) : layer.footer().block(i).id);
      if (block.offset < end)
        findings_.note(layer.key(), ": block ", block.id, " at ", block.offset,
                       " overlaps the one before it");
      end = block.offset + block.stored_size;
      Buffer stored = layer.stored_block(block);
      Buffer room;
      uint64_t size = layer.decode(block, stored.view(), UINT64_MAX, room).bytes.size();
      if (size != block.raw_size && !(layer.foreign() && block.codec.empty()))
        findings_.problem(layer.key(), ": block ", block.id, " decodes to ", size, " bytes, the footer says ",
                          block.raw_size);
    });
  }
}

void Verifier::check_array(const Layer& layer, uint64_t array) {
  ArrayView view = layer.footer().array(array);
  std::string_view name = view.name();
  ArraySchema schema = view.schema();
  Grid grid(schema.shape, schema.chunk_shape);
  std::set<Extents> coords;
  for (uint64_t i = 0; i < view.chunk_count(); i++) {
    std::optional<Extents> coord = view.chunk_coord(i, schema.shape.rank());
    ChunkAddress address = view.chunk_address(i);
    if (!coord) {
      findings_.problem(layer.key(), ": array ", quoted(name), ": chunk ", i,
                        " has a coordinate of too low a rank");
      continue;
    }
    if (!coords.insert(*coord).second)
      findings_.problem(layer.key(), ": array ", quoted(name), ": chunk ", i,
                        " has the coordinate of another");
    if (!grid.contains(*coord) && address.size != 0)
      findings_.note(layer.key(), ": array ", quoted(name), ": chunk ", i, " lies outside the grid");
    BlockRecord block = layer.block(address.block);
    if (!within(address.offset, address.size, block.raw_size))
      findings_.problem(layer.key(), ": array ", quoted(name), ": chunk ", i, " of ", address.size,
                        " bytes at ", address.offset, " lies outside block ", address.block, " of ",
                        block.raw_size);
  }
  for (uint64_t i = 0; i < view.attribute_count(); i++) {
    AttributeEntry entry = view.attribute(i);
    if (entry.key >= layer.footer().key_count() || entry.value >= layer.footer().value_count())
      findings_.report(!layer.foreign(), layer.key(), ": array ", quoted(name), ": attribute ", i,
                       " is not in this layer's dictionary");
  }
  if (!layer.foreign() && layer.find(name, name_hash(name)) != array)
    findings_.problem(layer.key(), ": array ", quoted(name), " is not found by the index of names");
}

void Verifier::compare(std::string_view array, std::string_view where, const ArrayStats& stored,
                       const ArrayStats& right, bool ours) {
  if (stored == right) return;
  std::string_view what = stored.row_count != right.row_count     ? "row count"
                          : stored.null_count != right.null_count ? "null count"
                          : stored.min != right.min               ? "minimum"
                                                                  : "maximum";
  findings_.report(ours, "array ", quoted(array), ": the ", what, " in ", where,
                   " is not that of the values");
}

void Verifier::check_contents(const ArrayInUse& array) {
  Summary right;
  Grid grid = array.grid();
  bool readable = true;
  for (const Extents& coord : file_.written_coords(array)) {
    readable = findings_.sound([&] {
      ChunkPlace place = file_.locate(array, grid, coord, nullptr);
      Buffer payload = file_.written_payload(place);
      Summary found;
      try {
        found = summarise(array.dtype, array.fill(), payload.view(), grid.chunk_elements(coord));
      } catch (const Error& error) {
        throw Error(error.status(), text_of("array ", quoted(array.name), ": ", error.message()));
      }
      if (place.layer) {
        std::optional<Summary> stored =
            place.layer->layer->chunk_summary(place.layer->array, place.layer->position);
        // Masks hold fill values that nobody wrote.
        if (stored && !(*stored == found) && !(*stored == Summary{}))
          findings_.problem("array ", quoted(array.name), ": the statistics of a chunk in ",
                            place.layer->layer->key(), " are not those of its values");
        if (stored) found = *stored;
      }
      right.merge(found);
    }) && readable;
  }
  if (!readable) return;
  findings_.sound([&] {
    std::optional<ArrayStats> stored = file_.stats_of(array);
    std::optional<uint64_t> rows = row_count(array.shape);
    bool ours = array.pending || !array.mentions.front().layer->foreign();
    if (!rows) return;
    ArrayStats wanted = array_stats(right, *rows);
    if (stored)
      compare(array.name,
              ours || file_.snapshot->immutable() ? array.mentions.front().layer->key() : file_.name.stats(),
              *stored, wanted, ours);
    if (!ours || !stats_file_counts_) return;
    std::shared_ptr<const StatsIndex> index = file_.load_stats();
    if (auto found = index->entries.find(std::string(array.name)); found != index->entries.end())
      compare(array.name, file_.name.stats(), found->second, wanted, false);
  });
}

void Verifier::check_stats_file() {
  findings_.sound([&] {
    if (file_.store->stat(file_.name.stats()) && !file_.load_stats()->readable)
      findings_.problem(file_.name.stats(), ": the statistics cannot be read; data are not affected");
  });
}

}  // namespace

std::vector<Finding> ArrayFile::verify() const {
  std::shared_lock lock(mutex_);
  // Layers only: what is pending has not been written yet.
  Impl layers(impl_->store, impl_->name.base(), impl_->options);
  layers.snapshot = impl_->snapshot;
  layers.progress = impl_->progress;
  layers.counters = impl_->counters;
  auto watch = layers.watch();
  return Verifier(layers).run();
}

}  // namespace af
