// Where conversions take arrays from and put them to: a stack, or one dataset of a store. Attributes of the
// whole are those of the holder, `__file__`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/handles.h"
#include "cli/texts.h"

namespace af::cli {

class ArraySource {
 public:
  struct Item {
    std::string name;
    bool is_holder;
  };

  virtual ~ArraySource() = default;
  virtual std::vector<Item> list() const = 0;
  virtual Schema schema(std::string_view name) const = 0;
  virtual ValueMap attributes(std::string_view name) const = 0;
  virtual void read(std::string_view name, const Region& region, std::span<std::byte> into) const = 0;
  virtual Values read_variable(std::string_view name, const Region& region) const = 0;
};

class StackSource : public ArraySource {
 public:
  explicit StackSource(const af_file* file) : file_(file) {}
  std::vector<Item> list() const override;
  Schema schema(std::string_view name) const override { return schema_of(file_, name); }
  ValueMap attributes(std::string_view name) const override { return attributes_of(file_, name); }
  void read(std::string_view name, const Region& region, std::span<std::byte> into) const override {
    read_fixed(file_, name, region, into);
  }
  Values read_variable(std::string_view name, const Region& region) const override {
    return cli::read_variable(file_, name, region);
  }

 private:
  const af_file* file_;
};

class DatasetSource : public ArraySource {
 public:
  explicit DatasetSource(const af_dataset* dataset) : dataset_(dataset) {}
  std::vector<Item> list() const override;
  Schema schema(std::string_view name) const override { return schema_of(dataset_, name); }
  ValueMap attributes(std::string_view name) const override;
  void read(std::string_view name, const Region& region, std::span<std::byte> into) const override {
    read_fixed(dataset_, name, region, into);
  }
  Values read_variable(std::string_view name, const Region& region) const override {
    return cli::read_variable(dataset_, name, region);
  }

 private:
  const af_dataset* dataset_;
};

// What its kind of place cannot hold is Failure(kUnsupported).
class ArraySink {
 public:
  virtual ~ArraySink() = default;
  // Whether names may be paths of groups.
  virtual bool takes_groups() const = 0;
  // Before attributes are set on the holder of this name.
  virtual void define_holder(const std::string& name) = 0;
  virtual void define(const std::string& name, const af_schema* schema) = 0;
  virtual void write(const std::string& name, const Region& region, std::span<const std::byte> from) = 0;
  virtual void write_texts(const std::string& name, const Region& region, const Texts& texts) = 0;
  virtual void set_attribute(const std::string& name, std::string_view key, const af_value* value) = 0;
};

class StackSink : public ArraySink {
 public:
  explicit StackSink(af_file* file) : file_(file) {}
  bool takes_groups() const override { return true; }
  void define_holder(const std::string& name) override;
  void define(const std::string& name, const af_schema* schema) override;
  void write(const std::string& name, const Region& region, std::span<const std::byte> from) override;
  void write_texts(const std::string& name, const Region& region, const Texts& texts) override;
  void set_attribute(const std::string& name, std::string_view key, const af_value* value) override;

 private:
  af_file* file_;
};

class DatasetSink : public ArraySink {
 public:
  explicit DatasetSink(af_dataset* dataset) : dataset_(dataset) {}
  bool takes_groups() const override { return false; }
  void define_holder(const std::string&) override {}
  void define(const std::string& name, const af_schema* schema) override;
  void write(const std::string& name, const Region& region, std::span<const std::byte> from) override;
  void write_texts(const std::string& name, const Region& region, const Texts& texts) override;
  void set_attribute(const std::string& name, std::string_view key, const af_value* value) override;

 private:
  af_dataset* dataset_;
};

}  // namespace af::cli
