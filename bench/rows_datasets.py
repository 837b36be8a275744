"""Rows over stores of many datasets: 2 variables of 250 f32 each, zstd; and the reference's own three cases."""
from harness import MIB, Row
from rows_arrays import versus_crate

MANY, MOST = 100_000, 1_000_000


def folder_size(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def fresh(bench, name):
    return bench.fresh(name).parent / "store"


def made(bench, name, job, *rest):
    """A store that several rows use, and change."""
    if name not in bench.made:
        bench.made[name] = fresh(bench, name)
        bench.ours("datasets", job, bench.made[name], *rest)
    return bench.made[name]


def jobs(bench, job, many, crate_store, rounds=None, **more):
    """Ours on our store beside the crate on its own."""
    ours = made(bench, f"store-{many}", "write", many)
    theirs = bench.crate_side(lambda: bench.crate(f"datasets-{job}", crate_store, many)) if crate_store else None
    return bench.alternate(pairs=rounds, ours=lambda: bench.ours("datasets", job, ours, many), crate=theirs, **more)


def datasets(bench):
    many, most = bench.size(MANY, 2000), bench.size(MOST, 10_000)
    # The crate takes a minute or more for this, so it is asked once.
    crate_store = None
    sides = {"ours": lambda: bench.ours("datasets", "write", fresh(bench, f"store-{many}"), many)}
    if bench.crate_program:
        crate_store = fresh(bench, "crate-store")
        sides["crate"] = (1, lambda: bench.crate("datasets-write", crate_store, many))
    runs = bench.alternate(**sides)
    bench.made[f"store-{many}"] = bench.work / f"store-{many}" / "store"
    runs.setdefault("crate", None)
    ours = runs["ours"].side()
    theirs = runs["crate"].side() if runs["crate"] else None
    yield Row("datasets-write", f"{many:,} datasets x 2 variables x 250 f32, one flush with fsync", "s", ours.figure, theirs and theirs.figure,
              goal=50, our_side=ours, reference_side=theirs)
    sizes = [folder_size(bench.made[f"store-{many}"]), folder_size(crate_store) if crate_store else None]
    yield Row("datasets-size", "the same: size on disk", "MiB", *[size and size / MIB for size in sizes])

    runs = jobs(bench, "open", many, crate_store, bench.size(7, 1))
    yield versus_crate("datasets-open", f"open the store of {many:,} and list its datasets", "ms", runs, 1e3, goal=3)
    heap = [runs[name].best("heap") / MIB if runs[name] else None for name in ("ours", "crate")]
    yield Row("datasets-open-memory", "the same: growth of anonymous memory", "MiB", *heap, goal=2)
    large = made(bench, f"store-{most}", "write", most)
    grown = bench.alternate(pairs=bench.size(5, 1), ours=lambda: bench.ours("datasets", "open", large, most))["ours"].side(1e3)
    yield Row("datasets-open-linear", f"the same with {most:,}; reference: 11 x our time", "ms", grown.figure, 11e3 * runs["ours"].best(), goal=1,
              our_side=grown)
    bench.forget(f"store-{most}")

    runs = jobs(bench, "ragged", many, crate_store, bench.size(5, 1))
    whole = runs["ours"].side(1e3)
    yield versus_crate("datasets-ragged", f"one variable across {many:,} datasets", "ms", runs, 1e3, goal=14)
    limit = (many * 1000 + (64 << 20)) / MIB
    peaks = [runs[name].side().peak / MIB if runs[name] else None for name in ("ours", "crate")]
    yield Row("datasets-ragged-memory", "the same: peak memory; limit: the output and 64 MiB", "MiB", *peaks, limit=limit, goal=1,
              against_limit=True)
    for kind, goal in (("clustered", 10), ("scattered", None)):
        runs = jobs(bench, kind, many, None, bench.size(5, 1))
        part = runs["ours"].side(1e3)
        yield Row(f"datasets-{kind}", f"the same for 1 % of them that a predicate keeps, {kind}; reference: ours without", "ms", part.figure,
                  whole.figure, goal=goal, our_side=part, reference_side=whole)
        yield Row(f"datasets-{kind}-decoded", "the same: decoded; ours without", "MiB", runs["ours"].best("decoded") / MIB, many * 1000 / MIB)
    runs = jobs(bench, "touch", many, crate_store, bench.size(5, 1))
    yield versus_crate("datasets-touch", f"write one array of one of {many:,} datasets, flush with fsync; the crate does not sync", "ms", runs, 1e3,
                       goal=10)
    yield Row("datasets-touch-cpu", "the same: user time of ours; limit: 50 ms", "ms", 1e3 * runs["ours"].side().cpu, limit=50, goal=1,
              against_limit=True)
    yield Row("datasets-touch-bytes", "the same: bytes written", "MiB", runs["ours"].best("bytes") / MIB)
    bench.forget(f"store-{many}", "crate-store")


def cases(bench):
    """The gridded one with a tenth of the datasets: all of them are 5.4 GiB on each side."""
    for case, count in (("gridded", bench.size(100, 2)), ("profile", bench.size(1000, 20)), ("sensors", bench.size(1000, 20))):
        stores = {name: bench.work / f"{name}-{case}" / "store" for name in ("ours", "crate")}
        write = bench.alternate(
            ours=lambda: bench.ours("datasets", "case-write", fresh(bench, f"ours-{case}"), count, case),
            crate=bench.crate_side(lambda: bench.crate("datasets-case-write", fresh(bench, f"crate-{case}"), count, case)))
        yield versus_crate(f"cases-{case}-write", f"{case}: {count} datasets written, flush with fsync; the crate does not sync", "ms", write, 1e3,
                           goal=1)
        read = bench.alternate(
            pairs=bench.size(5, 1), ours=lambda: bench.ours("datasets", "case-read", stores["ours"], count, case),
            crate=bench.crate_side(lambda: bench.crate("datasets-case-read", stores["crate"], count, case)))
        yield versus_crate(f"cases-{case}-read", f"{case}: open, then the first quarter of each axis of all variables, stacked", "ms", read, 1e3,
                           goal=3)
        sizes = [folder_size(stores["ours"]) / MIB, folder_size(stores["crate"]) / MIB if read["crate"] else None]
        yield Row(f"cases-{case}-size", f"{case}: size on disk", "MiB", *sizes, goal=0.97)
        bench.forget(f"ours-{case}", f"crate-{case}")


GROUPS = {"datasets": datasets, "cases": cases}
