// af info: what a stack is made of.
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/mapped.h"
#include "cli/stack.h"
#include "cli/store.h"
#include "cli/text.h"

namespace af::cli {
namespace {

// Numbers of sidecars that are not there, though a higher one is.
struct Gap {
  int64_t first;
  int64_t last;
};

struct Facts {
  int32_t footer_version = 0;
  std::vector<af_layer_info> layers;
  std::vector<Gap> gaps;
  int64_t arrays = 0;
};

std::vector<Gap> gaps_of(const std::vector<af_layer_info>& layers) {
  std::vector<Gap> gaps;
  for (size_t i = 1; i < layers.size(); i++) {
    const int64_t expected = layers[i - 1].number + 1;
    if (layers[i].number > expected) gaps.push_back({expected, layers[i].number - 1});
  }
  return gaps;
}

Facts facts_of(const af_file* file) {
  Facts facts;
  call(af_file_footer_version, file, &facts.footer_version);
  facts.layers = layers_of(file);
  facts.gaps = gaps_of(facts.layers);
  facts.arrays = af_listing_count(make<Listing>(af_file_list, file).get());
  return facts;
}

std::string id_text(const af_layer_info& layer) {
  return hex({reinterpret_cast<const char*>(layer.id), sizeof layer.id});
}

void print_json(Output& out, const std::string& path, const Facts& facts) {
  JsonWriter json(out);
  json.begin_object();
  json.member("path", path);
  json.member("footer_version", facts.footer_version);
  json.member("arrays", facts.arrays);
  json.member("size", size_of(facts.layers));
  json.key("layers");
  json.begin_array();
  for (const af_layer_info& layer : facts.layers) {
    json.begin_object();
    json.member("number", layer.number);
    json.member("size", layer.size);
    json.member("arrays", layer.array_count);
    json.member("blocks", layer.block_count);
    json.member("id", id_text(layer));
    json.member("foreign", layer.foreign != 0);
    json.end_object();
  }
  json.end_array();
  json.key("gaps");
  json.begin_array();
  for (const Gap& gap : facts.gaps) {
    json.begin_object();
    json.member("first", gap.first);
    json.member("last", gap.last);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out.write("\n");
}

void print_text(Output& out, const std::string& path, const Facts& facts) {
  out.write(text_of(escaped(path), ": footer version ", facts.footer_version, ", ",
                    counted(static_cast<int64_t>(facts.layers.size()), "layer"), ", ",
                    counted(facts.arrays, "array"), ", ", size_text(size_of(facts.layers)), "\n"));
  for (const af_layer_info& layer : facts.layers) {
    out.write(text_of("  ", layer.number == 0 ? std::string("base") : text_of("layer ", layer.number), ": ",
                      counted(layer.array_count, "array"), ", ", counted(layer.block_count, "block"), ", ",
                      size_text(layer.size), ", id ", id_text(layer),
                      layer.foreign ? ", of another writer (no checksums)" : "", "\n"));
  }
  for (const Gap& gap : facts.gaps) {
    out.write(gap.first == gap.last ? text_of("  layer ", gap.first, " is missing\n")
                                    : text_of("  layers ", gap.first, " to ", gap.last, " are missing\n"));
  }
}

}  // namespace

ExitCode InfoCommand::run() const {
  if (is_store(source.path)) return info_store(*this);
  if (is_mapped_array(source.path)) return info_mapped(*this);
  const File file = open_stack(source);
  const Facts facts = facts_of(file.get());
  Output out;
  json ? print_json(out, source.path, facts) : print_text(out, source.path, facts);
  out.finish();
  return kOk;
}

}  // namespace af::cli
