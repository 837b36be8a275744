#!/usr/bin/env python3
"""The same work through TileDB, TensorStore (Zarr 3), Arrow IPC and safetensors, by their Python packages.

usage: bench/peers.py LIBRARY JOB PATH NUMBER [MORE]

  tensorstore|tiledb|safetensors grid-write PATH EXTENT CODEC    grid-read|grid-box PATH EXTENT
  arrow|safetensors arrays-write PATH COUNT    arrays-open PATH COUNT    arrays-read PATH COUNT TIMES

Checks what it read, and prints its figures as one line of JSON like the programs beside it.
"""
import json
import os
import re
import shutil
import sys
import time

import numpy as np

CHUNK, SMALL = 64, 250


class Watch:
    def __init__(self):
        self.begin, self.begin_cpu = time.perf_counter(), os.times().user

    def stop(self):
        self.seconds, self.cpu = time.perf_counter() - self.begin, os.times().user - self.begin_cpu
        peak = re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())
        self.peak = int(peak[1]) * 1024

    def report(self):
        print(json.dumps({"s": self.seconds, "cpu_s": self.cpu, "peak": self.peak}))


def expect(holds, what):
    if not holds:
        sys.exit(f"wrong: {what}")


def sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


# -- the grid of grid.h

def grid_shape(extent):
    return extent, extent, 2 * extent


def unaligned(extent):
    start, shape = [extent // 8 + more for more in (5, 7, 11)], (extent // 2, extent // 2, extent)
    return tuple(slice(at, at + size) for at, size in zip(start, shape))


def grid_plane(z, ys, xs):
    y, x = ys[:, None], xs[None, :]
    noise = ((z * 1031 + y) * 2053 + x // 4).astype(np.uint32) * np.uint32(2654435761)
    return (np.float32(0.25) * (z + y // 2 + x // 8).astype(np.float32) + (noise >> 16).astype(np.float32) / np.float32(4096))


def grid_values(extent):
    values = np.empty(grid_shape(extent), np.float32)
    for z in range(extent):
        values[z] = grid_plane(z, np.arange(extent), np.arange(2 * extent))
    return values


def expect_grid(values, box):
    z, y, x = box
    for i, at in enumerate(range(z.start, z.stop)):
        expect(np.array_equal(values[i], grid_plane(at, np.arange(y.start, y.stop), np.arange(x.start, x.stop))), f"plane {at}")


class TensorStore:
    CODECS = {"none": [], "zstd": [{"name": "zstd", "configuration": {"level": 3}}],
              "lz4": [{"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "noshuffle", "typesize": 4}}]}

    def __init__(self):
        import tensorstore
        self.library = tensorstore

    def write(self, path, values, codec):
        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": path}, "create": True, "delete_existing": True, "metadata": {
            "shape": values.shape, "data_type": "float32", "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, *self.CODECS[codec]],
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [CHUNK] * 3}}}}
        self.library.open(spec).result().write(values).result()

    def read(self, path, box):
        store = self.library.open({"driver": "zarr3", "kvstore": {"driver": "file", "path": path}, "open": True}).result()
        return lambda: store[box].read().result()


class TileDB:
    def __init__(self):
        import tiledb
        self.library = tiledb

    def write(self, path, values, codec):
        library = self.library
        shutil.rmtree(path, ignore_errors=True)
        filters = {"none": [], "lz4": [library.LZ4Filter()], "zstd": [library.ZstdFilter(3)]}[codec]
        axes = [library.Dim(f"dim{i}", domain=(0, size - 1), tile=CHUNK, dtype=np.int64) for i, size in enumerate(values.shape)]
        attribute = library.Attr("grid", dtype=np.float32, filters=library.FilterList(filters))
        library.Array.create(path, library.ArraySchema(library.Domain(*axes), attrs=[attribute]))
        with library.open(path, "w") as array:
            array[:] = values

    def read(self, path, box):
        array = self.library.open(path)
        read = lambda: array[box]
        return lambda: value["grid"] if isinstance(value := read(), dict) else value


class Safetensors:
    def __init__(self):
        import safetensors.numpy
        self.library = safetensors

    def write(self, path, values, codec):
        self.save(path, {"grid": values})

    def save(self, path, arrays):
        self.library.numpy.save_file(arrays, path)
        sync(path)

    def read(self, path, box):
        tensors = self.library.safe_open(path, "np")
        return lambda: tensors.get_slice("grid")[box]

    def open_arrays(self, path):
        return self.library.safe_open(path, "np")

    def save_arrays(self, path, names, arrays):
        self.save(path, dict(zip(names, arrays)))

    def shape_of(self, opened, name):
        return opened.get_slice(name).get_shape()

    def read_array(self, opened, name):
        return opened.get_tensor(name)


class Arrow:
    """One column of names and one of lists, in record batches of 4,096: the other shape in which Arrow can do it."""
    BATCH = 4096

    def __init__(self):
        import pyarrow
        import pyarrow.ipc
        self.library = pyarrow

    def save_arrays(self, path, names, arrays):
        library = self.library
        schema = library.schema([("name", library.string()), ("values", library.list_(library.int32()))])
        with library.ipc.new_file(path, schema, options=library.ipc.IpcWriteOptions(compression="lz4")) as file:
            for begin in range(0, len(names), self.BATCH):
                some = arrays[begin:begin + self.BATCH]
                lists = library.ListArray.from_arrays(np.arange(0, SMALL * len(some) + 1, SMALL, dtype=np.int32), np.concatenate(some))
                file.write_batch(library.record_batch([library.array(names[begin:begin + self.BATCH]), lists], schema=schema))
        sync(path)

    def open_arrays(self, path):
        # There is no index of names: as its users would, we know the number of the array.
        return self.library.ipc.open_file(self.library.memory_map(path))

    def row(self, opened, name):
        number = int(name[len("profile_"):])
        batch = opened.get_batch(number // self.BATCH)
        expect(batch["name"][number % self.BATCH].as_py() == name, name)
        return batch["values"][number % self.BATCH].values

    def shape_of(self, opened, name):
        return [len(self.row(opened, name))]

    def read_array(self, opened, name):
        return self.row(opened, name).to_numpy()


def small_name(i):
    return f"profile_{i:07}"


def small_values(i):
    k = np.arange(SMALL, dtype=np.int64)
    return (i + k * k).astype(np.int32)


def grid(library, job, path, extent, codec):
    if job == "grid-write":
        values = grid_values(extent)
        watch = Watch()
        library.write(path, values, codec)
        watch.stop()
    else:
        box = unaligned(extent) if job == "grid-box" else tuple(slice(0, size) for size in grid_shape(extent))
        read = library.read(path, box)
        watch = Watch()
        values = read()
        watch.stop()
        expect_grid(values, box)
    watch.report()


def arrays(library, job, path, count, times):
    name = small_name(count // 2 + 1)
    if job == "arrays-write":
        k = np.arange(SMALL, dtype=np.int32)
        watch = Watch()
        names, values = [small_name(i) for i in range(count)], [i + k * k for i in range(count)]
        library.save_arrays(path, names, values)
        watch.stop()
        expect(np.array_equal(library.read_array(library.open_arrays(path), name), small_values(count // 2 + 1)), name)
    elif job == "arrays-open":
        watch = Watch()
        shape = library.shape_of(library.open_arrays(path), name)
        watch.stop()
        expect(list(shape) == [SMALL], name)
    else:
        opened = library.open_arrays(path)
        watch = Watch()
        for _ in range(times):
            values = library.read_array(opened, name)
        watch.stop()
        expect(np.array_equal(values, small_values(count // 2 + 1)), name)
    watch.report()


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    name, job, path, number = sys.argv[1:5]
    library = {"tensorstore": TensorStore, "tiledb": TileDB, "safetensors": Safetensors, "arrow": Arrow}[name]()
    more = sys.argv[5] if len(sys.argv) > 5 else ""
    if job.startswith("grid-"):
        grid(library, job, path, int(number), more)
    else:
        arrays(library, job, path, int(number), int(more or 0))


if __name__ == "__main__":
    main()
