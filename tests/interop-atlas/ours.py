#!/usr/bin/env python3
"""Changes and reads stores of datasets through libarrayformat.so, its C ABI only.

usage: ours.py LIBRARY apply DIR   runs the operations (a JSON list) on standard input
       ours.py LIBRARY dump DIR    prints what is in the store, and what a check of it finds
"""
import ctypes
import json
import struct
import sys
from ctypes import byref, c_int32, c_int64, c_uint8, c_uint32, c_void_p
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "interop"))
from ours import Library  # noqa: E402

DTYPES = {"Bool": (0, "?"), "Int32": (3, "i"), "Int64": (4, "q"), "Float64": (10, "d"), "String": (11, None), "TimestampNs": (15, "q")}
NAMES = {number: name for name, (number, _) in DTYPES.items()}
CODECS = {"none": 1, "lz4": 2, "zstd": 3}


class AtlasOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("writable", c_uint8), ("reserved", c_uint8 * 3), ("generation", c_int32),
                ("metadata_format", c_int32), ("metadata_codec", c_int32), ("codec", c_int32), ("codec_level", c_int32),
                ("type_mismatch", c_int32), ("durability", c_int32), ("threads", c_int32), ("block_size", c_int64),
                ("write_buffer_size", c_int64), ("cache_size", c_int64), ("max_layers", c_int64), ("max_arrays", c_int64),
                ("max_allocation", c_int64), ("max_datasets", c_int64)]


class Store(Library):

    def text(self, value):
        data = value.encode()
        return data, c_int64(len(data))

    def make_value(self, described):
        (kind, value), = described.items()
        if kind == "String":
            return self.ask("value_create_text", *self.text(value))
        number, code = DTYPES[kind]
        return self.ask("value_create", c_int32(number), c_uint8(0), struct.pack("<" + code, value), c_int64(1))

    def ask(self, name, *arguments):
        out = c_void_p()
        self.call(name, *arguments, byref(out))
        return out

    def texts(self, values):
        count, data = self.values_count(values), self.values_data(values)
        ends = ctypes.cast(self.values_offsets(values), ctypes.POINTER(c_int64))
        found = [ctypes.string_at(data + ends[i], ends[i + 1] - ends[i]).decode() for i in range(count)]
        self.values_free(values)
        return found

    def shown(self, value):
        number = self.c.af_value_data_type(value)
        name, data = NAMES[number], self.value_data(value)
        if name == "String":
            return {name: ctypes.string_at(data, self.value_data_len(value)).decode()}
        code = DTYPES[name][1]
        return {name: struct.unpack("<" + code, ctypes.string_at(data, struct.calcsize(code)))[0]}

    def attributes(self, entries):
        found = []
        for i in range(self.value_map_count(entries)):
            length = c_int64()
            name = self.value_map_name(entries, c_int64(i), byref(length))
            value = c_void_p(self.value_map_value(entries, c_int64(i)))
            found.append([ctypes.string_at(name, length.value).decode(), self.shown(value)])
        self.value_map_free(entries)
        return found

    # -- writing

    def apply(self, folder, operations):
        first = operations[0]
        options = AtlasOptions(ctypes.sizeof(AtlasOptions), 1, codec=CODECS[first.get("codec", "zstd")], durability=1, threads=1,
                               generation=first.get("schema", 0), metadata_format=2 if first.get("metadata") == "msgpack" else 1)
        atlas = self.ask("atlas_create" if first["op"] == "create" else "atlas_open", *self.text(folder), byref(options))
        for operation in operations[1:]:
            self.do(atlas, **operation)
        self.atlas_close(atlas)

    def do(self, atlas, op, dataset=None, **what):
        if op in ("flush", "compact"):
            return self.call(f"atlas_{op}", atlas)
        if op == "delete_dataset":
            return self.call("atlas_delete_dataset", atlas, *self.text(dataset))
        handle = self.ask("atlas_create_dataset" if op == "dataset" else "atlas_open_dataset", atlas, *self.text(dataset))
        if op != "dataset":
            getattr(self, "do_" + op)(handle, **what)
        self.dataset_close(handle)

    def do_put(self, dataset, array, dtype, shape, values, chunk=None, fill=None):
        number, rank = c_int32(DTYPES[dtype][0]), c_int32(len(shape))
        schema = self.ask("schema_create", number, (c_int64 * len(shape))(*shape), rank)
        for axis in range(len(shape)):
            self.call("schema_set_dimension_name", schema, c_int32(axis), *self.text(f"d{axis}"))
        if chunk:
            self.call("schema_set_chunk_shape", schema, (c_int64 * len(chunk))(*chunk), rank)
        if fill is not None:
            value = self.make_value({"String" if isinstance(fill, str) else "Float64" if isinstance(fill, float) else "Int64": fill})
            self.call("schema_set_fill", schema, value)
            self.value_free(value)
        self.call("dataset_define", dataset, *self.text(array), schema)
        self.schema_free(schema)
        self.do_write(dataset, array, dtype, shape, values)

    def do_write(self, dataset, array, dtype, shape, values, start=None):
        where = (c_int64 * len(shape))(*(start or [0] * len(shape))), (c_int64 * len(shape))(*shape), c_int32(len(shape))
        if dtype == "String":
            pieces = [value.encode() for value in values]
            ends = [0]
            for piece in pieces:
                ends.append(ends[-1] + len(piece))
            return self.call("dataset_write_variable", dataset, *self.text(array), *where, b"".join(pieces),
                             (c_int64 * len(ends))(*ends), c_int64(len(pieces)))
        data = struct.pack(f"<{len(values)}{DTYPES[dtype][1]}", *values)
        self.call("dataset_write", dataset, *self.text(array), *where, None, data, c_int64(len(data)))

    def do_delete(self, dataset, array):
        self.call("dataset_delete", dataset, *self.text(array))

    def do_attribute(self, dataset, key, value):
        made = self.make_value(value)
        self.call("dataset_set_attribute", dataset, *self.text(key), made)
        self.value_free(made)

    def do_array_attribute(self, dataset, array, key, value):
        made = self.make_value(value)
        self.call("dataset_set_array_attribute", dataset, *self.text(array), *self.text(key), made)
        self.value_free(made)

    # -- reading

    def array(self, dataset, name):
        schema = self.ask("dataset_schema", dataset, *self.text(name))
        dtype, rank = NAMES[self.c.af_schema_data_type(schema)], self.c.af_schema_rank(schema)
        shape = ctypes.cast(self.schema_shape(schema), ctypes.POINTER(c_int64))[:rank]
        count = self.schema_element_count(schema)
        self.schema_free(schema)
        whole = None, None, c_int32(0)
        if dtype == "String":
            values = self.texts(self.ask("dataset_read_variable", dataset, *self.text(name), *whole))
        else:
            code = f"<{count}{DTYPES[dtype][1]}"
            data = ctypes.create_string_buffer(struct.calcsize(code))
            self.call("dataset_read", dataset, *self.text(name), *whole, None, data, c_int64(len(data)))
            values = list(struct.unpack(code, data.raw))
        return {"name": name, "dtype": dtype, "shape": shape, "values": values, "stats": self.statistics(dataset, name),
                "attributes": self.attributes(self.ask("dataset_array_attributes", dataset, *self.text(name)))}

    def statistics(self, dataset, name):
        stats, first = self.ask("dataset_stats", dataset, *self.text(name)), c_int64(0)

        def bound(value):
            if not value:
                return None
            value = c_void_p(value)
            if self.c.af_value_data_type(value) == 12:
                return ctypes.string_at(self.value_data(value), self.value_data_len(value)).decode()
            return next(iter(self.shown(value).values()))
        found = [bound(self.stats_min(stats, first)), bound(self.stats_max(stats, first)), self.stats_null_count(stats, first),
                 self.stats_row_count(stats, first)] if self.stats_known(stats, first) else None
        self.stats_free(stats)
        return found

    def dataset(self, atlas, name):
        dataset = self.ask("atlas_open_dataset", atlas, *self.text(name))
        listing = self.ask("dataset_list", dataset)
        ends = ctypes.cast(self.listing_name_offsets(listing), ctypes.POINTER(c_int64))
        names = [ctypes.string_at(self.listing_names(listing) + ends[i], ends[i + 1] - ends[i]).decode()
                 for i in range(self.listing_count(listing))]
        self.listing_free(listing)
        found = {"name": name, "arrays": [self.array(dataset, array) for array in names],
                 "attributes": self.attributes(self.ask("dataset_attributes", dataset))}
        self.dataset_close(dataset)
        return found

    def dump(self, folder):
        atlas = self.ask("atlas_open", *self.text(folder), None)
        names = self.texts(self.ask("atlas_list_datasets", atlas))
        found = {"datasets": [self.dataset(atlas, name) for name in names], "problems": []}
        report = self.ask("atlas_verify", atlas)
        for i in range(self.report_count(report)):
            if self.report_is_problem(report, c_int64(i)):
                found["problems"].append(self.report_text(report, c_int64(i)).decode())
        self.report_free(report)
        self.atlas_close(atlas)
        return found


def main():
    library, command, folder = sys.argv[1:]
    store = Store(library)
    if command == "apply":
        store.apply(folder, json.load(sys.stdin))
    else:
        print(json.dumps(store.dump(folder)))


if __name__ == "__main__":
    main()
