"""Rows over 25,000 arrays of 10,000 i32, lz4: 1 GB, four times the cache."""
from harness import Row
from rows_arrays import versus_crate


def count(bench):
    return bench.size(25_000, 120)


def stacks(bench):
    ours = bench.stack("ours-walks", lambda path: bench.ours("walks", "write", path, count(bench)))
    crate = None
    if bench.crate_program:
        crate = bench.stack("crate-walks", lambda path: bench.crate("walks-write", path, count(bench)))
    return ours, crate


def random(bench):
    many, times = count(bench), bench.size(1000, 20)
    our_file, crate_file = stacks(bench)
    crate = bench.crate_side(lambda: bench.crate("walks-random", crate_file, many, times))
    runs = bench.alternate(ours=lambda: bench.ours("walks", "random", our_file, many, times), crate=crate)
    what = f"{many:,} arrays x 40 KB, read one at random, a cache of a quarter of the data:"
    yield versus_crate("random-own", f"{what} each its own file", "us", runs, 1e6 / times, goal=30)
    if crate:
        runs = bench.alternate(ours=lambda: bench.ours("walks", "random", crate_file, many, times), crate=crate)
        yield versus_crate("random-crate", f"{what} both the crate's file", "us", runs, 1e6 / times, goal=1.6)


def parallel(bench):
    many = count(bench)
    our_file, crate_file = stacks(bench)

    def sides(threads):
        return {"ours": lambda: bench.ours("walks", "parallel", our_file, many, threads),
                "crate": bench.crate_side(lambda: bench.crate("walks-parallel", crate_file, many, threads))}
    one, two = sides(1), sides(2)
    runs = bench.alternate(pairs=bench.size(5, 1), ours=one["ours"], crate=one["crate"], ours2=two["ours"], crate2=two["crate"])
    what = f"{many:,} arrays x 40 KB read in parallel,"
    yield versus_crate("parallel-one", f"{what} one thread", "s", runs, 1, goal=1.5)
    both = {"ours": runs["ours2"], "crate": runs["crate2"]}
    yield versus_crate("parallel-two", f"{what} two threads", "s", both, 1)
    yield Row("parallel-scaling", f"{what} two threads; reference: ours on one thread", "s", runs["ours2"].best(), runs["ours"].best(),
              goal=1.8)
    bench.forget("ours-walks", "crate-walks")


GROUPS = {"random": random, "parallel": parallel}
