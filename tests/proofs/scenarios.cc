#include "stage.h"

namespace af::proofs {
namespace {

using Actor = Stage::Actor;

ArraySchema array(TypeId type, const model::Index& shape, const model::Index& chunk_shape = {}) {
  ArraySchema schema = make_schema(type, Extents(shape));
  if (!chunk_shape.empty()) schema.chunk_shape = Extents(chunk_shape);
  return schema;
}

Value number(int64_t value) { return Value::scalar(TypeId::kInt64, value); }

// What most scenarios begin with: a stack of two layers.
Actor begun(Stage& stage) {
  Actor writer = stage.actor();
  writer.create();
  writer.define("a", array(TypeId::kInt32, {6}, {2}));
  writer.define("b", array(TypeId::kFloat64, {2, 3}));
  writer.define("texts", array(TypeId::kString, {3}));
  writer.write_numbers("a", {0}, {6}, 1);
  writer.flush();
  writer.write_numbers("a", {2}, {2}, 20);
  writer.write_numbers("b", {0, 0}, {2, 3}, 7);
  writer.write_texts("texts", {"one", "", "three"});
  writer.set_attribute("a", "units", Value::text("m"));
  writer.flush();
  return writer;
}

void create(Stage& stage) {
  Actor writer = stage.actor();
  writer.create();
  writer.define("a", array(TypeId::kInt32, {6}));
  writer.flush();
  writer.close();
  Actor other = stage.actor();
  other.create(true);
  other.define("b", array(TypeId::kInt8, {2}));
  other.write_numbers("b", {0}, {2}, 1);
  other.flush();
  other.close();
  stage.actor("other.af").create();
}

void define(Stage& stage) {
  Actor writer = begun(stage);
  for (TypeId type :
       {TypeId::kBool, TypeId::kUInt16, TypeId::kFloat32, TypeId::kTimestampNs, TypeId::kBinary})
    writer.define(text_of("of type ", static_cast<int>(type)), array(type, {2, 2}));
  writer.flush();
  writer.define("later", array(TypeId::kInt64, {}));
  writer.flush();
  writer.read_all();
}

// With so small a buffer that chunks go to disk before the flush.
void write(Stage& stage) {
  stage.write_buffer_size = 64;
  Actor writer = begun(stage);
  writer.define("big", array(TypeId::kInt64, {64}, {8}));
  for (int64_t start = 0; start < 64; start += 16) writer.write_numbers("big", {start}, {16}, 1000 * start);
  writer.read_all();
  writer.flush();
  writer.write_numbers("big", {5}, {20}, -5);
  writer.write_numbers("a", {0}, {3}, -1);
  writer.flush();
  writer.read_all();
}

void flush(Stage& stage) {
  Actor writer = begun(stage);
  for (int64_t i = 0; i < 4; i++) {
    writer.write_numbers("a", {i}, {2}, 100 * i);
    writer.flush();
  }
  writer.flush();
  writer.close();
  Actor next = stage.actor();
  next.open();
  next.write_numbers("b", {1, 1}, {1, 1}, 77);
  next.flush();
}

void erase(Stage& stage) {
  Actor writer = begun(stage);
  writer.erase("a");
  writer.flush();
  writer.erase("texts");
  writer.write_numbers("b", {0, 0}, {1, 3}, 4);
  writer.flush();
  writer.erase("b");
  writer.flush();
}

void redefine(Stage& stage) {
  Actor writer = begun(stage);
  writer.erase("a");
  writer.define("a", array(TypeId::kInt32, {6}, {2}));
  writer.write_numbers("a", {0}, {2}, 50);
  writer.flush();
  writer.erase("b");
  writer.flush();
  writer.define("b", array(TypeId::kInt16, {3, 2, 2}));
  writer.write_numbers("a", {4}, {1}, 9);
  writer.flush();
  writer.write_numbers("b", {0, 0, 0}, {3, 2, 2}, 3);
  writer.flush();
  writer.read_all();
}

void attributes(Stage& stage) {
  Actor writer = begun(stage);
  writer.set_attribute("a", "units", Value::text("km"));
  writer.set_attribute("b", "scale", Value::scalar(TypeId::kFloat32, 0.5F));
  writer.flush();
  writer.remove_attribute("a", "units");
  writer.set_attribute("b", "units", Value::text("a text of more than sixteen bytes"));
  writer.flush();
  writer.set_attribute("a", "count", number(3));
  writer.flush();
  writer.compact();
  writer.read_all();
}

void resize(Stage& stage) {
  Actor writer = begun(stage);
  writer.resize("a", {3});
  writer.flush();
  writer.resize("a", {9});
  writer.resize("b", {4, 2});
  writer.flush();
  writer.write_numbers("a", {5}, {4}, 60);
  writer.resize("a", {7});
  writer.flush();
  writer.read_all();
}

void compact(Stage& stage) {
  Actor writer = begun(stage);
  writer.write_numbers("a", {0}, {1}, 11);
  writer.compact();
  writer.write_numbers("a", {1}, {1}, 12);
  writer.flush();
  writer.erase("b");
  writer.flush();
  writer.compact();
  writer.compact();
  writer.read_all();
}

void copy(Stage& stage) {
  Actor writer = begun(stage);
  writer.copy_to("copy.af");
  writer.write_numbers("a", {0}, {2}, 30);
  writer.flush();
  Actor other = stage.actor("copy.af");
  other.open();
  other.erase("b");
  other.flush();
  other.close();
  writer.copy_to("copy.af");
  writer.read_all();
}

void refresh_while_compacting(Stage& stage) {
  Actor writer = begun(stage), reader = stage.actor();
  reader.open();
  writer.write_numbers("a", {1}, {1}, 44);
  writer.flush();
  writer.file().set_progress([&](int64_t, int64_t) {
    reader.refresh();
    reader.read_all();
    return false;
  });
  writer.compact();
  writer.file().set_progress({});
  reader.read_all();
  reader.refresh();
  reader.read_all();
}

void two_writers(Stage& stage) {
  Actor one = begun(stage), other = stage.actor();
  other.open();
  one.write_numbers("a", {0}, {2}, 31);
  other.write_numbers("a", {4}, {2}, 32);
  one.flush();
  other.flush();
  other.define("c", array(TypeId::kInt64, {2}));
  one.compact();
  other.flush();
  one.refresh();
  one.write_numbers("c", {0}, {1}, 33);
  other.compact();
  one.flush();
  one.read_all();
}

}  // namespace

const std::vector<Scenario> kScenarios = {
    {"create", create},
    {"define", define},
    {"write", write},
    {"flush", flush},
    {"delete", erase},
    {"redefine", redefine},
    {"attributes", attributes},
    {"resize", resize},
    {"compact", compact},
    {"copy", copy},
    {"refresh while compacting", refresh_while_compacting},
    {"two writers", two_writers},
};

}  // namespace af::proofs
