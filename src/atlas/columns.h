// One thing about many datasets: an attribute, or the bounds of a variable.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "atlas/atlas_impl.h"
#include "atlas/predicate.h"

namespace af {

// The attribute of each row, or nothing. `variable` is empty for attributes of the dataset.
std::vector<std::optional<Value>> attribute_column(const Atlas::Impl& atlas, std::string_view variable,
                                                   std::string_view key, const std::vector<size_t>& rows);

// What a predicate knows of a column, one cell for each row. Of a variable that no dataset has, nothing.
class BoundColumn {
 public:
  BoundColumn(const Atlas::Impl& atlas, const ColumnName& name, const std::vector<size_t>& rows);

  ColumnCell cell(size_t i) const;

 private:
  struct Entry {
    bool present = false;
    std::optional<StatValue> min, max;

    void take(const std::optional<ArrayStats>& stats) {
      if (!stats || !stats->min || !stats->max) return;
      min = stats->min;
      max = stats->max;
    }
  };
  void take_statistics(const Atlas::Impl& atlas, std::string_view variable, const std::vector<size_t>& rows);
  // Of all arrays of a stack, most of which are asked for.
  void take_all_statistics(const Atlas::Impl& atlas, std::string_view variable,
                           const std::vector<size_t>& rows);
  void take_attributes(const Atlas::Impl& atlas, const ColumnName& name, const std::vector<size_t>& rows);

  std::vector<Entry> entries_;
};

}  // namespace af
