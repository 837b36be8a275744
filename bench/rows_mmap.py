"""Rows over mapped arrays, as bench/mmap measures them."""
import json
import subprocess

from harness import ROOT, Row


def mmap(bench):
    command = [ROOT / "bench/mmap", bench.build, "--json", "--work", bench.work] + ["--quick"] * bench.quick
    if bench.python:
        command += ["--python", bench.python]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    for row in json.loads(done.stdout):
        del row["ratio"]
        yield Row(**row, against_limit=row["limit"] is not None)


GROUPS = {"mmap": mmap}
