"""A plain model of a stack: what every reader must find after a list of operations. It knows nothing of files.

Values are as in the dumps of `af dump --json`: floats are the text of their bits ("0x3fc00000"), bytes are hex.
An operation is a dict: {"op": "define", "name": ...}, see the methods of Model.
"""
import copy
import hashlib
import itertools
import json
import math
import struct

INTEGERS = {"Int8": "b", "Int16": "h", "Int32": "i", "Int64": "q", "UInt8": "B", "UInt16": "H", "UInt32": "I",
            "UInt64": "Q", "TimestampNs": "q"}
FLOATS = {"Float32": ("I", "f"), "Float64": ("Q", "d")}  # the codes of the bits and of the value


def hex_bits(dtype, bits):
    return f"0x{bits:0{2 * width(dtype)}x}"


def float_bits(dtype, value):
    integer, code = FLOATS[dtype]
    return hex_bits(dtype, struct.unpack("<" + integer, struct.pack("<" + code, value))[0])


def float_value(dtype, bits):
    integer, code = FLOATS[dtype]
    return struct.unpack("<" + code, struct.pack("<" + integer, int(bits, 16)))[0]


def width(dtype):
    """The size of an element of fixed width."""
    return struct.calcsize(FLOATS[dtype][0] if dtype in FLOATS else INTEGERS.get(dtype, "?"))


def pack(dtype, values):
    """The little-endian bytes of elements of fixed width."""
    if dtype in FLOATS:
        return struct.pack(f"<{len(values)}{FLOATS[dtype][0]}", *(int(value, 16) for value in values))
    return struct.pack(f"<{len(values)}{INTEGERS.get(dtype, '?')}", *values)


def unpack(dtype, data):
    if dtype in FLOATS:
        return [hex_bits(dtype, bits) for (bits,) in struct.iter_unpack("<" + FLOATS[dtype][0], data)]
    return [value for (value,) in struct.iter_unpack("<" + INTEGERS.get(dtype, "?"), data)]


def is_variable(dtype):
    return dtype in ("String", "Binary")


def content(dtype, values):
    if is_variable(dtype):
        return {"values": values}
    return {"sha256": hashlib.sha256(pack(dtype, values)).hexdigest()}


def list_order(names):
    text = json.dumps(names, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def wrapped(dtype, value):
    size = width(dtype)
    return unpack(dtype, (value % (1 << 8 * size)).to_bytes(size, "little"))[0]


def saturated(dtype, value):
    bits = 8 * width(dtype)
    low, high = (0, (1 << bits) - 1) if dtype.startswith("U") else (-(1 << bits - 1), (1 << bits - 1) - 1)
    if math.isnan(value):
        return 0
    return int(min(max(value, low), high))


def fill_cell(dtype, fill):
    """What a cell reads as that nobody wrote."""
    kind, value = next(iter(fill.items())) if fill else (None, None)
    if dtype == "String":
        return value if kind == "String" else ""
    if dtype == "Binary":
        return ""
    if dtype == "Bool":
        return value if kind == "Bool" else False
    if dtype in FLOATS:
        if kind == "Float":
            return value if dtype == "Float64" else float_bits("Float32", float_value("Float64", value))
        return float_bits(dtype, value if kind in ("Int", "UInt") else 0)
    if dtype == "TimestampNs":
        return value if kind in ("TimestampNs", "Int") else 0
    if kind in ("Int", "UInt"):
        return wrapped(dtype, value)
    if kind == "Float":
        return saturated(dtype, float_value("Float64", value))
    return int(value) if kind == "Bool" and dtype.startswith("U") else 0


def is_fill(dtype, fill, value):
    """Whether the statistics count a written element as missing: a stricter rule than that of fill_cell."""
    kind, fill_value = next(iter(fill.items())) if fill else (None, None)
    if dtype in FLOATS:
        if kind != "Float":
            return False
        number, missing = float_value(dtype, value), float_value("Float64", fill_value)
        if dtype == "Float32":
            missing = float_value(dtype, float_bits(dtype, missing))
        return number == missing or math.isnan(number) and math.isnan(missing)
    accepted = {"Bool": ("Bool",), "String": ("String",), "Binary": ("String",), "TimestampNs": ("TimestampNs", "Int")}
    if kind not in accepted.get(dtype, ("Int", "UInt")):
        return False
    if dtype == "Binary":
        return value == fill_value.encode().hex()
    return value == (wrapped(dtype, fill_value) if dtype in INTEGERS else fill_value)


def bound(dtype, value):
    """A minimum or maximum as the statistics store it."""
    if dtype in FLOATS:
        return {"Float": value if dtype == "Float64" else float_bits("Float64", float_value(dtype, value))}
    if is_variable(dtype):
        return {"Bytes": value.encode().hex() if dtype == "String" else value}
    if dtype == "TimestampNs":
        return {"TimestampNs": value}
    return {"Int": value} if dtype.startswith("I") else {"UInt": int(value)}


def order(dtype):
    """The key that sorts values: IEEE total order for floats, bytes for text."""
    if dtype in FLOATS:
        sign = 1 << 8 * width(dtype) - 1
        return lambda bits: int(bits, 16) + sign if int(bits, 16) < sign else 2 * sign - 1 - int(bits, 16)
    return (lambda text: text.encode()) if dtype == "String" else lambda value: value


class Array:
    def __init__(self, operation, by_crate):
        self.dtype = operation["dtype"]
        self.shape = operation["shape"]
        # The crates store a chunk extent of 0 on an empty axis, ours 1.
        self.chunk_shape = [extent if by_crate else max(extent, 1) for extent in operation.get("chunk_shape") or self.shape]
        self.dimension_names = operation.get("dimension_names") or [f"dim{i}" for i in range(len(self.shape))]
        self.fill = operation.get("fill")
        self.chunks = {}  # coordinate -> {index: value}, every cell of the chunk's clipped extent
        self.attributes = {}
        self.raw_chunks = {}  # of lists: coordinate -> payload

    def extent(self, coordinate):
        """The indices that a chunk covers, clipped to the array."""
        return itertools.product(*(range(c * size, min((c + 1) * size, length))
                                   for c, size, length in zip(coordinate, self.chunk_shape, self.shape)))

    def coordinate(self, index):
        return tuple(i // size for i, size in zip(index, self.chunk_shape))

    def write(self, start, shape, values, unwritten):
        for offset, value in zip(itertools.product(*map(range, shape)), values, strict=True):
            index = tuple(map(sum, zip(start, offset)))
            coordinate = self.coordinate(index)
            if coordinate not in self.chunks:
                self.chunks[coordinate] = dict.fromkeys(self.extent(coordinate), unwritten)
            self.chunks[coordinate][index] = value

    def resize(self, shape):
        self.shape = shape
        unwritten = fill_cell(self.dtype, self.fill)
        for coordinate, cells in list(self.chunks.items()):
            kept = {index: cells.get(index, unwritten) for index in self.extent(coordinate)}
            self.chunks[coordinate] = kept
            if not kept:
                del self.chunks[coordinate]

    def values(self, unwritten):
        """All cells in C order."""
        nothing = {}
        return [self.chunks.get(self.coordinate(index), nothing).get(index, unwritten)
                for index in itertools.product(*map(range, self.shape))]

    def stats(self):
        rows = math.prod(self.shape)
        written = [value for cells in self.chunks.values() for value in cells.values()
                   if not is_fill(self.dtype, self.fill, value)]
        answer = {"min": None, "max": None, "null_count": rows - len(written), "row_count": rows}
        if written:
            key = order(self.dtype)
            answer |= {"min": bound(self.dtype, min(written, key=key)), "max": bound(self.dtype, max(written, key=key))}
        return answer

    def dump(self, name, for_crate):
        if isinstance(self.dtype, dict):
            found = None if for_crate else {"chunks": [[list(c), hashlib.sha256(payload).hexdigest()]
                                                       for c, payload in sorted(self.raw_chunks.items())]}
            stats = {"min": None, "max": None, "null_count": math.prod(self.shape), "row_count": math.prod(self.shape)}
        else:
            # None: the crates never use a string fill value, but read the chunks of it that ours writes to hide others.
            unwritten = None if for_crate and self.dtype == "String" else fill_cell(self.dtype, self.fill)
            found, stats = content(self.dtype, self.values(unwritten)), self.stats()
        return {"name": name, "dtype": self.dtype, "shape": self.shape, "chunk_shape": self.chunk_shape,
                "dimension_names": self.dimension_names, "fill_value": self.fill, "attributes": self.attributes,
                "stats": stats, "content": found}


class Model:
    def __init__(self):
        self.arrays = {}  # in listing order

    def copy(self):
        return copy.deepcopy(self)

    def apply(self, operations, by_crate=False):
        for operation in operations:
            getattr(self, operation["op"])(operation, by_crate)
        return self

    def nothing(self, operation, by_crate):
        """These change no value."""
    create = open = flush = compact = nothing

    def define(self, operation, by_crate):
        assert operation["name"] not in self.arrays
        self.arrays[operation["name"]] = Array(operation, by_crate)

    def write(self, operation, by_crate):
        array = self.arrays[operation["name"]]
        # In a chunk that is written in part the crates fill the rest of it, but of texts with "".
        unwritten = "" if by_crate and is_variable(array.dtype) else fill_cell(array.dtype, array.fill)
        array.write(operation["start"], operation["shape"], operation["values"], unwritten)

    def write_chunk(self, operation, by_crate):
        payload = bytes.fromhex(operation["payload"])
        self.arrays[operation["name"]].raw_chunks[tuple(operation["coordinate"])] = payload

    def delete(self, operation, by_crate):
        del self.arrays[operation["name"]]

    def resize(self, operation, by_crate):
        self.arrays[operation["name"]].resize(operation["shape"])

    def append(self, operation, by_crate):
        array, axis, part = self.arrays[operation["name"]], operation["axis"], operation["shape"]
        start = [extent if i == axis else 0 for i, extent in enumerate(array.shape)]
        array.resize([extent + part[axis] * (i == axis) for i, extent in enumerate(array.shape)])
        array.write(start, part, operation["values"], fill_cell(array.dtype, array.fill))

    def rename(self, operation, by_crate):
        self.arrays[operation["to"]] = self.arrays.pop(operation["name"])

    def copy_array(self, operation, by_crate):
        self.arrays[operation["to"]] = copy.deepcopy(self.arrays[operation["name"]])

    def set_attribute(self, operation, by_crate):
        self.arrays[operation["name"]].attributes[operation["key"]] = operation["value"]

    def remove_attribute(self, operation, by_crate):
        del self.arrays[operation["name"]].attributes[operation["key"]]

    def dump(self, for_crate=False):
        return {"list_order_sha256": list_order(list(self.arrays)),
                "arrays": [array.dump(name, for_crate) for name, array in self.arrays.items()]}
