"""Rows over one chunked array of floats: 1 GiB in chunks of 1 MiB."""
from functools import partial

from harness import MIB, Row

JOBS = {"write": "full write with fsync", "read": "full read", "box": "read of an unaligned box, an eighth of it"}


def machine(bench):
    """What the machine can do: rows without a figure of ours."""
    figures = bench.run([bench.build / "bench" / "limits", "machine", bench.work])
    for what, figure in figures.items():
        name, unit = what.rsplit(", ", 1)
        yield Row("machine-" + name.split(",")[0].replace(" ", "-").replace(":", ""), name, unit, limit=figure)


def limit_of(bench, path, job, extent, codec):
    return lambda: bench.run([bench.build / "bench" / "limits", job, path, extent, codec])


def rows_of_job(bench, codec, job, paths):
    extent = bench.size(512, 96)
    size = 8 * extent**3
    more = [codec] if job == "write" else []
    runs = bench.alternate(limit=limit_of(bench, paths["limit"], job, extent, codec),
                           ours=lambda: bench.ours("chunked", job, paths["ours"], extent, *more),
                           crate=bench.crate_side(lambda: bench.crate(f"grid-{job}", paths["crate"], extent, *more)))
    ours, crate, limit = (runs[name].side() for name in ("ours", "crate", "limit"))
    what = f"{size / MIB:,.0f} MiB of f32 in chunks of 1 MiB, {codec}: {JOBS[job]}"
    yield Row(f"grid-{codec}-{job}", f"{what}; ratio: to the limit", "s", ours.figure, crate and crate.figure, limit.figure, goal=0.85,
              against_limit=True, our_side=ours, reference_side=crate)
    if job != "box":
        yield Row(f"grid-{codec}-{job}-memory", "the same: peak memory; limit: 1.05 x data", "MiB", ours.peak / MIB,
                  crate and crate.peak / MIB, 1.05 * size / MIB, goal=1, against_limit=True)


def grid(codec, bench):
    paths = {name: bench.fresh(f"{name}-grid") for name in ("ours", "crate", "limit")}
    for job in JOBS:
        yield from rows_of_job(bench, codec, job, paths)
    bench.forget("ours-grid", "crate-grid", "limit-grid")


def single(bench):
    """Single elements anywhere in 128 MiB of it."""
    extent, times = bench.size(256, 96), bench.size(1000, 10)

    def ours():
        path = bench.fresh("ours-single")
        bench.ours("chunked", "write", path, extent, "lz4")
        return bench.ours("chunked", "single", path, extent, times)

    def crate():
        path = bench.fresh("crate-single")
        bench.crate("grid-write", path, extent, "lz4")
        return bench.crate("grid-single", path, extent, times)
    runs = bench.alternate(pairs=bench.size(2, 1), ours=ours, crate=bench.crate_side(crate))
    what = f"{times:,} writes of single elements into {8 * extent**3 / MIB:,.0f} MiB of f32 in chunks of 1 MiB, lz4, one flush"
    ours, crate = runs["ours"].side(), runs["crate"].side()
    yield Row("single", what, "s", ours.figure, crate and crate.figure, our_side=ours, reference_side=crate)
    written = [runs[name].best("bytes") / times if runs[name] else None for name in ("ours", "crate")]
    yield Row("single-bytes", "the same: bytes written for each element", "bytes", *written)
    bench.forget("ours-single", "crate-single")


GROUPS = {"machine": machine, **{f"grid-{codec}": partial(grid, codec) for codec in ("none", "lz4", "zstd")}, "single": single}
