"""The stacks that the interop tests write: lists of operations (see model.py) with a name."""
import itertools
import math

from model import float_bits

NAN = math.nan


def f32(*values):
    return [float_bits("Float32", value) for value in values]


def f64(*values):
    return [float_bits("Float64", value) for value in values]


class Script(list):
    """Operations, with the words to add one."""

    def __init__(self, **options):
        super().__init__([{"op": "create", **options}])
        self.defined = {}

    def reopen(self, **options):
        self.append({"op": "open", **options})

    def define(self, name, dtype, shape, chunk_shape=None, fill=None, dimension_names=None):
        self.defined[name] = dtype, shape
        self.append({"op": "define", "name": name, "dtype": dtype, "shape": shape, "chunk_shape": chunk_shape, "fill": fill,
                     "dimension_names": dimension_names})

    def write(self, name, values, start=None, shape=None):
        """Without a region, the whole array."""
        dtype, whole = self.defined[name]
        self.append({"op": "write", "name": name, "dtype": dtype, "start": start or [0] * len(whole),
                     "shape": whole if shape is None else shape, "values": list(values)})

    def put(self, name, dtype, shape, values, chunk_shape=None, fill=None, dimension_names=None):
        self.define(name, dtype, shape, chunk_shape, fill, dimension_names)
        self.write(name, values)

    def write_chunk(self, name, coordinate, payload):
        self.append({"op": "write_chunk", "name": name, "coordinate": coordinate, "payload": payload.hex()})

    def attribute(self, name, key, kind, value):
        self.append({"op": "set_attribute", "name": name, "key": key, "value": {kind: value}})

    def remove_attribute(self, name, key):
        self.append({"op": "remove_attribute", "name": name, "key": key})

    def resize(self, name, shape):
        self.defined[name] = self.defined[name][0], shape
        self.append({"op": "resize", "name": name, "shape": shape})

    def lengthen(self, name, axis, shape, values):
        self.append({"op": "append", "name": name, "dtype": self.defined[name][0], "axis": axis, "shape": shape,
                     "values": list(values)})

    def delete(self, name):
        self.append({"op": "delete", "name": name})

    def flush(self):
        self.append({"op": "flush"})

    def compact(self):
        self.append({"op": "compact"})


EVERY_DTYPE = {
    "Bool": [True, False, True, True, False, False, True],
    "Int8": [-128, -1, 0, 1, 2, 3, 127],
    "Int16": [-2**15, -1, 0, 1, 2, 3, 2**15 - 1],
    "Int32": [-2**31, -1, 0, 1, 2, 3, 2**31 - 1],
    "Int64": [-2**63, -1, 0, 1, 2, 3, 2**63 - 1],
    "UInt8": [0, 1, 2, 3, 4, 254, 255],
    "UInt16": [0, 1, 2, 3, 4, 5, 2**16 - 1],
    "UInt32": [0, 1, 2, 3, 4, 5, 2**32 - 1],
    "UInt64": [0, 1, 2, 3, 4, 5, 2**64 - 1],
    "Float32": f32(-1.5, -0.0, 0.0, 1e-40, 3.25, math.inf, NAN),
    "Float64": f64(-1.5, -0.0, 5e-324, 3.25, -math.inf, NAN) + ["0xfff8000000000001"],
    "String": ["", "a", "hello world", "naïve ☃ 漢字", "sixteen-bytes-xx", "a rather longer string than the rest", "z\0z"],
    "Binary": ["", "00", "fffe", "616263", "00" * 20, bytes(range(256)).hex(), "07"],
    "TimestampNs": [-2**63, -1, 0, 1, 1_700_000_000_000_000_000, 42, 2**63 - 1],
}


def dtypes(codec, level=None):
    script = Script(codec=codec, **({"level": level} if level is not None else {}))
    for dtype, values in EVERY_DTYPE.items():
        script.put(f"{dtype} whole", dtype, [7], values)
        script.put(f"{dtype} in chunks", dtype, [7], values, [3])
        script.put(f"{dtype} as a table", dtype, [2, 3], values[:6], [2, 2])
    script.flush()
    return script


def fills():
    script = Script(codec="lz4")
    cases = [  # name, dtype, fill, what is written from cell 1 on
        ("bool true", "Bool", {"Bool": True}, [False, True]), ("bool int", "Bool", {"Int": 1}, [False, True]),
        ("i32", "Int32", {"Int": -7}, [5, -7]), ("i32 uint", "Int32", {"UInt": 2**32 - 1}, [-1, 3]),
        ("i8 wraps", "Int8", {"Int": 300}, [44, 3]), ("i64 least", "Int64", {"Int": -2**63}, [0, 1]),
        ("u16", "UInt16", {"UInt": 65535}, [5, 65535]), ("u64 greatest", "UInt64", {"UInt": 2**64 - 1}, [5, 6]),
        ("u64 minus one", "UInt64", {"Int": -1}, [2**64 - 1, 6]),
        ("u8 saturates", "UInt8", {"Float": f64(300.7)[0]}, [255, 9]), ("u8 bool", "UInt8", {"Bool": True}, [1, 9]),
        ("u8 below zero", "UInt8", {"Float": f64(-5.0)[0]}, [0, 9]),
        ("i16 nan", "Int16", {"Float": f64(NAN)[0]}, [0, 9]), ("i16 bool", "Int16", {"Bool": True}, [1, 9]),
        ("i32 float", "Int32", {"Float": f64(6.9)[0]}, [6, 7]),
        ("f32 rounds", "Float32", {"Float": f64(1.1)[0]}, f32(1.1, 9.0)), ("f32 int", "Float32", {"Int": 3}, f32(3.0, 9.0)),
        ("f64 nan", "Float64", {"Float": f64(NAN)[0]}, ["0xfff8000000000001", *f64(9.0)]),
        ("f64 int", "Float64", {"Int": -3}, f64(-3.0, 9.0)), ("f64 uint", "Float64", {"UInt": 2**63}, f64(2.0**63, 9.0)),
        ("f64 negative zero", "Float64", {"Float": f64(-0.0)[0]}, f64(0.0, -0.0)),
        ("f64 text", "Float64", {"String": "?"}, f64(0.0, 1.0)),
        ("string", "String", {"String": "missing-value-long"}, ["missing-value-long", "b"]),
        ("string empty", "String", {"String": ""}, ["", "b"]), ("string int", "String", {"Int": 3}, ["3", "b"]),
        ("binary", "Binary", {"String": "mv"}, ["6d76", "09"]),
        ("ts", "TimestampNs", {"TimestampNs": -99}, [-99, 5]), ("ts int", "TimestampNs", {"Int": 77}, [77, 5]),
        ("ts uint", "TimestampNs", {"UInt": 3}, [3, 4]),
        ("none", "Int32", None, [0, 4]), ("none f64", "Float64", None, f64(0.0, 4.0)), ("none string", "String", None, ["", "b"]),
    ]
    for name, dtype, fill, values in cases:
        script.define(f"{name}, written in part", dtype, [5], [2], fill)
        script.write(f"{name}, written in part", values, [1], [2])
        script.define(f"{name}, never written", dtype, [2, 2], None, fill)
        script.put(f"{name}, written whole", dtype, [2], values, None, fill)
    script.flush()
    return script


def statistics():
    script = Script(codec="none")
    for name, values in {
            "nan between": f64(1.0, NAN, 3.0, math.inf, -math.inf), "negative nan": [*f64(1.0), "0xfff8000000000000", *f64(3.0)],
            "both zeros": f64(0.0, -0.0, 0.0, -0.0), "nothing but nan": f64(NAN, NAN)}.items():
        script.put(name, "Float64", [len(values)], values, [2])
    script.put("nothing but fill", "Float64", [3], f64(NAN, NAN, NAN), None, {"Float": f64(NAN)[0]})
    script.put("zero is fill", "Float64", [3], f64(-0.0, 0.0, 5.0), None, {"Float": f64(0.0)[0]})
    script.put("f32 in chunks", "Float32", [5], f32(2.5, -7.25, NAN, 0.0, 1e30), [2])
    script.put("all text is fill", "String", [2], ["q", "q"], None, {"String": "q"})
    script.put("text by bytes", "String", [5], ["é", "z", "Z", "", "zz"], [2])
    script.put("bytes", "Binary", [4], ["ff", "00ff", "", "7f"], [3])
    script.flush()
    script.write("f32 in chunks", f32(99.0), [0], [1])
    script.write("text by bytes", ["a", "b"], [1], [2])
    script.flush()
    return script


def chunk_grids():
    script = Script(codec="lz4")
    script.put("table", "Int32", [5, 7], range(35), [2, 3])
    script.put("cube", "Float64", [3, 4, 5], f64(*range(60)), [2, 3, 2], {"Float": f64(-9.0)[0]})
    script.define("window", "Int16", [5, 7], [2, 3], {"Int": -5})
    script.write("window", [1, 2, 3, 4, 5, 6], [1, 2], [2, 3])
    script.define("tail", "UInt8", [9], [4])
    script.write("tail", [1, 2], [7], [2])
    script.define("texts", "String", [5, 3], [2, 2])
    script.write("texts", ["a", "bb", "ccc", "dddd", "eeeee", "日本"], [1, 1], [3, 2])
    script.put("chunk beyond the array", "Int32", [3], [1, 2, 3], [100])
    script.put("six dimensions", "Int8", [2, 1, 3, 1, 2, 2], range(24), [1, 1, 2, 1, 2, 1])
    script.flush()
    script.write("window", range(10, 25), [0, 4], [5, 3])
    script.write("cube", f64(*range(100, 108)), [1, 2, 1], [2, 2, 2])
    script.write("texts", ["again"], [4, 2], [1, 1])
    script.flush()
    return script


def small_writes():
    script = Script(codec="zstd", level=1)
    script.define("dots", "Int64", [40], [8], {"Int": 0})
    for i in range(0, 40, 3):
        script.write("dots", [i], [i], [1])
    script.define("words", "String", [6], [4], {"String": "-"})
    for i, word in enumerate(["one", "two", "three", "four", "five"]):
        script.write("words", [word], [i], [1])
    script.write("dots", [-1, -2, -3], [2], [3])
    script.flush()
    script.write("dots", [77], [39], [1])
    script.write("words", ["TWO"], [1], [1])
    script.flush()
    return script


def layers():
    script = Script(codec="zstd", level=1)
    script.put("keep", "Int32", [2, 3], range(1, 7))
    script.put("over", "Int32", [4, 4], range(16), [2, 2], {"Int": -1})
    script.put("gone", "Float32", [3], f32(1, 2, 3))
    script.put("again", "Float32", [3], f32(1, 2, 3))
    script.flush()
    script.write("over", [100, 101, 102, 103], [1, 1], [2, 2])
    script.delete("gone")
    script.delete("again")
    script.flush()
    script.put("again", "Int64", [2], [7, 8])
    script.put("new", "UInt8", [2], [7, 8])
    script.flush()
    script.write("over", [999], [0, 3], [1, 1])
    script.flush()
    return script


def twelve_layers():
    """Sidecar 10 comes after sidecar 9, not after sidecar 1."""
    script = Script(codec="lz4")
    script.define("a", "Int32", [24], [2], {"Int": 0})
    for i in range(12):
        script.write("a", [i + 1], [2 * i], [1])
        script.write("a", [100 + i], [23], [1])
        script.flush()
    return script


def redefinitions():
    script = Script(codec="lz4")
    old = {"grid": ("Int32", [4], [2]), "chunks": ("Int32", [8], [2]), "dtype": ("Int32", [4], [2]),
           "smaller": ("Int32", [9], [2]), "larger": ("Int32", [3], [2]), "rank less": ("Int32", [4, 4], [2, 2]),
           "text": ("Int16", [4], [2]), "fill only": ("Int32", [4], [2]), "twice": ("Int32", [6], [2])}
    for name, (dtype, shape, chunk_shape) in old.items():
        script.put(name, dtype, shape, range(1, math.prod(shape) + 1), chunk_shape, {"Int": 0})
    script.put("bystander", "Int32", [2], [1, 2])
    script.flush()
    for name in old:
        script.delete(name)
    script.flush()
    script.define("grid", "Int32", [4], [2], {"Int": -1})
    script.write("grid", [50, 60], [0], [2])
    script.define("chunks", "Int32", [8], [3], {"Int": -1})
    script.write("chunks", [50], [4], [1])
    script.define("dtype", "Float64", [4], [2], {"Float": f64(-1.0)[0]})
    script.write("dtype", f64(2.5), [3], [1])
    script.define("smaller", "Int32", [3], [2], {"Int": -1})
    script.write("smaller", [5], [0], [1])
    script.define("larger", "Int32", [11], [4], {"Int": -1})
    script.write("larger", [5, 6], [7], [2])
    script.define("rank less", "Int32", [5], [2], {"Int": -1})
    script.write("rank less", [8, 9], [2], [2])
    script.define("text", "String", [5], [2], {"String": "none"})
    script.write("text", ["x"], [2], [1])
    script.define("fill only", "Int32", [4], [2], {"Int": -9})
    script.define("twice", "Int32", [6], [4], {"Int": -1})
    script.write("twice", [1], [5], [1])
    script.flush()
    script.delete("twice")
    script.define("twice", "UInt8", [6], [2], {"UInt": 255})
    script.write("twice", [7], [0], [1])
    script.flush()
    return script


def redefinitions_by_whole_chunks():
    script = Script(codec="none")
    script.put("same grid", "Int32", [4], [1, 2, 3, 4], [2])
    script.put("other shape", "Int32", [4], [1, 2, 3, 4], [2])
    script.put("fewer chunks", "Int32", [6], range(6), [2])
    script.put("nothing written", "Int32", [2, 2], [1, 2, 3, 4])
    script.put("other dtype", "Int32", [4], [1, 2, 3, 4], [2])
    script.flush()
    for name in ("same grid", "other shape", "fewer chunks", "nothing written", "other dtype"):
        script.delete(name)
    script.flush()
    script.define("same grid", "Int32", [4], [2], {"Int": -1})
    script.write("same grid", [50, 60], [0], [2])
    script.define("other shape", "Int32", [6], [3])
    script.write("other shape", [50, 60, 70], [0], [3])
    script.define("fewer chunks", "Int32", [2], [2])
    script.write("fewer chunks", [50, 60], [0], [2])
    script.define("nothing written", "Int32", [3])
    script.define("other dtype", "Float64", [4], [2])
    script.write("other dtype", f64(0.5, 1.5), [2], [2])
    script.flush()
    return script


def redefinition_of_higher_rank():
    script = Script(codec="lz4")
    script.put("a", "Int32", [4], [1, 2, 3, 4], [2], {"Int": 0})
    script.put("b", "Int32", [2], [5, 6])
    script.flush()
    script.delete("a")
    script.flush()
    script.define("a", "Int32", [3, 3], [2, 2], {"Int": -1})
    script.write("a", [9], [1, 1], [1, 1])
    script.flush()
    return script


def redefinition_in_one_layer():
    script = Script(codec="none")
    script.put("a", "Int32", [4], [1, 2, 3, 4], [2])
    script.put("b", "Int32", [4], [1, 2, 3, 4], [2])
    script.flush()
    script.delete("a")
    script.define("a", "Int32", [4], [2], {"Int": -1})
    script.write("a", [50, 60], [0], [2])
    script.delete("b")
    script.define("b", "Int32", [4], [4], {"Int": -1})
    script.flush()
    return script


def resizes():
    script = Script(codec="lz4")
    for name in ("grow", "shrink", "shrink and grow", "to nothing", "from nothing", "within a chunk"):
        script.put(name, "Int32", [5, 5], range(25), [2, 2], {"Int": -1})
    script.put("texts", "String", [5], ["a", "b", "c", "d", "e"], [2], {"String": "?"})
    script.define("empty", "Int32", [0], [3], {"Int": -1})
    script.flush()
    script.resize("grow", [7, 6])
    script.resize("shrink", [3, 2])
    script.resize("shrink and grow", [2, 2])
    script.resize("to nothing", [0, 5])
    script.resize("from nothing", [0, 0])
    script.resize("within a chunk", [5, 6])
    script.resize("texts", [3])
    script.resize("empty", [4])
    script.write("empty", [1, 2], [2], [2])
    script.flush()
    script.resize("shrink and grow", [5, 5])
    script.write("shrink and grow", [77], [4, 4], [1, 1])
    script.resize("from nothing", [3, 3])
    script.resize("texts", [6])
    script.write("grow", [88], [6, 5], [1, 1])
    script.flush()
    script.resize("grow", [4, 4])
    script.resize("grow", [5, 5])
    script.flush()
    return script


def growing():
    script = Script(codec="zstd")
    script.put("days", "Int32", [3, 2], range(6), [2, 2], {"Int": -1})
    script.put("texts", "String", [2], ["a", "b"], [3])
    script.put("old name", "Float64", [4], f64(0.5, 1.5, 2.5, 3.5), [3])
    script.attribute("old name", "units", "String", "K")
    script.flush()
    script.lengthen("days", 0, [2, 2], range(6, 10))
    script.lengthen("texts", 0, [3], ["c", "", "eee"])
    script.append({"op": "rename", "name": "old name", "to": "new name"})
    script.flush()
    script.lengthen("days", 1, [5, 1], range(10, 15))
    script.append({"op": "copy_array", "name": "new name", "to": "copy"})
    script.flush()
    return script


SCALAR_ATTRIBUTES = [
    ("b", "Bool", True), ("b0", "Bool", False), ("i8", "Int8", -8), ("i16", "Int16", -1600), ("i32", "Int32", -320000),
    ("i64", "Int64", -2**63), ("u8", "UInt8", 200), ("u16", "UInt16", 60000), ("u32", "UInt32", 4000000000),
    ("u64", "UInt64", 2**64 - 1), ("f32", "Float32", f32(1.5)[0]), ("f32 nan", "Float32", "0x7fc00001"),
    ("f64", "Float64", f64(-0.0)[0]), ("f64 inf", "Float64", f64(math.inf)[0]), ("f64 nan", "Float64", "0xfff8000000000001"),
    ("s", "String", "short"), ("s16", "String", "0123456789abcdef"), ("s17", "String", "0123456789abcdefg"),
    ("long", "String", "x" * 300), ("none", "String", ""), ("63", "String", "y" * 63), ("64", "String", "y" * 64),
    ("128", "String", "é" * 64), ("", "String", "of the empty key"), ("ключ", "String", "of a key that is not ASCII"),
]
LIST_ATTRIBUTES = [
    ("bin", "Binary", "0001ff"), ("bin0", "Binary", ""), ("lb", "BoolList", [True, False, True]), ("li8", "Int8List", [-1, 2]),
    ("li16", "Int16List", [-1, 2]), ("li32", "Int32List", [-1, 2]), ("li64", "Int64List", [-2**63, 2]),
    ("lu8", "UInt8List", [1, 255]), ("lu16", "UInt16List", [1, 2]), ("lu32", "UInt32List", [1, 2]),
    ("lu64", "UInt64List", [1, 2**64 - 1]), ("lf32", "Float32List", f32(1.0, NAN)),
    ("lf64", "Float64List", f64(1.0, -math.inf, -0.0)), ("ls", "StringList", ["", "short", "a much longer string here", "ü"]),
    ("lbin", "BinaryList", ["", "010203", "09" * 20]), ("ls0", "StringList", []), ("lf64 0", "Float64List", []),
]


def attributes(kinds):
    script = Script(codec="none")
    script.put("a", "Int32", [2], [1, 2])
    script.define("b", "Int32", [2])
    script.define("c", "Int32", [2])
    for key, kind, value in kinds:
        script.attribute("a", key, kind, value)
    for key, kind, value in reversed(kinds):
        script.attribute("b", key, kind, value)
    script.attribute("a", kinds[0][0], "String", "replaced")
    script.flush()
    return script


def attributes_in_layers(kinds):
    script = Script(codec="lz4")
    for name in "abcd":
        script.put(name, "Int32", [2], [1, 2])
        script.attribute(name, "units", "String", "m")
        script.attribute(name, "of " + name, "Int32", ord(name))
    script.flush()
    script.attribute("b", "later", "Float64", f64(2.5)[0])      # on an array that has some
    script.write("a", [9], [0], [1])                            # data only
    script.define("late", "Int8", [1])
    script.attribute("late", "units", "String", "K")            # an old key, a new value
    script.flush()
    script.attribute("c", "units", "String", "K")               # replaced
    script.remove_attribute("b", "units")
    script.remove_attribute("d", "units")
    script.remove_attribute("d", "of d")                        # none left
    script.flush()
    for key, kind, value in kinds:                              # every kind, over what is there
        script.attribute("c", key, kind, value)
    script.write("d", [5], [1], [1])
    script.delete("late")
    script.flush()
    script.attribute("d", "units", "String", "m")               # set again
    script.define("late", "Int8", [1])                          # anew, without its attributes
    script.write("c", [7, 8])
    script.flush()
    script.attribute("a", "last", "Bool", True)
    script.flush()
    return script


def attributes_and_compaction():
    script = Script(codec="lz4")
    for name in "ab":
        script.put(name, "Int32", [1], [1])
        script.attribute(name, "k0", "Int32", 10)
    script.flush()
    script.attribute("a", "k1", "Int32", 11)
    script.remove_attribute("b", "k0")
    script.flush()
    script.compact()
    script.attribute("b", "k1", "Int32", 12)
    script.write("a", [3])
    script.flush()
    script.compact()
    script.attribute("a", "k0", "String", "ten")
    script.put("c", "Int32", [1], [5])
    script.attribute("c", "k1", "Int32", 11)
    script.flush()
    return script


def more_attributes_than_16_bits_count():
    script = Script(codec="none")
    for i in range(70):
        script.define(f"a{i}", "Int8", [1])
        for k in range(1000):
            script.attribute(f"a{i}", f"k{k}", "Int32", 1000 * i + k)
    script.flush()
    return script


def many_arrays():
    script = Script(codec="lz4", block_size=4096)
    for i in range(1500):
        script.put(f"profile {i:04}", "UInt16", [3], [i, 3 * i, 7], None, None, ["depth"])
        script.attribute(f"profile {i:04}", "cruise", "Int32", i % 40)
        script.attribute(f"profile {i:04}", "platform", "String", f"float number {i // 50}")
    script.flush()
    for i in range(0, 1500, 7):
        script.write(f"profile {i:04}", [65535], [1], [1])
    for i in range(3, 1500, 100):
        script.delete(f"profile {i:04}")
    script.flush()
    return script


def scalars_and_empty_arrays():
    script = Script(codec="none")
    script.put("scalar", "Float64", [], f64(3.5))
    script.put("scalar text", "String", [], ["x"])
    script.define("scalar never written", "Float64", [], None, {"Float": f64(2.5)[0]})
    script.define("empty", "Int32", [0])
    script.define("empty table", "Int32", [3, 0])
    script.define("empty with chunks", "Int32", [0], [4])
    script.define("empty text", "String", [0, 2], [1, 1], {"String": "?"})
    script.put("one", "Int32", [1], [9])
    script.flush()
    return script


def odd_names():
    script = Script(codec="zstd")
    names = ["ünïcödé", "漢字かな交じり文のとても長い名前", "a/b/c", "/lead", "", " ", "with.dot", "exactly16bytes!!",
             "exactly17bytes!!!", "nul\0in", "emoji 🦀", "q\"uote\\", "tab\tline\nfeed\r\b\f\x01\x1f\x7f", "%41", "..", "x.1.af"]
    for i, name in enumerate(names):
        script.put(name, "Int32", [1], [i], None, None, [f"dïm {i}/é"])
        script.attribute(name, name, "String", name)
    for length in (62, 63, 64, 65, 127, 128, 255, 256, 300):
        script.define("n" * length, "Int32", [1], None, None, [""])
    script.flush()
    return script


def blocks_and_codecs():
    """Each layer with another codec and block size."""
    script = Script(codec="lz4", block_size=256)
    script.put("a", "Int32", [40], range(40), [16])
    script.put("big", "Int32", [500], range(500))
    script.put("tiny", "UInt8", [3], [1, 2, 3])
    script.put("many chunks", "Int64", [100], range(100), [7])
    script.flush()
    script.reopen(codec="zstd", level=19, block_size=1 << 20)
    script.write("a", [-1, -2], [1], [2])
    script.put("zeros", "UInt8", [70000], [0] * 70000)
    script.flush()
    script.reopen(codec="none", block_size=1)
    script.write("many chunks", range(200, 215), [50], [15])
    script.put("noise", "UInt8", [3000], [(i * i * 2654435761 >> 13) & 255 for i in range(3000)])
    script.flush()
    return script


def lists():
    script = Script(codec="lz4")
    children = ["Bool", "Int8", "UInt16", "Int32", "Float32", "Float64", "TimestampNs", "String", "Binary",
                {"FixedSizeList": {"child": "UInt8", "size": 4}}, {"List": {"child": {"List": {"child": "Float32"}}}}]
    for i, child in enumerate(children):
        for kind in ({"FixedSizeList": {"child": child, "size": 3}}, {"List": {"child": child}}):
            name = f"{i} {next(iter(kind))}"
            script.define(name, kind, [2, 3], [1, 2])
            for coordinate in itertools.product(range(2), range(2)):
                script.write_chunk(name, list(coordinate), bytes([i, *coordinate]) * (7 + i))
    script.define("no elements each", {"FixedSizeList": {"child": "Int32", "size": 0}}, [2])
    script.flush()
    script.write_chunk("0 List", [1, 1], b"newer")
    script.flush()
    return script


def nothing():
    return Script(codec="none")


def only_defined():
    script = Script(codec="zstd")
    script.define("a", "Int32", [2])
    script.define("b", "String", [2, 2], None, {"String": "fill"})
    script.flush()
    return script


def file_attributes():
    script = Script(codec="lz4")
    script.define("__file__", "Bool", [])
    script.attribute("__file__", "title", "String", "a collection")
    script.put("a", "Int32", [2], [1, 2])
    script.attribute("a", "title", "String", "an array")
    script.flush()
    return script


class Scenario:
    """`ours_only`: why the crates cannot write it. `crates_misread`: why they read back something else than they wrote.
    Both are empty where there is no reason."""

    def __init__(self, name, script, ours_only="", crates_misread=""):
        self.name, self.script, self.ours_only, self.crates_misread = name, script, ours_only, crates_misread


def scenarios(footer):
    kinds = SCALAR_ATTRIBUTES + (LIST_ATTRIBUTES if footer == 5 else [])
    generations = "the crates let chunks of a deleted array show through in the next of its name"
    for codec, level in [("none", None), ("lz4", None), ("zstd", -5), ("zstd", 3), ("zstd", 22)]:
        yield Scenario(f"dtypes, {codec} {level or ''}".strip(), dtypes(codec, level))
    yield Scenario("fills", fills())
    yield Scenario("statistics", statistics())
    yield Scenario("chunk grids", chunk_grids())
    yield Scenario("small writes", small_writes())
    yield Scenario("layers", layers())
    yield Scenario("twelve layers", twelve_layers())
    yield Scenario("redefinitions", redefinitions(), ours_only="the crates fill a chunk written in part from the former one")
    yield Scenario("redefinitions by whole chunks", redefinitions_by_whole_chunks(), crates_misread=generations)
    yield Scenario("redefinition of higher rank", redefinition_of_higher_rank(), crates_misread=generations)
    yield Scenario("redefinition in one layer", redefinition_in_one_layer(), crates_misread=generations)
    yield Scenario("resizes", resizes(), ours_only="the crates cannot resize")
    yield Scenario("growing", growing(), ours_only="the crates can neither append nor rename")
    yield Scenario("attributes", attributes(kinds))
    yield Scenario("attributes in layers", attributes_in_layers(kinds), ours_only="the crates cannot remove attributes")
    yield Scenario("attributes and compaction", attributes_and_compaction(), ours_only="the crates cannot remove attributes")
    yield Scenario("many arrays", many_arrays())
    yield Scenario("scalars and empty arrays", scalars_and_empty_arrays())
    yield Scenario("odd names", odd_names())
    yield Scenario("blocks and codecs", blocks_and_codecs())
    yield Scenario("lists", lists(), ours_only="the crates have no element type for lists")
    yield Scenario("nothing", nothing())
    yield Scenario("only defined", only_defined())
    yield Scenario("file attributes", file_attributes())
