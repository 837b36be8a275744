#!/usr/bin/env python3
"""Changes and reads stacks through libarrayformat.so, its C ABI only.

usage: ours.py LIBRARY apply FILE   runs the operations (a JSON list) on standard input
       ours.py LIBRARY dump FILE    prints the stack in the form of `af dump --json`, and what a check of it finds
"""
import ctypes
import hashlib
import json
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_uint8, c_uint32, c_uint64, c_void_p

from model import content, is_variable, list_order, pack, unpack, width

DTYPES = ["Bool", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64",
          "String", "Binary", "FixedSizeList", "List", "TimestampNs"]
FILL_DTYPES = {"Bool": "Bool", "Int": "Int64", "UInt": "UInt64", "Float": "Float64", "String": "String",
               "TimestampNs": "TimestampNs"}
STAT_KINDS = {"Int64": "Int", "UInt64": "UInt", "Float64": "Float", "Binary": "Bytes", "TimestampNs": "TimestampNs"}
CODECS = {"none": 1, "lz4": 2, "zstd": 3}


class FileOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("writable", c_uint8), ("replace", c_uint8), ("reserved", c_uint8 * 2),
                ("footer_version", c_int32), ("codec", c_int32), ("codec_level", c_int32), ("durability", c_int32),
                ("threads", c_int32), ("layers", c_int32), ("block_size", c_int64), ("write_buffer_size", c_int64),
                ("cache_size", c_int64), ("max_layers", c_int64), ("max_arrays", c_int64), ("max_allocation", c_int64)]


class Failure(Exception):
    pass


class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        answers = {c_void_p: "value_create value_data value_offsets value_map_name value_map_value values_data values_offsets "
                             "schema_shape schema_chunk_shape schema_dimension_name schema_fill listing_names "
                             "listing_name_offsets stats_min stats_max",
                   c_int64: "value_count value_data_len value_map_count values_count values_data_len schema_list_size "
                            "schema_element_count listing_count stats_count report_count",
                   c_uint64: "stats_row_count stats_null_count",
                   c_uint8: "value_is_list stats_known report_is_problem",
                   c_char_p: "error_message status_name report_text"}
        for restype, names in answers.items():
            for name in names.split():
                getattr(self.c, "af_" + name).restype = restype

    def __getattr__(self, name):
        """af_NAME, for calls that cannot fail."""
        return getattr(self.c, "af_" + name)

    def call(self, name, *arguments):
        """af_NAME with an error as its last argument."""
        error = c_void_p()
        status = getattr(self.c, "af_" + name)(*arguments, byref(error))
        if status:
            message = self.error_message(error).decode()
            self.error_free(error)
            raise Failure(f"af_{name}: {self.status_name(c_int32(status)).decode()}: {message}")

    def make(self, name, *arguments):
        """af_NAME with a handle as its last argument but one."""
        out = c_void_p()
        self.call(name, *arguments, byref(out))
        return out


def text(value):
    """Text as the two arguments that the ABI takes."""
    data = value.encode()
    return c_char_p(data), c_int64(len(data))


def int64s(values):
    return (c_int64 * max(len(values), 1))(*values)


def elements(dtype, values):
    """Elements of variable length as bytes and offsets."""
    data = [value.encode() if dtype == "String" else bytes.fromhex(value) for value in values]
    offsets = [0]
    for element in data:
        offsets.append(offsets[-1] + len(element))
    return b"".join(data), int64s(offsets)


def split(data, offsets, count):
    at = ctypes.cast(offsets, POINTER(c_int64))
    return [data[at[i]:at[i + 1]] for i in range(count)]


def texts(dtype, data, offsets, count):
    return [element.decode() if dtype == "String" else element.hex() for element in split(data, offsets, count)]


class Values:
    """From and to af_value."""

    def __init__(self, library):
        self.library = library

    def make(self, dtype, is_list, values):
        tag, count = c_int32(DTYPES.index(dtype)), c_int64(len(values))
        if is_variable(dtype):
            data, offsets = elements(dtype, values)
            return self.library.make("value_create_variable", tag, c_uint8(is_list), c_char_p(data), offsets, count)
        return self.library.make("value_create", tag, c_uint8(is_list), c_char_p(pack(dtype, values)), count)

    def attribute(self, tagged):
        (kind, value), = tagged.items()
        is_list = kind.endswith("List")
        return self.make(kind.removesuffix("List"), is_list, value if is_list else [value])

    def read(self, value):
        """The dtype, whether it is a list, and the elements."""
        library, value = self.library, c_void_p(value)
        dtype, count = DTYPES[library.value_data_type(value)], library.value_count(value)
        data = ctypes.string_at(library.value_data(value), library.value_data_len(value))
        if is_variable(dtype):
            return dtype, library.value_is_list(value), texts(dtype, data, library.value_offsets(value), count)
        return dtype, library.value_is_list(value), unpack(dtype, data)

    def tagged(self, value, kinds=None):
        """The value under the name of its kind; None for NULL."""
        if not value:
            return None
        dtype, is_list, found = self.read(value)
        if is_list:
            return {dtype + "List": found}
        return {kinds[dtype] if kinds else dtype: found[0]}


class Stack:
    """A stack that is open; `operations` are those of model.py."""

    def __init__(self, library, path, operation):
        self.library, self.values = library, Values(library)
        options = FileOptions(struct_size=ctypes.sizeof(FileOptions), writable=operation["op"] != "read", durability=1,
                              footer_version=operation.get("footer", 0) if operation["op"] == "create" else 0,
                              codec=CODECS.get(operation.get("codec"), 0), codec_level=operation.get("level", 0),
                              block_size=operation.get("block_size", 0))
        verb = "file_create" if operation["op"] == "create" else "file_open"
        self.file = library.make(verb, *text(path), byref(options))

    def close(self):
        self.library.file_close(self.file)

    def schema_of(self, operation):
        library, shape, dtypes = self.library, operation["shape"], [operation["dtype"]]
        while isinstance(dtypes[-1], dict):
            dtypes.append(next(iter(dtypes[-1].values()))["child"])
        schema = library.make("schema_create", c_int32(DTYPES.index(dtypes.pop())), int64s(shape), c_int32(len(shape)))
        for dtype in reversed(dtypes):
            (kind, nested), = dtype.items()
            library.call("schema_wrap_list", schema, c_int32(DTYPES.index(kind)), c_int64(nested.get("size", 0)))
        if operation.get("chunk_shape"):
            library.call("schema_set_chunk_shape", schema, int64s(operation["chunk_shape"]), c_int32(len(shape)))
        for axis, name in enumerate(operation.get("dimension_names") or []):
            library.call("schema_set_dimension_name", schema, c_int32(axis), *text(name))
        if operation.get("fill"):
            (kind, value), = operation["fill"].items()
            fill = self.values.make(FILL_DTYPES[kind], False, [value])
            library.call("schema_set_fill", schema, fill)
            library.value_free(fill)
        return schema

    def define(self, operation):
        schema = self.schema_of(operation)
        self.library.call("file_define", self.file, *text(operation["name"]), schema)
        self.library.schema_free(schema)

    def write(self, operation):
        start, shape, dtype, values = (operation[key] for key in ("start", "shape", "dtype", "values"))
        region = (*text(operation["name"]), int64s(start), int64s(shape), c_int32(len(shape)))
        if is_variable(dtype):
            data, offsets = elements(dtype, values)
            self.library.call("file_write_variable", self.file, *region, c_char_p(data), offsets, c_int64(len(values)))
        else:
            data = pack(dtype, values)
            self.library.call("file_write", self.file, *region, None, c_char_p(data), c_int64(len(data)))

    def write_chunk(self, operation):
        coordinate, payload = operation["coordinate"], bytes.fromhex(operation["payload"])
        self.library.call("file_write_chunk", self.file, *text(operation["name"]), int64s(coordinate),
                          c_int32(len(coordinate)), c_char_p(payload), c_int64(len(payload)))

    def delete(self, operation):
        self.library.call("file_delete", self.file, *text(operation["name"]))

    def resize(self, operation):
        shape = operation["shape"]
        self.library.call("file_resize", self.file, *text(operation["name"]), int64s(shape), c_int32(len(shape)))

    def append(self, operation):
        shape, dtype, values = (operation[key] for key in ("shape", "dtype", "values"))
        part = (*text(operation["name"]), c_int32(operation["axis"]), int64s(shape), c_int32(len(shape)))
        if is_variable(dtype):
            data, offsets = elements(dtype, values)
            self.library.call("file_append_variable", self.file, *part, c_char_p(data), offsets, c_int64(len(values)), None)
        else:
            data = pack(dtype, values)
            self.library.call("file_append", self.file, *part, None, c_char_p(data), c_int64(len(data)), None)

    def rename(self, operation):
        self.library.call("file_rename", self.file, *text(operation["name"]), *text(operation["to"]))

    def copy_array(self, operation):
        self.library.call("file_copy_array", self.file, self.file, *text(operation["name"]), *text(operation["to"]), c_int32(0))

    def set_attribute(self, operation):
        value = self.values.attribute(operation["value"])
        self.library.call("file_set_attribute", self.file, *text(operation["name"]), *text(operation["key"]), value)
        self.library.value_free(value)

    def remove_attribute(self, operation):
        self.library.call("file_remove_attribute", self.file, *text(operation["name"]), *text(operation["key"]))

    def flush(self, operation):
        self.library.call("file_flush", self.file)

    def compact(self, operation):
        self.library.call("file_compact", self.file)

    def copy(self, operation):
        options = FileOptions(struct_size=ctypes.sizeof(FileOptions), durability=1, footer_version=operation["footer"],
                              codec=CODECS.get(operation.get("codec"), 0), block_size=operation.get("block_size", 0))
        self.library.call("file_copy", self.file, *text(operation["path"]), byref(options))

    # -- reading

    def names(self):
        library = self.library
        listing = library.make("file_list", self.file)
        count, offsets = library.listing_count(listing), library.listing_name_offsets(listing)
        size = ctypes.cast(offsets, POINTER(c_int64))[count]
        found = split(ctypes.string_at(library.listing_names(listing), size), offsets, count)
        library.listing_free(listing)
        return [name.decode() for name in found]

    def stats(self):
        """All arrays' statistics in listing order."""
        library = self.library
        stats = library.make("file_stats_all", self.file)
        found = []
        for i in map(c_int64, range(library.stats_count(stats))):
            known = library.stats_known(stats, i)
            found.append({"min": self.values.tagged(library.stats_min(stats, i), STAT_KINDS),
                          "max": self.values.tagged(library.stats_max(stats, i), STAT_KINDS),
                          "null_count": library.stats_null_count(stats, i),
                          "row_count": library.stats_row_count(stats, i)} if known else None)
        library.stats_free(stats)
        return found

    def dtype(self, schema, level=0):
        name = DTYPES[self.library.schema_list_data_type(schema, c_int32(level))]
        if name == "List":
            return {name: {"child": self.dtype(schema, level + 1)}}
        if name == "FixedSizeList":
            size = self.library.schema_list_size(schema, c_int32(level))
            return {name: {"child": self.dtype(schema, level + 1), "size": size}}
        return name

    def definition(self, name):
        library = self.library
        schema = library.make("file_schema", self.file, *text(name))
        rank = library.schema_rank(schema)

        def extents(pointer):
            return list(ctypes.cast(pointer, POINTER(c_int64))[:rank]) if rank else []

        def dimension_name(axis):
            length = c_int64()
            at = library.schema_dimension_name(schema, c_int32(axis), byref(length))
            return ctypes.string_at(at, length.value).decode()

        found = {"dtype": self.dtype(schema) if library.schema_list_depth(schema) else
                 DTYPES[library.schema_data_type(schema)],
                 "shape": extents(library.schema_shape(schema)), "chunk_shape": extents(library.schema_chunk_shape(schema)),
                 "dimension_names": [dimension_name(axis) for axis in range(rank)],
                 "fill_value": self.values.tagged(library.schema_fill(schema), {v: k for k, v in FILL_DTYPES.items()})}
        count = library.schema_element_count(schema)
        library.schema_free(schema)
        return found, count

    def attributes(self, name):
        library = self.library
        found = library.make("file_attributes", self.file, *text(name))
        answer = {}
        for i in map(c_int64, range(library.value_map_count(found))):
            length = c_int64()
            key = ctypes.string_at(library.value_map_name(found, i, byref(length)), length.value).decode()
            answer[key] = self.values.tagged(library.value_map_value(found, i))
        library.value_map_free(found)
        return answer

    def read_fixed(self, name, dtype, count):
        size = count * width(dtype)
        data = ctypes.create_string_buffer(max(size, 1))
        self.library.call("file_read", self.file, *text(name), None, None, c_int32(0), None, data, c_int64(size))
        return unpack(dtype, data.raw[:size])

    def taken(self, values):
        """The elements of an af_values, which is freed."""
        library = self.library
        count = library.values_count(values)
        data = ctypes.string_at(library.values_data(values), library.values_data_len(values))
        found = split(data, library.values_offsets(values), count)
        library.values_free(values)
        return found

    def read_variable(self, name, dtype):
        found = self.taken(self.library.make("file_read_variable", self.file, *text(name), None, None, c_int32(0)))
        return [element.decode() if dtype == "String" else element.hex() for element in found]

    def raw_chunks(self, name, rank):
        """The coordinates and payloads of a list array."""
        library, count, values = self.library, c_int64(), c_void_p()
        library.call("file_chunks", self.file, *text(name), byref(values), byref(count))
        flat = [value for element in self.taken(values) for value in unpack("Int64", element)]
        found = []
        for i in range(count.value):
            coordinate = flat[i * rank:(i + 1) * rank]
            chunk = library.make("file_read_chunk", self.file, *text(name), int64s(coordinate), c_int32(rank))
            found.append([coordinate, hashlib.sha256(b"".join(self.taken(chunk))).hexdigest()])
        return found

    def content(self, name, definition, count):
        dtype = definition["dtype"]
        try:
            if isinstance(dtype, dict):
                return {"chunks": self.raw_chunks(name, len(definition["shape"]))}
            return content(dtype, self.read_variable(name, dtype) if is_variable(dtype) else
                           self.read_fixed(name, dtype, count))
        except Failure as failure:
            print(failure, file=sys.stderr)
            return {"error": "error"}

    def findings(self):
        library = self.library
        report = library.make("file_verify", self.file)
        found = [library.report_text(report, c_int64(i)).decode() for i in range(library.report_count(report))
                 if library.report_is_problem(report, c_int64(i))]
        library.report_free(report)
        return found

    def dump(self):
        names, layers, arrays = self.names(), c_int64(), []
        self.library.call("file_layer_count", self.file, byref(layers))
        for name, stats in zip(names, self.stats(), strict=True):
            definition, count = self.definition(name)
            arrays.append({"name": name, **definition, "attributes": self.attributes(name), "stats": stats,
                           "content": self.content(name, definition, count)})
        return {"num_layers": layers.value, "list_order_sha256": list_order(names), "arrays": arrays,
                "problems": self.findings()}


def apply(library, path, operations):
    """Runs operations one after the other; `create` and `open` begin with another handle."""
    stack = None
    for operation in operations:
        if operation["op"] in ("create", "open"):
            if stack:
                stack.close()
            stack = Stack(library, path, operation)
        else:
            getattr(stack, operation["op"])(operation)
    stack.close()


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in ("apply", "dump"):
        sys.exit(__doc__)
    library, path = Library(sys.argv[1]), sys.argv[3]
    try:
        if sys.argv[2] == "dump":
            stack = Stack(library, path, {"op": "read"})
            print(json.dumps(stack.dump()))
            stack.close()
        else:
            apply(library, path, json.load(sys.stdin))
    except Failure as failure:
        sys.exit(str(failure))


if __name__ == "__main__":
    main()
