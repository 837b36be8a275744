#include "container_source.h"

namespace af {

ContainerAsSource::ContainerAsSource(std::shared_ptr<const Container> container)
    : container_(std::move(container)) {
  for (size_t row = 0; row < container_->datasets().size(); row++)
    if (!container_->datasets().deleted(row)) rows_.push_back(row);
}

}  // namespace af
