"""Mapped arrays through libarrayformat.so, its C ABI only."""
import ctypes
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_uint8, c_uint32, c_void_p

READ_ONLY, READ_WRITE, COPY_ON_WRITE = 0, 1, 2
DTYPES = {"i32": 3, "i64": 4, "f32": 9, "f64": 10}
NAMES = {number: name for name, number in DTYPES.items()}


class Options(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("mode", c_int32), ("durability", c_int32), ("replace", c_uint8),
                ("lock", c_uint8), ("strict", c_uint8), ("reserve", c_uint8)]


class Failure(Exception):
    pass


def int64s(values):
    return (c_int64 * max(len(values), 1))(*values)


class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(str(path))
        for name, restype in {"error_message": c_char_p, "mmap_view_data": c_void_p, "mmap_view_mutable_data": c_void_p,
                              "mmap_view_data_len": c_int64, "mmap_view_shape": POINTER(c_int64)}.items():
            getattr(self.c, "af_" + name).restype = restype

    def call(self, name, *arguments):
        """af_NAME with an error as its last argument."""
        error = c_void_p()
        if getattr(self.c, "af_" + name)(*arguments, byref(error)):
            message = self.c.af_error_message(error).decode()
            self.c.af_error_free(error)
            raise Failure(f"af_{name}: {message}")

    def make(self, name, *arguments):
        """af_NAME with a handle as its last argument but one."""
        out = c_void_p()
        self.call(name, *arguments, byref(out))
        return out

    def options(self, **fields):
        return Options(struct_size=ctypes.sizeof(Options), **fields)

    def create(self, path, dtype, shape, memory, strides=None):
        """From `memory`, bytes that hold the array as `strides` say (in bytes; None: C order)."""
        return Array(self, self.make("mmap_create", str(path).encode(), c_int64(-1), c_int32(DTYPES[dtype]), int64s(shape),
                                     c_int32(len(shape)), strides and int64s(strides), memory, c_int64(len(memory)),
                                     byref(self.options(durability=1))))

    def create_zeros(self, path, dtype, shape):
        return Array(self, self.make("mmap_create_zeros", str(path).encode(), c_int64(-1), c_int32(DTYPES[dtype]),
                                     int64s(shape), c_int32(len(shape)), byref(self.options(durability=1))))

    def open(self, path, mode=READ_ONLY, strict=False):
        return Array(self, self.make("mmap_open", str(path).encode(), c_int64(-1),
                                     byref(self.options(mode=mode, strict=strict))))


class Array:
    def __init__(self, library, handle):
        self.library, self.handle = library, handle

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.library.c.af_mmap_close(self.handle)

    def view(self, mutable=False):
        return self.library.make("mmap_get_mutable_view" if mutable else "mmap_get_view", self.handle)

    def dump(self):
        """dtype, shape, strides in elements, the elements' bytes: as the reference dumps them."""
        c, view = self.library.c, self.view()
        rank = c.af_mmap_view_rank(view)
        strides = int64s([0] * rank)
        self.library.call("mmap_element_strides", self.handle, strides, c_int32(rank))
        found = (NAMES[c.af_mmap_view_data_type(view)], list(c.af_mmap_view_shape(view)[:rank]), list(strides)[:rank],
                 ctypes.string_at(c.af_mmap_view_data(view), c.af_mmap_view_data_len(view)))
        c.af_mmap_view_free(view)
        return found

    def set(self, index, value):
        """Puts the bytes of one element through a mutable view."""
        view = self.view(mutable=True)
        ctypes.memmove(self.library.c.af_mmap_view_mutable_data(view) + index * len(value), value, len(value))
        self.library.c.af_mmap_view_free(view)

    def flush(self):
        self.library.call("mmap_flush", self.handle)
