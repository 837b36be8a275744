"""Rows over stacks: compaction, many layers, attributes, import."""
import os
import shutil
import subprocess
import time

from harness import MIB, Row, complain
from rows_arrays import versus_crate

LAYERS = 10
BLOCK = 256 * 1024


def copied(bench, path, name):
    to = bench.fresh(name)
    shutil.copytree(path.parent, to.parent, dirs_exist_ok=True)
    # What was copied is on disk before the clock starts.
    os.sync()
    return to


def compact(bench):
    """Ten layers of 40 KB arrays, 1 GiB; each layer writes the first ninth of the arrays of the one before anew."""
    per_layer = bench.size(2440, 18)
    made = {"ours": bench.stack("ours-dead", lambda path: bench.ours("stack", "dead", path, per_layer))}
    if bench.crate_program:
        made["crate"] = bench.stack("crate-dead", lambda path: bench.crate("stack-dead", path, per_layer))

    def limit():
        compacted = bench.work / "compacted" / "x.af"
        return bench.run([bench.build / "bench" / "limits", "copy", compacted, bench.fresh("ours-copied")])
    runs = bench.alternate(ours=lambda: bench.ours("stack", "compact", copied(bench, made["ours"], "compacted"), per_layer),
                           crate=bench.crate_side(lambda: bench.crate("stack-compact", copied(bench, made["crate"], "crate-compacted"),
                                                                      per_layer)),
                           limit=limit)
    what = f"compact {LAYERS} layers, {(LAYERS + 1) * per_layer * 40_000 / MIB:,.0f} MiB, a tenth dead"
    row = versus_crate("compact", f"{what}; limit: copy the result with fsync", "s", runs, 1)
    row.limit = runs["limit"].best()
    yield row
    # Of each layer but the last a run of arrays is dead: at both its ends a block may hold live bytes too.
    mixed = 2 * (LAYERS - 1) * BLOCK + (LAYERS - 1) * (per_layer // 9) * 40_000
    yield Row("compact-decoded", "the same: decoded; limit: blocks that hold dead bytes", "MiB", runs["ours"].best("decoded") / MIB,
              limit=mixed / MIB, goal=1, against_limit=True)
    grown = [runs[name].best("grown") / MIB if runs[name] else None for name in ("ours", "crate")]
    yield Row("compact-memory", "the same: growth of peak memory; limit: 64 MiB + 2 blocks", "MiB", *grown,
              limit=64 + 2 * BLOCK / MIB, goal=1, against_limit=True)
    bench.forget("ours-dead", "crate-dead", "compacted", "crate-compacted", "ours-copied")


def layers(bench):
    count, many = bench.size(100_000, 1000), 50
    paths = {number: bench.stack(f"layers-{number}", lambda path: bench.ours("stack", "layers", path, count, number))
             for number in (1, many)}
    runs = bench.alternate(pairs=bench.size(7, 1), ours=lambda: bench.ours("arrays", "open", paths[many], count),
                           crate=bench.crate_side(lambda: bench.crate("arrays-open", paths[many], count)),
                           one=lambda: bench.ours("arrays", "open", paths[1], count))
    what = f"open {many} layers with {count:,} arrays and look up one name"
    row = versus_crate("layers", what, "ms", runs, 1e3)
    yield row
    yield Row("layers-one", "the same; reference: 5 x the same in one layer", "ms", row.ours, 5e3 * runs["one"].best(), goal=1)
    bench.forget("layers-1", f"layers-{many}")


def attribute(bench):
    count, few = bench.size(100_000, 1000), bench.size(1000, 10)
    path = bench.stack("attributes", lambda path: bench.ours("stack", "attributes", path, count, few))
    runs = bench.alternate(ours=lambda: bench.ours("stack", "column", path, count, few),
                           crate=bench.crate_side(lambda: bench.crate("stack-column", path, count, few)))
    yield versus_crate("attribute-column", f"one attribute of {count:,} arrays ({few:,} distinct values), one call, our file", "ms",
                       runs, 1e3)
    # More than 65,535 values the crate writes wrong, and their number makes it quadratic.
    fewer = bench.size(20_000, 200)
    all_distinct = bench.stack("distinct", lambda path: bench.ours("stack", "attributes", path, count, count))
    theirs = None
    if bench.crate_program:
        theirs = bench.stack("crate-distinct", lambda path: bench.crate("stack-attributes", path, fewer, fewer))
    runs = bench.alternate(pairs=bench.size(7, 1), ours=lambda: bench.ours("stack", "touch", all_distinct, count, count),
                           crate=theirs and (lambda: bench.crate("stack-touch", theirs, fewer)))
    what = f"flush that touches one array where {count:,} arrays have an attribute each, all distinct"
    yield versus_crate("attribute-touch", f"{what}; the crate: with {fewer:,}", "ms", runs, 1e3)
    yield Row("attribute-touch-bytes", "the same: bytes written", "bytes", runs["ours"].best("bytes"))
    bench.forget("attributes", "distinct", "crate-distinct")


def timed(command):
    """A process from outside: it says nothing about itself."""
    begin = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, command)
    return {"s": time.monotonic() - begin, "cpu_s": used.ru_utime, "peak": used.ru_maxrss * 1024}


def import_(bench):
    """The grid as NetCDF-4, taken into a stack beside copied by nccopy."""
    af, nccopy = bench.build / "src/cli/af", shutil.which("nccopy")
    if not af.exists() or not nccopy:
        complain("SKIPPED: import: there is no af, or no nccopy")
        return
    extent = bench.size(256, 32)
    folder = bench.fresh("import").parent
    bench.ours("chunked", "write", folder / "grid.af", extent, "none")
    subprocess.run([af, "export", folder / "grid.af", folder / "grid.nc"], check=True, stdout=subprocess.DEVNULL)
    sides = {"ours": lambda: timed([af, "import", "--codec", "none", "--replace", folder / "grid.nc", folder / "ours.af"]),
             "nccopy": lambda: timed([nccopy, folder / "grid.nc", folder / "copy.nc"])}
    runs = bench.alternate(**sides)
    bench.ours("chunked", "read", folder / "ours.af", extent)
    ours, other = runs["ours"].side(), runs["nccopy"].side()
    yield Row("import", f"import {8 * extent**3 / MIB:,.0f} MiB of NetCDF-4, no codec; reference: nccopy", "s", ours.figure, other.figure,
              our_side=ours, reference_side=other)
    bench.forget("import")


GROUPS = {"compact": compact, "layers": layers, "attribute": attribute, "import": import_}
