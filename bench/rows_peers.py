"""Rows beside others than the crate: HDF5 through its C library, the rest through their Python packages. The reference is theirs."""
from functools import partial

from harness import HERE, MIB, Row, complain

GRID_JOBS = {"write": "full write with fsync", "read": "full read", "box": "read of an unaligned box"}
ARRAY_JOBS = {"write": "define, write, flush with fsync", "open": "open and look up one", "list": "list all with shapes", "read": "read one, warm"}


def peer_row(id_, what, unit, runs, scale=1):
    ours, peer = runs["ours"].side(scale), runs["peer"].side(scale)
    return Row(id_, what, unit, ours.figure, peer.figure, our_side=ours, reference_side=peer)


def grid_rows(bench, name, run, codec, note=""):
    """`run(job, path, extent, more)` does the peer's."""
    extent = bench.size(512, 96)
    ours, peer = bench.fresh("ours-peer"), bench.fresh("peer").parent / "peer"
    for job, what in GRID_JOBS.items():
        more = codec if job == "write" else ""
        runs = bench.alternate(pairs=bench.size(2, 1), ours=lambda: bench.ours("chunked", job, ours, extent, *[more] * bool(more)),
                               peer=lambda: run(f"grid-{job}", peer, extent, more))
        size = f"{8 * extent**3 / MIB:,.0f} MiB of f32 in chunks of 1 MiB"
        yield peer_row(f"{name}-{codec}-{job}", f"{size}, {codec}{note}: {what}; reference: {name[5:]}", "s", runs)
    bench.forget("ours-peer", "peer")


def array_rows(bench, name, run, jobs, count, note=""):
    times = bench.size(2000, 20)
    ours, peer = bench.fresh("ours-peer"), bench.fresh("peer").parent / "peer"
    for job in jobs:
        more = [times] if job == "read" else []
        runs = bench.alternate(pairs=bench.size(2, 1), ours=lambda: bench.ours("arrays", job, ours, count, *more),
                               peer=lambda: run(f"arrays-{job}", peer, count, *more))
        unit, scale = {"write": ("s", 1), "read": ("us", 1e6 / times)}.get(job, ("ms", 1e3))
        what = f"{count:,} arrays x 250 i32{note}: {ARRAY_JOBS[job]}; reference: {name[5:]}"
        yield peer_row(f"{name}-arrays-{job}", what, unit, runs, scale)
    bench.forget("ours-peer", "peer")


def hdf5(bench):
    if not (bench.build / "bench/hdf5").exists():
        complain("SKIPPED: peer-hdf5: its C library was not there when the benchmark was built")
        return

    def run(job, path, number, more=""):
        return bench.ours("hdf5", job, path, number, *[more] * (more != ""))
    for layout in ("contiguous", "chunked"):
        def run_layout(job, path, extent, more):
            return run(job, path, extent, layout if job == "grid-write" else "")
        yield from grid_rows(bench, f"peer-hdf5-{layout}", run_layout, "none", f" (HDF5 {layout})")
    yield from array_rows(bench, "peer-hdf5", run, ARRAY_JOBS, bench.size(100_000, 1000), ", lz4 (HDF5: contiguous)")


def python_peer(name, codecs, array_jobs, note, bench):
    if not bench.python:
        return

    def run(job, path, number, more=""):
        return bench.run([bench.python, HERE / "peers.py", name, job, path, number, more])
    for codec in codecs:
        yield from grid_rows(bench, f"peer-{name}", run, codec)
    if array_jobs:
        yield from array_rows(bench, f"peer-{name}", run, array_jobs, bench.size(100_000, 1000), note)


GROUPS = {
    "peer-hdf5": hdf5,
    "peer-tensorstore": partial(python_peer, "tensorstore", ("none", "lz4", "zstd"), (), ""),
    "peer-tiledb": partial(python_peer, "tiledb", ("none", "lz4", "zstd"), (), ""),
    "peer-arrow": partial(python_peer, "arrow", (), ("write", "open", "read"), ", lz4 (Arrow: one column of lists)"),
    "peer-safetensors": partial(python_peer, "safetensors", ("none",), ("write", "open", "read"), ", lz4 (safetensors: none)"),
}
