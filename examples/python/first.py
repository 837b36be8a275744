#!/usr/bin/env python3
"""The C ABI from Python, with nothing but the standard library: python3 first.py [libarrayformat.so.1]"""
import ctypes
import sys
from array import array

AF_FLOAT64 = 10

af = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libarrayformat.so.1")
af.af_status_name.restype = af.af_error_message.restype = ctypes.c_char_p
af.af_error_message.argtypes = af.af_error_free.argtypes = [ctypes.c_void_p]
af.af_file_close.argtypes = af.af_schema_free.argtypes = [ctypes.c_void_p]


def call(function, *arguments):
    """Calls a function whose last parameter is the error, and raises what it answers."""
    error = ctypes.c_void_p()
    status = getattr(af, function)(*arguments, ctypes.byref(error))
    if status != 0:
        message = af.af_error_message(error).decode()
        af.af_error_free(error)
        raise OSError(f"{af.af_status_name(status).decode()}: {message}")


def text(characters):
    """Text is a pointer and a length in bytes."""
    encoded = characters.encode()
    return encoded, ctypes.c_int64(len(encoded))


def int64s(*numbers):
    return (ctypes.c_int64 * len(numbers))(*numbers)


def memory(numbers):
    address, count = numbers.buffer_info()
    return ctypes.c_void_p(address), ctypes.c_int64(count * numbers.itemsize)


file, schema = ctypes.c_void_p(), ctypes.c_void_p()
celsius = array("d", [11.5, 12, 12.25, 9.75, 10, 10.5])
call("af_file_create", *text("weather.af"), None, ctypes.byref(file))
call("af_schema_create", AF_FLOAT64, int64s(2, 3), 2, ctypes.byref(schema))
call("af_file_define", file, *text("celsius"), schema)
call("af_file_write", file, *text("celsius"), None, None, 0, None, *memory(celsius))
call("af_file_flush", file)
af.af_schema_free(schema)
af.af_file_close(file)

call("af_file_open", *text("weather.af"), None, ctypes.byref(file))
tomorrow = array("d", [0, 0, 0])
call("af_file_read", file, *text("celsius"), int64s(1, 0), int64s(1, 3), 2, None, *memory(tomorrow))
af.af_file_close(file)
print("tomorrow:", *tomorrow)

try:
    call("af_file_flush", file)
except OSError as error:
    print(error)
