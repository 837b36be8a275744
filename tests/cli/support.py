"""What the tests of the af command say: run it, make NetCDF files, look at the answers."""
import array
import hashlib
import json
import os
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

AF = os.environ["AF"]
DATA = Path(os.environ["AF_TEST_DATA"])
GOLDEN = Path(os.environ["AF_GOLDEN"])
HERE = Path(__file__).parent

OK, PROBLEMS, USAGE, NOT_FOUND, EXISTS, MISMATCH, CORRUPT, UNSUPPORTED = range(8)
CANCELLED, IO = 11, 12

# struct letters of the dtypes of fixed width.
LETTERS = {"Bool": "?", "Int8": "b", "Int16": "h", "Int32": "i", "Int64": "q", "UInt8": "B", "UInt16": "H", "UInt32": "I",
           "UInt64": "Q", "Float32": "f", "Float64": "d", "TimestampNs": "q"}


def flat(data):
    """The elements of nested lists, in order."""
    return [element for row in data for element in flat(row)] if isinstance(data, list) else [data]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="af-cli-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_af(self, *arguments, **options):
        return subprocess.run([AF, *map(str, arguments)], cwd=self.folder, capture_output=True, timeout=300, **options)

    def af(self, *arguments, code=OK):
        """Runs af, expects this exit code, answers what it printed."""
        done = self.run_af(*arguments)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode()

    def json(self, *arguments, code=OK):
        return json.loads(self.af(*arguments, code=code))

    def complaint(self, *arguments, code):
        """What af says on standard error when it fails with this exit code."""
        done = self.run_af(*arguments)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, code, message)
        self.assertTrue(message.startswith("af: "), message)
        return message

    def path(self, name):
        return self.folder / name

    def netcdf(self, cdl, name="in.nc", kind="nc4"):
        """A NetCDF file from the text that ncdump prints."""
        source = self.path(name + ".cdl")
        source.write_bytes(cdl if isinstance(cdl, bytes) else cdl.encode())
        subprocess.run(["ncgen", "-k", kind, "-o", self.path(name), source], check=True)
        return self.path(name)

    def stack(self, cdl, name="in.af"):
        """A stack with the variables of a CDL text."""
        self.af("import", self.netcdf(cdl, name + ".nc"), name, "--replace")
        return self.path(name)

    def contents(self, path):
        """All of a NetCDF file as text, the attributes of each variable sorted: NetCDF gives their order no meaning, and a fill value
        is written first."""
        text = subprocess.run(["ncdump", "-n", "same", path], check=True, capture_output=True).stdout
        lines = text.split(b"\n")
        is_attribute = [line.lstrip().split(b" = ")[0].count(b":") == 1 and line.startswith(b"\t\t") for line in lines]
        at = 0
        while at < len(lines):
            end = at
            while end < len(lines) and is_attribute[end]:
                end += 1
            lines[at:end] = sorted(lines[at:end])
            at = max(end, at + 1)
        return b"\n".join(lines)

    def assert_comes_back(self, source, left_out=False):
        """Import and export give an equal file."""
        self.af("import", source, "there.af", "--replace", code=PROBLEMS if left_out else OK)
        self.af("export", "there.af", "back.nc", "--replace")
        if not left_out:
            self.assertEqual(self.contents(source).decode(errors="replace"), self.contents(self.path("back.nc")).decode(errors="replace"))


def write_classic(path, name, shape, elements=None):
    """A NetCDF file of the 64-bit offset format with one int variable; all zero (and sparse on disk) without elements, else int32."""
    def text(value):
        return struct.pack(">i", len(value)) + value.encode().ljust(-(-len(value) // 4) * 4, b"\0")

    count = 1
    for extent in shape:
        count *= extent
    dimensions = b"".join(text(f"d{i}") + struct.pack(">i", extent) for i, extent in enumerate(shape))
    header = b"CDF\2" + struct.pack(">iii", 0, 10, len(shape)) + dimensions + bytes(8) + struct.pack(">ii", 11, 1) + text(name)
    header += struct.pack(f">i{len(shape)}i", len(shape), *range(len(shape))) + bytes(8)
    size = min(count * 4, 2**32 - 4)
    begin = len(header) + 16
    header += struct.pack(">iIq", 4, size, begin)
    with open(path, "wb") as file:
        file.write(header)
        if elements is None:
            file.truncate(begin + 4 * count)
        else:
            swapped = array.array("i", elements)
            swapped.byteswap()
            swapped.tofile(file)


def sha256(data):
    return hashlib.sha256(data).hexdigest()
