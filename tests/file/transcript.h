// What can be asked of a stack, as text: two stacks that answer alike have the same transcript.
#pragma once

#include "file/story.h"

namespace af {

inline std::string transcript_of(const Stack& stack) {
  std::string text;
  auto add = [&](const auto&... pieces) { text += text_of(pieces..., "\n"); };
  // Each answer stands for itself: one array that cannot be read must not keep the others from being asked.
  auto ask = [&](std::string_view what, const std::function<void()>& question) {
    try {
      question();
    } catch (const Error& error) {
      add(what, ": error ", static_cast<int>(error.status()));
    }
  };
  auto add_stats = [&](const std::optional<ArrayStats>& stats) {
    if (!stats) return add("unknown");
    for (const auto& bound : {stats->min, stats->max})
      bound ? add(static_cast<int>(bound->kind), " ", bound->bits, " ", bound->bytes) : add("no bound");
    add(stats->null_count, " of ", stats->row_count);
  };
  for (const std::string& name : stack.names()) {
    add("array ", name);
    ask("schema", [&] {
      ArraySchema schema = stack->schema(name);
      add(type_name(schema.dtype.id), testing::PrintToString(schema.shape),
          testing::PrintToString(schema.chunk_shape), testing::PrintToString(schema.dimension_names));
      if (schema.fill) add("fill ", testing::PrintToString(value_of(*schema.fill)));
      if (element_count(schema.shape) > 100000) return add("too large to be read whole");
      if (is_variable(schema.dtype.id)) {
        add(testing::PrintToString(stack.read_texts(name)));
      } else if (is_list(schema.dtype.id)) {
        for (const Extents& coord : stack->chunks(name))
          add(testing::PrintToString(coord), stack->read_chunk(name, coord.span()));
      } else {
        std::string bytes(static_cast<size_t>(element_count(schema.shape) * element_size(schema.dtype.id)),
                          '?');
        stack->read(name, {}, {}, {std::as_writable_bytes(std::span(bytes)), {}});
        add(testing::PrintToString(bytes));
      }
    });
    ask("attributes", [&] {
      for (const auto& [key, value] : stack.attributes(name)) add(key, " = ", testing::PrintToString(value));
    });
    ask("stats", [&] { add_stats(stack->stats(name).stats); });
  }
  ask("column", [&] { add(stack->attribute_column("k0").size()); });
  return text;
}

// A stack of everything that small stacks can hold.
inline void fill_with_everything(const Stack& stack) {
  stack.define<int32_t>("numbers", {7}, {3}, filled_with(int64_t{-1}));
  stack.write<int32_t>("numbers", {1}, {5}, {1, 2, 3, 4, 5});
  stack->define("texts", array_of(TypeId::kString, {3}, {2}, filled_with("a fill value of some length")));
  stack.write_texts("texts", {"one", "two and more than sixteen bytes"}, {0}, {2});
  stack.define<double>("scalar, with a name that is long", {}, {});
  stack.write<double>("scalar, with a name that is long", {2.5});
  stack->set_attribute("numbers", "k0", text("a text of more than sixteen bytes"));
  stack->set_attribute("numbers", "k1", number(1.5));
  stack->set_attribute("texts", "list", Value::variable(TypeId::kString, true, "onetwo", {0, 3, 6}));
  DType list(TypeId::kFixedSizeList);
  list.child = std::make_shared<DType>(TypeId::kInt16);
  list.list_size = 2;
  stack->define("list", array_of(list, {2}));
  stack->write_chunk("list", Numbers{0}, as_bytes("12345678"));
}

}  // namespace af
