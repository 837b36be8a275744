"""Rows over many small arrays: 250 i32 each, lz4."""
from harness import MIB, Row, disk_use

MANY, MOST, BETWEEN = 100_000, 1_000_000, 70_000


def counts(bench):
    return bench.size(MANY, 1000), bench.size(MOST, 10000), bench.size(BETWEEN, 700)


def our_stack(bench, count):
    return bench.stack(f"ours-{count}", lambda path: bench.ours("arrays", "write", path, count))


def versus_crate(id_, what, unit, runs, scale, goal=None):
    """A row and beside it the peaks of memory."""
    ours, crate = runs["ours"].side(scale), runs["crate"].side(scale)
    return Row(id_, what, unit, ours.figure, crate and crate.figure, goal=goal, our_side=ours, reference_side=crate)


def memory_row(id_, what, runs, goal):
    peaks = [side and side.peak / MIB for side in (runs["ours"].side(), runs["crate"].side())]
    return Row(id_, what, "MiB", *peaks, goal=goal)


def copied(bench, path):
    """The bytes of a stack's largest layer written and synced by the shortest code that does it."""
    largest = max(path.parent.iterdir(), key=lambda file: file.stat().st_size)
    return bench.run([bench.build / "bench" / "limits", "copy", largest, bench.fresh("copied")])


def write(bench):
    many, most, _ = counts(bench)
    paths = {name: bench.fresh(f"{name}-{many}") for name in ("ours", "crate")}
    # The crate takes a quarter of a minute or more for this, each time.
    runs = bench.alternate(ours=lambda: bench.ours("arrays", "write", bench.fresh(f"ours-{many}"), many),
                           crate=(2, bench.crate_side(lambda: bench.crate("arrays-write", bench.fresh(f"crate-{many}"), many))),
                           limit=lambda: copied(bench, paths["ours"]))
    what = f"{many:,} arrays x 250 i32, lz4: define, write, flush with fsync"
    row = versus_crate("write", f"{what}; limit: a copy of the file with fsync", "s", runs, 1, goal=50)
    row.limit = runs["limit"].best()
    yield row
    yield memory_row("write-memory", "the same: peak memory", runs, goal=2)
    sizes = [disk_use(paths["ours"]) / MIB, disk_use(paths["crate"]) / MIB if runs["crate"] else None]
    yield Row("write-size", "the same: size on disk", "MiB", *sizes)
    bench.made.update({f"{name}-{many}": path for name, path in paths.items() if runs[name]})

    beside = bench.alternate(pairs=bench.size(2, 1), most=lambda: bench.ours("arrays", "write", bench.fresh(f"ours-{most}"), most),
                             many=lambda: bench.ours("arrays", "write", bench.fresh("ours-again"), many))
    bench.made[f"ours-{most}"] = bench.work / f"ours-{most}" / "x.af"
    side = beside["most"].side()
    fewer = min(beside["many"].best(), runs["ours"].best())
    yield Row("write-linear", f"the same with {most:,}; reference: 11 x our time with {many:,}", "s", side.figure, 11 * fewer,
              goal=1, our_side=side)


def change(bench):
    _, most, between = counts(bench)
    paths = {count: our_stack(bench, count) for count in (most, between)}
    runs = bench.alternate(pairs=bench.size(7, 1), **{str(count): lambda count=count: bench.ours("arrays", "change", paths[count], count, 10)
                                                     for count in (most, between)})
    most_runs, between_runs = runs[str(most)], runs[str(between)]
    what = f"10 arrays changed in a file of {most:,}, flush; reference: 3 x the same in a file of {between:,}"
    side = most_runs.side(1e3)
    yield Row("change", what, "ms", side.figure, 3e3 * between_runs.best(), goal=1, our_side=side)
    yield Row("change-bytes", "the same: bytes written", "bytes", most_runs.best("bytes"), 3 * between_runs.best("bytes"), goal=1)
    bench.forget(f"ours-{most}", f"ours-{between}")


def open_(bench):
    """Both open the same file, which ours wrote: the crate would write it for hours."""
    _, most, _ = counts(bench)
    path = our_stack(bench, most)
    runs = bench.alternate(ours=lambda: bench.ours("arrays", "open", path, most),
                           crate=bench.crate_side(lambda: bench.crate("arrays-open", path, most)))
    yield versus_crate("open", f"open a file of {most:,} arrays (ours) and look up one name", "ms", runs, 1e3, goal=100)
    heap = [runs[name].best("heap") / most if runs[name] else None for name in ("ours", "crate")]
    yield Row("open-heap", "the same: heap per array; limit: what is allowed", "bytes", *heap, limit=100, goal=1, against_limit=True)


def list_(bench):
    _, most, _ = counts(bench)
    path = our_stack(bench, most)
    runs = bench.alternate(ours=lambda: bench.ours("arrays", "list", path, most),
                           crate=bench.crate_side(lambda: bench.crate("arrays-list", path, most)))
    yield versus_crate("list", f"list {most:,} arrays with names and shapes, one call", "ms", runs, 1e3, goal=10)


def read(bench):
    """Each reads its own file of 10,000 arrays: in larger ones the crate is slower for each."""
    count, times = bench.size(10_000, 1000), bench.size(200_000, 2000)
    paths = {name: bench.fresh(f"{name}-read") for name in ("ours", "crate")}
    bench.ours("arrays", "write", paths["ours"], count)
    if bench.crate_program:
        bench.crate("arrays-write", paths["crate"], count)
    runs = bench.alternate(pairs=bench.size(7, 1), ours=lambda: bench.ours("arrays", "read", paths["ours"], count, times),
                           crate=bench.crate_side(lambda: bench.crate("arrays-read", paths["crate"], count, times)))
    yield versus_crate("read", f"read one array of 1 KB of {count:,}, warm", "ns", runs, 1e9 / times, goal=5)


GROUPS = {"write": write, "open": open_, "list": list_, "change": change, "read": read}
