#include "cli/netcdf_file.h"

#include <netcdf.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>

#include "cli/temporary.h"
#include "cli/text.h"

namespace af::cli {
namespace {

ExitCode exit_code_of_netcdf(int status) {
  switch (status) {
    case NC_ENOTNC: return kCorrupt;
    case NC_EBADNAME:
    case NC_EMAXNAME:
    case NC_ENAMEINUSE:
    case NC_EBADTYPE:
    case NC_ERANGE:
    case NC_EINVAL:
    case NC_ESTRICTNC3:
    case NC_ELATEFILL: return kUnsupported;
    case NC_EPERM: return kPermission;
    case NC_ENOMEM: return kLimit;
    default: return kIo;
  }
}

void must(int status, std::string_view what) {
  if (status == NC_NOERR) return;
  if (status > 0) fail_os(status, std::string(what));
  fail(exit_code_of_netcdf(status), what, ": ", nc_strerror(status));
}

struct Atomic {
  nc_type type;
  af_data_type dtype;
};
constexpr Atomic kAtomics[] = {
    {NC_BYTE, AF_INT8},     {NC_CHAR, kNetcdfChar},  {NC_SHORT, AF_INT16},   {NC_INT, AF_INT32},
    {NC_FLOAT, AF_FLOAT32}, {NC_DOUBLE, AF_FLOAT64}, {NC_UBYTE, AF_UINT8},   {NC_USHORT, AF_UINT16},
    {NC_UINT, AF_UINT32},   {NC_INT64, AF_INT64},    {NC_UINT64, AF_UINT64}, {NC_STRING, AF_STRING},
};

af_data_type dtype_of(nc_type type) {
  for (const Atomic& atomic : kAtomics) {
    if (atomic.type == type) return atomic.dtype;
  }
  return kNetcdfOther;
}

nc_type netcdf_type_of(af_data_type dtype) {
  for (const Atomic& atomic : kAtomics) {
    if (atomic.dtype == dtype) return atomic.type;
  }
  fail(kInternal, "NetCDF has no type for ", af_data_type_name(dtype));
}

int64_t integer_at(const std::byte* at, af_data_type dtype) {
  int64_t value = 0;
  std::memcpy(&value, at, static_cast<size_t>(af_data_type_size(dtype)));
  const int unused_bits = 64 - 8 * static_cast<int>(af_data_type_size(dtype));
  const bool is_signed = dtype <= AF_INT64;
  // Unsigned 64-bit members keep their bits.
  return is_signed ? static_cast<int64_t>(static_cast<uint64_t>(value) << unused_bits) >> unused_bits : value;
}

std::vector<size_t> sizes(const Extents& extents) { return {extents.begin(), extents.end()}; }

// Reads the description of a file, group by group.
class Describer {
 public:
  explicit Describer(std::string path) : path_(std::move(path)) {}

  NetcdfGroup describe_group(int group) {
    NetcdfGroup description;
    description.name = group_name(group);
    description.dimensions = describe_dimensions(group);
    int count = 0;
    must(nc_inq_natts(group, &count), path_);
    for (int i = 0; i < count; i++) description.attributes.push_back(describe_attribute(group, NC_GLOBAL, i));
    must(nc_inq_nvars(group, &count), path_);
    for (int i = 0; i < count; i++) description.variables.push_back(describe_variable(group, i));
    for (const int child : ids(group, nc_inq_grps)) description.groups.push_back(describe_group(child));
    return description;
  }

 private:
  static std::vector<int> ids(int group, int (*inquire)(int, int*, int*)) {
    int count = 0;
    must(inquire(group, &count, nullptr), "groups");
    std::vector<int> all(static_cast<size_t>(count));
    if (count > 0) must(inquire(group, &count, all.data()), "groups");
    return all;
  }

  std::string group_name(int group) {
    char name[NC_MAX_NAME + 1];
    must(nc_inq_grpname(group, name), path_);
    return name;
  }

  std::vector<NetcdfDimension> describe_dimensions(int group) {
    constexpr int kWithoutParents = 0;
    int count = 0;
    must(nc_inq_dimids(group, &count, nullptr, kWithoutParents), path_);
    std::vector<int> all(static_cast<size_t>(count));
    must(nc_inq_dimids(group, &count, all.data(), kWithoutParents), path_);
    int unlimited_count = 0;
    must(nc_inq_unlimdims(group, &unlimited_count, nullptr), path_);
    std::vector<int> unlimited(static_cast<size_t>(unlimited_count));
    must(nc_inq_unlimdims(group, &unlimited_count, unlimited.data()), path_);
    std::vector<NetcdfDimension> described;
    for (const int id : all) {
      char name[NC_MAX_NAME + 1];
      size_t size = 0;
      must(nc_inq_dim(group, id, name, &size), path_);
      const bool is_unlimited = std::find(unlimited.begin(), unlimited.end(), id) != unlimited.end();
      described.push_back({id, name, static_cast<int64_t>(size), is_unlimited});
      dimensions_[id] = described.back();
    }
    return described;
  }

  NetcdfVariable describe_variable(int group, int id) {
    NetcdfVariable variable;
    variable.group = group;
    variable.id = id;
    char name[NC_MAX_NAME + 1];
    nc_type type = NC_NAT;
    int rank = 0;
    int attributes = 0;
    must(nc_inq_var(group, id, name, &type, &rank, nullptr, &attributes), path_);
    variable.name = name;
    variable.type = describe_type(group, type);
    std::vector<int> dimension_ids(static_cast<size_t>(rank));
    must(nc_inq_vardimid(group, id, dimension_ids.data()), path_);
    for (const int dimension : dimension_ids) variable.dimensions.push_back(dimensions_.at(dimension));
    variable.chunk_shape = describe_chunks(group, id, static_cast<size_t>(rank));
    for (int i = 0; i < attributes; i++) variable.attributes.push_back(describe_attribute(group, id, i));
    return variable;
  }

  Extents describe_chunks(int group, int variable, size_t rank) {
    int storage = NC_CONTIGUOUS;
    std::vector<size_t> chunks(rank);
    must(nc_inq_var_chunking(group, variable, &storage, chunks.data()), path_);
    return storage == NC_CHUNKED ? Extents(chunks.begin(), chunks.end()) : Extents();
  }

  NetcdfType describe_type(int group, nc_type type) {
    if (type <= NC_MAX_ATOMIC_TYPE) return {dtype_of(type), "", {}};
    char name[NC_MAX_NAME + 1];
    nc_type base = NC_NAT;
    size_t members = 0;
    int kind = 0;
    must(nc_inq_user_type(group, type, name, nullptr, &base, &members, &kind), path_);
    if (kind == NC_ENUM)
      return {dtype_of(base), "", describe_enum(group, type, name, dtype_of(base), members)};
    const char* word = kind == NC_COMPOUND ? "compound" : kind == NC_VLEN ? "variable-length" : "opaque";
    return {kNetcdfOther, text_of("the ", word, " type ", name), {}};
  }

  NetcdfEnum describe_enum(int group, nc_type type, const char* type_name, af_data_type base,
                           size_t members) {
    NetcdfEnum enumeration;
    enumeration.path = group_path_of_type(group, type) + type_name;
    for (size_t i = 0; i < members; i++) {
      char name[NC_MAX_NAME + 1];
      std::byte value[8] = {};
      must(nc_inq_enum_member(group, type, static_cast<int>(i), name, value), path_);
      enumeration.names.emplace_back(name);
      enumeration.values.push_back(integer_at(value, base));
    }
    return enumeration;
  }

  // Where a type that is seen from `group` was defined: in it or above, "/" for the root.
  std::string group_path_of_type(int group, nc_type type) {
    const std::vector<int> here = ids(group, nc_inq_typeids);
    int parent = 0;
    if (std::find(here.begin(), here.end(), type) == here.end() &&
        nc_inq_grp_parent(group, &parent) == NC_NOERR)
      return group_path_of_type(parent, type);
    size_t size = 0;
    must(nc_inq_grpname_full(group, &size, nullptr), path_);
    std::string path(size + 1, '\0');
    must(nc_inq_grpname_full(group, &size, path.data()), path_);
    path.resize(size);
    return path == "/" ? path : path + "/";
  }

  NetcdfAttribute describe_attribute(int group, int variable, int number) {
    NetcdfAttribute attribute;
    char name[NC_MAX_NAME + 1];
    must(nc_inq_attname(group, variable, number, name), path_);
    attribute.name = name;
    nc_type type = NC_NAT;
    size_t count = 0;
    must(nc_inq_att(group, variable, name, &type, &count), path_);
    attribute.type = describe_type(group, type);
    attribute.count = static_cast<int64_t>(count);
    if (attribute.type.dtype == kNetcdfOther || count == 0) return attribute;
    if (attribute.type.dtype == AF_STRING) {
      read_text_attribute(group, variable, count, &attribute);
    } else {
      attribute.bytes.resize(count * static_cast<size_t>(netcdf_element_size(attribute.type.dtype)));
      must(nc_get_att(group, variable, name, attribute.bytes.data()), path_);
    }
    return attribute;
  }

  void read_text_attribute(int group, int variable, size_t count, NetcdfAttribute* attribute) {
    std::vector<char*> texts(count);
    must(nc_get_att_string(group, variable, attribute->name.c_str(), texts.data()), path_);
    for (const char* text : texts) attribute->texts.add(text == nullptr ? "" : text);
    nc_free_string(count, texts.data());
  }

  std::string path_;
  std::map<int, NetcdfDimension> dimensions_;
};

}  // namespace

int64_t netcdf_element_size(af_data_type dtype) {
  return dtype == kNetcdfChar ? 1 : af_data_type_size(dtype);
}

bool is_netcdf_name(std::string_view text) {
  if (text.empty() || text.size() > NC_MAX_NAME || !is_utf8(text) || text.back() == ' ') return false;
  const auto first = static_cast<unsigned char>(text[0]);
  const bool letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
  if (!letter && !(first >= '0' && first <= '9') && first != '_' && first < 0x80) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/') return false;
  }
  return true;
}

namespace {

// netCDF-C and HDF5 are for one thread at a time.
std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

NetcdfReader::NetcdfReader(const std::string& path) : path_(path) {
  const std::lock_guard lock(library_mutex());
  // netCDF-C would take some paths for addresses of servers.
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) fail(kNotFound, escaped(path), ": no such file");
  must(nc_open(path.c_str(), NC_NOWRITE, &id_), escaped(path));
  try {
    root_ = Describer(escaped(path)).describe_group(id_);
  } catch (...) {
    nc_close(id_);
    throw;
  }
}

NetcdfReader::~NetcdfReader() {
  const std::lock_guard lock(library_mutex());
  nc_close(id_);
}

void NetcdfReader::read(const NetcdfVariable& variable, const Region& region,
                        std::span<std::byte> into) const {
  const int64_t element = netcdf_element_size(variable.type.dtype);
  int64_t needed = element;
  for (const int64_t extent : region.shape) needed *= extent;
  if (static_cast<size_t>(needed) != into.size()) fail(kInternal, "a buffer for another region");
  const std::lock_guard lock(library_mutex());
  must(nc_get_vara(variable.group, variable.id, sizes(region.start).data(), sizes(region.shape).data(),
                   into.data()),
       text_of(escaped(path_), ": ", in_quotes(variable.name)));
}

Texts NetcdfReader::read_texts(const NetcdfVariable& variable, const Region& region) const {
  size_t count = 1;
  for (const int64_t extent : region.shape) count *= static_cast<size_t>(extent);
  std::vector<char*> pointers(count);
  const std::lock_guard lock(library_mutex());
  must(nc_get_vara_string(variable.group, variable.id, sizes(region.start).data(), sizes(region.shape).data(),
                          pointers.data()),
       text_of(escaped(path_), ": ", in_quotes(variable.name)));
  Texts texts;
  for (const char* pointer : pointers) texts.add(pointer == nullptr ? "" : pointer);
  nc_free_string(count, pointers.data());
  return texts;
}

NetcdfWriter::NetcdfWriter(const std::string& path) : path_(escaped(path)) {
  must(nc_create(path.c_str(), NC_NETCDF4 | NC_CLOBBER, &id_), path_);
}

NetcdfWriter::~NetcdfWriter() {
  if (id_ >= 0) nc_close(id_);
}

int NetcdfWriter::add_group(int parent, const std::string& name) {
  int group = 0;
  must(nc_def_grp(parent, name.c_str(), &group), text_of("group ", in_quotes(name)));
  return group;
}

int NetcdfWriter::add_dimension(int group, const NetcdfDimension& dimension) {
  int id = 0;
  const size_t size = dimension.is_unlimited ? NC_UNLIMITED : static_cast<size_t>(dimension.length);
  must(nc_def_dim(group, dimension.name.c_str(), size, &id),
       text_of("dimension ", in_quotes(dimension.name)));
  return id;
}

int NetcdfWriter::add_enum(int group, const std::string& name, af_data_type dtype,
                           const NetcdfEnum& enumeration) {
  const std::string what = text_of("enumeration ", in_quotes(name));
  nc_type type = NC_NAT;
  must(nc_def_enum(group, netcdf_type_of(dtype), name.c_str(), &type), what);
  for (size_t i = 0; i < enumeration.names.size(); i++) {
    // The value's low bytes come first.
    must(nc_insert_enum(group, type, enumeration.names[i].c_str(), &enumeration.values[i]), what);
  }
  return type;
}

int NetcdfWriter::add_variable(int group, const NetcdfDefinition& definition) {
  const std::string what = in_quotes(definition.name);
  const nc_type type = definition.user_type >= 0 ? definition.user_type : netcdf_type_of(definition.dtype);
  const int rank = static_cast<int>(definition.dimensions.size());
  int id = 0;
  must(nc_def_var(group, definition.name.c_str(), type, rank, definition.dimensions.data(), &id), what);
  if (!definition.chunk_shape.empty())
    must(nc_def_var_chunking(group, id, NC_CHUNKED, sizes(definition.chunk_shape).data()), what);
  const char* text = definition.text_fill.c_str();
  if (definition.has_text_fill) must(nc_def_var_fill(group, id, NC_FILL, &text), what);
  if (!definition.fill.empty()) must(nc_def_var_fill(group, id, NC_FILL, definition.fill.data()), what);
  return id;
}

void NetcdfWriter::add_attribute(int group, int variable, const NetcdfAttribute& attribute) {
  const int target = variable == kGroupItself ? NC_GLOBAL : variable;
  const auto count = static_cast<size_t>(attribute.count);
  const std::string what = text_of("attribute ", in_quotes(attribute.name));
  if (attribute.type.dtype != AF_STRING) {
    must(nc_put_att(group, target, attribute.name.c_str(), netcdf_type_of(attribute.type.dtype), count,
                    attribute.bytes.data()),
         what);
    return;
  }
  std::vector<std::string> texts;
  for (int64_t i = 0; i < attribute.count; i++) texts.emplace_back(attribute.texts.at(i));
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  must(nc_put_att_string(group, target, attribute.name.c_str(), count, pointers.data()), what);
}

void NetcdfWriter::end_definitions() { must(nc_enddef(id_), path_); }

void NetcdfWriter::write(int group, int variable, const Region& region, std::span<const std::byte> from) {
  must(nc_put_vara(group, variable, sizes(region.start).data(), sizes(region.shape).data(), from.data()),
       path_);
}

void NetcdfWriter::write_texts(int group, int variable, const Region& region, const Texts& texts) {
  std::vector<std::string> owners;
  std::vector<const char*> pointers;
  owners.reserve(static_cast<size_t>(texts.count()));
  for (int64_t i = 0; i < texts.count(); i++) pointers.push_back(owners.emplace_back(texts.at(i)).c_str());
  must(nc_put_vara_string(group, variable, sizes(region.start).data(), sizes(region.shape).data(),
                          pointers.data()),
       path_);
}

void NetcdfWriter::close() {
  const int id = id_;
  id_ = -1;
  must(nc_close(id), path_);
}

}  // namespace af::cli
