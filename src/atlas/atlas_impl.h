// What an Atlas consists of. Only the .cc files of Atlas include this.
#pragma once

#include <map>
#include <mutex>
#include <unordered_map>

#include "atlas/atlas.h"
#include "atlas/container.h"
#include "atlas/schema_steps.h"
#include "atlas/type_census.h"

namespace af {

struct Atlas::Impl {
  // Whether layers of ours are known by name, or all count.
  using Members = std::optional<std::set<LayerId>>;
  using Stack = std::shared_ptr<ArrayFile>;

  // What a dataset was in the metadata last read.
  struct Before {
    bool live = false;
    uint32_t schema = 0;
    std::vector<Value> values;  // schema 1
  };

  std::shared_ptr<ObjectStore> store;
  std::string prefix;  // empty, or ends in '/'
  AtlasOptions options;
  MetadataForm form;
  std::string document_key;
  std::string document_version;  // "" until there is one
  bool writable = false;

  // If the store is one. Its schemas and datasets are those of `metadata` then; there are no stacks.
  std::shared_ptr<Container> container;
  StoreMetadata metadata;  // with the changes
  std::unordered_map<std::string, Before> touched;
  // Of names that were deleted through this handle, how often.
  std::unordered_map<std::string, uint64_t> deletions;
  SchemaSteps steps;
  std::optional<TypeCensus> census;
  // Of a commit whose outcome was not told.
  std::optional<CommitRecord> attempted;
  // Whether the metadata have taken in what others committed, and the stacks have not yet.
  bool moved = false;

  std::shared_ptr<ThreadPool> pool;
  std::shared_ptr<BlockCache> own_cache, cache;
  std::shared_ptr<IoCounters> counters = std::make_shared<IoCounters>();
  Progress progress;
  mutable std::mutex stacks_mutex;
  mutable std::map<std::string, Stack, std::less<>> stacks;

  Impl(std::shared_ptr<ObjectStore> store, std::string_view prefix, const AtlasOptions& options);

  // -- atlas.cc
  // Throws kUnsupported for containers.
  void require_writable() const;
  void load();
  void load_container();
  void adopt(StoredDocument document);
  bool is_current() const;
  std::optional<size_t> find(std::string_view name) const;
  size_t require(std::string_view name) const;
  const DatasetSchema& schema_of(size_t row) const { return metadata.schemas[metadata.datasets.schema(row)]; }
  // What a dataset declares, with what of containers of format 8 only segments say.
  DatasetSchema full_schema(size_t row) const;
  const VariableSchema& require_variable(size_t row, std::string_view variable) const;
  uint64_t incarnation(std::string_view name) const;
  // The file that holds an array of a dataset, and the array's name there.
  struct Located {
    Stack file;
    std::string array;
  };
  Located locate(size_t row, std::string_view variable) const;
  bool refresh();

  // -- snapshots.cc
  // Oldest first.
  std::vector<KeptCommit> kept_commits() const;
  // Keeps the commit that was just made, as far as that can be done.
  void keep_commit();
  void forget_commits();
  // Loads the metadata of a commit that was kept. Throws kNotFound.
  void go_back(int64_t sequence);
  // Throws kStale when a stack is not as it was at the commit.
  void check_as_committed(std::string_view variable, const ArrayFile& stack) const;

  // -- stacks.cc
  static Members members_of(const StoreMetadata& metadata, std::string_view variable);
  std::string stack_key(std::string_view variable) const;
  FileOptions stack_options(std::string_view variable) const;
  // Throws kStale when the stack has moved on beyond this handle's metadata.
  Stack open_stack(std::string_view variable, const Members& members) const;
  // Null where there is none.
  Stack find_stack(std::string_view variable) const;
  // Throws kCorrupt where there is none.
  Stack stack(std::string_view variable) const;
  Stack stack_to_write(std::string_view variable);
  std::vector<std::string> variables() const;
  // With those of deleted datasets, and the folder of attributes.
  std::vector<std::string> all_folders() const;
  bool declares(std::string_view variable, std::string_view dataset, std::string_view key,
                const Value& stored) const;

  // -- changes.cc
  // Notes that a dataset is being changed, and what it was before; forgotten again unless the change came
  // about. Nothing of the change may be done earlier: this may fail.
  class Touch {
   public:
    Touch(Impl& atlas, size_t row);
    // Of a dataset that is not there yet.
    Touch(Impl& atlas, std::string_view name);
    ~Touch();
    Touch(const Touch&) = delete;
    Touch& operator=(const Touch&) = delete;
    void keep() { is_new_ = false; }

   private:
    Impl& atlas_;
    std::unordered_map<std::string, Before>::iterator place_;
    bool is_new_ = false;
  };
  Before as_it_is(size_t row) const;
  void set_schema(size_t row, uint32_t schema);
  // In the census, if there is one.
  void count(uint32_t schema, int64_t datasets);
  TypeCensus& types();
  void check_type(size_t row, std::string_view variable, const DType& dtype);
  size_t create_dataset(std::string_view name);
  void delete_dataset(size_t row);
  void define(size_t row, std::string_view variable, const ArraySchema& schema);
  void erase(size_t row, std::string_view variable);

  // -- attributes.cc; `variable` is empty for attributes of the dataset.
  const std::vector<AttributeDeclaration>& declared_attributes(size_t row, std::string_view variable) const;
  void set_attribute(size_t row, std::string_view variable, std::string_view key, const Value& value);
  void check_attribute_type(size_t row, std::string_view variable, std::string_view key, AttributeType type,
                            const AttributeDeclaration* own);
  void set_value(size_t row, std::string_view key, const Value& value);
  void remove_attribute(size_t row, std::string_view variable, std::string_view key);
  ValueMap attributes(size_t row, std::string_view variable) const;

  // -- commit.cc
  bool is_dirty() const;
  void flush();
  // One attempt. False: another writer was faster.
  bool try_flush();
  // Puts the changes on top of what others have committed. False: they are committed already, by an attempt
  // that was not answered.
  bool catch_up();
  void check_conflicts(const StoreMetadata& theirs) const;
  void check_stacks_for_conflicts(const StoreMetadata& theirs, const std::vector<std::string>& names) const;
  void merge_into(StoredDocument theirs);
  // Sees to it that the metadata name the layers that count before there are any that do not. False: another
  // writer was faster.
  bool begin_record(const std::vector<std::string>& variables, bool locked);
  // False: another writer was faster.
  bool replace_document(bool all_stacks = false);
  CommitRecord next_record(bool all_stacks) const;
  void after_commit(const std::vector<std::string>& put, const std::vector<std::string>& to_rewrite,
                    bool locked);
  void move_others(const std::vector<std::string>& put);
  std::vector<std::string> dirty_stacks() const;

  // -- upkeep.cc
  void compact();
  void move_all();
  int64_t gc();
  std::vector<Finding> verify() const;
  std::vector<Finding> verify_container() const;
  void verify_stack(const std::string& variable, const ArrayFile& stack, Findings& findings) const;
};

}  // namespace af
