#include "capi/arrow_tree.h"

namespace af {
namespace {

// What a struct points to. The structs of children are its own until somebody moves them away.
template <typename Struct>
struct Level {
  std::vector<Struct> structs;
  std::vector<Struct*> pointers;
  std::string format, name, metadata;
  std::vector<const void*> buffers;
  std::shared_ptr<const void> owner;

  explicit Level(size_t children) : structs(children), pointers(children) {
    for (size_t i = 0; i < children; i++) pointers[i] = &structs[i];
  }
  ~Level() {
    for (Struct& child : structs)
      if (child.release != nullptr) child.release(&child);
  }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
};

template <typename Struct>
void release(Struct* exported) {
  delete static_cast<Level<Struct>*>(exported->private_data);
  exported->release = nullptr;
}

template <typename Struct>
void finish(std::unique_ptr<Level<Struct>> level, Struct* out) {
  out->n_children = static_cast<int64_t>(level->structs.size());
  out->children = level->structs.empty() ? nullptr : level->pointers.data();
  out->release = release<Struct>;
  out->private_data = level.release();
}

void append_int32(std::string& text, size_t number) {
  const auto value = static_cast<int32_t>(number);
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::string arrow_metadata(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text;
  append_int32(text, pairs.size());
  for (const auto& [key, value] : pairs) {
    append_int32(text, key.size());
    text += key;
    append_int32(text, value.size());
    text += value;
  }
  return text;
}

void export_arrow_schema(const ArrowNode& node, ArrowSchema* out) {
  auto level = std::make_unique<Level<ArrowSchema>>(node.children.size());
  for (size_t i = 0; i < node.children.size(); i++) export_arrow_schema(node.children[i], &level->structs[i]);
  level->format = node.format;
  level->name = node.name;
  level->metadata = node.metadata;
  *out = {};
  out->format = level->format.c_str();
  out->name = level->name.c_str();
  out->metadata = level->metadata.empty() ? nullptr : level->metadata.data();
  finish(std::move(level), out);
}

void export_arrow_array(const ArrowNode& node, ArrowArray* out) {
  auto level = std::make_unique<Level<ArrowArray>>(node.children.size());
  for (size_t i = 0; i < node.children.size(); i++) export_arrow_array(node.children[i], &level->structs[i]);
  level->buffers = node.buffers;
  level->owner = node.owner;
  *out = {};
  out->length = node.length;
  out->n_buffers = static_cast<int64_t>(level->buffers.size());
  out->buffers = level->buffers.data();
  finish(std::move(level), out);
}

}  // namespace af
