// From one schema of a dataset to the next: most datasets of a store take the same steps, so each is worked
// out once.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/dataset_schema.h"

namespace af {

// The numbers are those of a pool, which must stay the same one.
class SchemaSteps {
 public:
  uint32_t with_variable(SchemaPool& pool, uint32_t from, VariableSchema variable);
  // `variable`: empty for attributes of the dataset. An attribute of that key keeps its place.
  uint32_t with_attribute(SchemaPool& pool, uint32_t from, std::string_view variable, std::string_view key,
                          AttributeType type);
  static uint32_t without_variable(SchemaPool& pool, uint32_t from, std::string_view variable);
  static uint32_t without_attribute(SchemaPool& pool, uint32_t from, std::string_view variable,
                                    std::string_view key);
  void clear() { steps_.clear(); }

 private:
  struct Step {
    VariableSchema variable;  // of a step that declares an attribute only the name
    std::string key;
    AttributeType type;
    bool is_attribute = false;
    uint32_t to = 0;

    bool same(const Step& other) const {
      return is_attribute == other.is_attribute && key == other.key && type == other.type &&
             variable == other.variable;
    }
  };
  template <typename Change>
  uint32_t take(SchemaPool& pool, uint32_t from, Step step, const Change& change);

  std::unordered_map<uint32_t, std::vector<Step>> steps_;
};

}  // namespace af
