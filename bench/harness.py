"""Building and running the sides: ours, the crate, the limits, the peers; and rows of figures."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
MIB = 2**20
PEERS = ["numpy", "tensorstore", "tiledb", "pyarrow", "safetensors"]


def complain(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def build_ours():
    build = ROOT / "build" / "bench"
    for command in (["cmake", "-S", ROOT, "-B", build, "-DCMAKE_BUILD_TYPE=Release", "-DAF_BUILD_BENCH=ON"],
                    ["cmake", "--build", build, "--parallel"]):
        subprocess.run(command, check=True, stdout=sys.stderr)
    return build


@dataclass
class Side:
    """What one side needed: the figure in the row's unit, and beside it seconds of user time and bytes of memory."""
    figure: float
    cpu: float = None
    peak: float = None


@dataclass
class Row:
    id: str
    what: str
    unit: str
    ours: float = None
    reference: float = None
    limit: float = None
    goal: float = None
    # What ours is compared with: the reference, unless the goal is a part of the limit.
    against_limit: bool = False
    larger_is_better: bool = False
    # For the table: seconds of user time and peak memory, ours and the reference's.
    our_side: Side = None
    reference_side: Side = None

    @property
    def ratio(self):
        other = self.limit if self.against_limit else self.reference
        if other is None or self.ours is None:
            return None
        above, below = (self.ours, other) if self.larger_is_better else (other, self.ours)
        # A figure of nothing at all is as good as it gets.
        return above / below if below else (1e9 if above else 1.0)

    def as_json(self):
        return {"id": self.id, "what": self.what, "unit": self.unit, "ours": self.ours, "reference": self.reference,
                "limit": self.limit, "ratio": self.ratio, "goal": self.goal}


class Runs:
    """What a side's program printed in each round."""

    def __init__(self, printed):
        self.printed = printed

    def __bool__(self):
        return bool(self.printed)

    def best(self, key="s"):
        return min(one[key] for one in self.printed) if self.printed else None

    def side(self, scale=1.0, key="s"):
        if not self.printed:
            return None
        one = min(self.printed, key=lambda one: one[key])
        return Side(one[key] * scale, one.get("cpu_s"), max(one.get("peak", 0) for one in self.printed))


class Bench:
    def __init__(self, build, work, quick, pairs, asked_python=None):
        self.build, self.work, self.quick, self.pairs, self.asked_python = build, work, quick, pairs, asked_python
        self.made = {}

    def size(self, full, quick):
        return quick if self.quick else full

    # -- the sides

    def run(self, command):
        done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def ours(self, program, *rest):
        return self.run([self.build / "bench" / program, *rest])

    def crate(self, *rest):
        return self.run([self.crate_program, *rest])

    @cached_property
    def crate_program(self):
        """The crate's side; None where there is no cargo, and in quick runs."""
        cargo = os.environ.get("CARGO") or shutil.which("cargo")
        if self.quick or not cargo:
            complain("SKIPPED: the crate's figures: " + ("a quick run" if self.quick else "there is no cargo"))
            return None
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", self.build / "bench-crate"))
        command = [cargo, "build", "--release", "--locked", "--quiet", "--manifest-path", ROOT / "bench/crate/Cargo.toml",
                   "--target-dir", target]
        # What was fetched before is enough, if it is all there.
        if subprocess.run([*command, "--offline"], stderr=subprocess.DEVNULL).returncode:
            subprocess.run(command, check=True)
        return target / "release" / "af-bench-crate"

    @cached_property
    def python(self):
        """An interpreter with the peers' packages; None where they cannot be had, and in quick runs."""
        if self.quick:
            return complain("SKIPPED: the peers with Python packages: a quick run")
        python = self.asked_python or self.build / "bench-python/bin/python"
        try:
            if not self.asked_python and not python.exists():
                subprocess.run([sys.executable, "-m", "venv", python.parent.parent], check=True, stdout=sys.stderr)
                subprocess.run([python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *PEERS], check=True, stdout=sys.stderr)
            subprocess.run([python, "-c", "import " + ", ".join(PEERS)], check=True)
        except (subprocess.CalledProcessError, OSError) as failure:
            return complain(f"SKIPPED: the peers with Python packages ({', '.join(PEERS)}): {failure}")
        return python

    # -- measuring

    def alternate(self, pairs=None, **sides):
        """Runs each side once in each round; a side given as (rounds, function) only in that many rounds."""
        printed = {name: [] for name in sides}
        for turn in range(pairs or self.pairs):
            for name, side in sides.items():
                rounds, function = side if isinstance(side, tuple) else (None, side)
                if function and (rounds is None or turn < rounds):
                    printed[name].append(function())
        return {name: Runs(runs) for name, runs in printed.items()}

    def crate_side(self, function):
        return function if self.crate_program else None

    # -- files

    def fresh(self, name):
        """The path of a stack in an empty folder of its own."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder / "x.af"

    def stack(self, name, make):
        """The path of a stack that several rows read: made once by make(path)."""
        if name not in self.made:
            path = self.fresh(name)
            make(path)
            self.made[name] = path
        return self.made[name]

    def forget(self, *names):
        for name in names:
            self.made.pop(name, None)
            shutil.rmtree(self.work / name, ignore_errors=True)


def disk_use(path):
    """Bytes of a stack: its layers and all that lies beside them."""
    return sum(file.stat().st_size for file in path.parent.iterdir())
