"""af get: each format says the same, region by region."""
import csv
import hashlib
import io
import json
import struct

from support import GOLDEN, LETTERS, MISMATCH, NOT_FOUND, UNSUPPORTED, USAGE, Case, flat

GRID = """netcdf g { dimensions: a = 3 ; b = 4 ; c = 5 ; variables: int v(a, b, c) ; v:_ChunkSizes = 2, 3, 2 ; data: v = %s ; }""" % ", ".join(
    map(str, range(60)))
WORDS = 'netcdf w { dimensions: n = 4 ; variables: string s(n) ; data: s = "plain", "comma, \\"quote\\"", "two\\nlines", "\\033[31mred" ; }'


class Formats(Case):
    def stacks(self):
        return [GOLDEN / "v0_12" / "dtypes_chunked_zstd.af", GOLDEN / "v0_10" / "dtypes_lz4.af", GOLDEN / "x" / "floats.af",
                GOLDEN / "x" / "zero_dims.af", GOLDEN / "x" / "chunked.af"]

    def every_array(self, wanted):
        """The path and the description, as dump has it, of every array of these dtypes."""
        return [(path, array) for path in self.stacks() for array in self.json("dump", "--json", path)["arrays"]
                if isinstance(array["dtype"], str) and array["dtype"] in wanted]

    def raw(self, path, name):
        done = self.run_af("get", path, "--format", "raw", "--", name)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def elements(self, array, raw):
        return list(struct.unpack(f"<{len(raw) // struct.calcsize(LETTERS[array['dtype']])}{LETTERS[array['dtype']]}", raw))

    def packed(self, array, numbers):
        words = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
        numbers = [words.get(number, number) if isinstance(number, str) else number for number in numbers]
        return struct.pack(f"<{len(numbers)}{LETTERS[array['dtype']]}", *numbers)

    def without_nan_payloads(self, array, raw):
        return self.packed(array, [float("nan") if x != x else x for x in self.elements(array, raw)])

    def test_raw_is_what_was_hashed(self):
        count = 0
        for path, array in self.every_array(LETTERS):
            self.assertEqual(hashlib.sha256(self.raw(path, array["name"])).hexdigest(), array["content"]["sha256"])
            count += 1
        self.assertGreater(count, 30)

    def test_npy_is_a_header_and_raw(self):
        kinds = {"Bool": "|b1", "Int8": "|i1", "Int32": "<i4", "UInt64": "<u8", "Float32": "<f4", "TimestampNs": "<M8[ns]"}
        for path, array in self.every_array(LETTERS):
            done = self.run_af("get", path, "--format", "npy", "--", array["name"])
            self.assertEqual(done.stdout[:8], b"\x93NUMPY\x01\x00")
            size = int.from_bytes(done.stdout[8:10], "little")
            header = eval(done.stdout[10:10 + size], {})
            self.assertEqual((10 + size) % 64, 0)
            self.assertEqual(header["shape"], tuple(array["shape"]))
            self.assertFalse(header["fortran_order"])
            self.assertEqual(header["descr"], kinds.get(array["dtype"], header["descr"]))
            self.assertEqual(done.stdout[10 + size:], self.raw(path, array["name"]))

    def test_json_numbers_read_back_bit_by_bit(self):
        for path, array in self.every_array(LETTERS):
            printed = self.json("get", path, "--json", "--", array["name"])
            self.assertEqual(printed["shape"], array["shape"])
            raw = self.raw(path, array["name"])
            self.assertEqual(self.packed(array, flat(printed["data"])), self.without_nan_payloads(array, raw), array["name"])

    def test_csv_has_a_row_for_each_element(self):
        for path, array in self.every_array(LETTERS.keys() - {"TimestampNs"}):
            rows = list(csv.reader(io.StringIO(self.af("get", path, "--format", "csv", "--", array["name"]))))
            self.assertEqual(rows[0][:-1], [f"{name}_index" for name in array["dimension_names"]])
            numbers = [self.parsed(array, row[-1]) for row in rows[1:]]
            self.assertEqual(self.packed(array, numbers), self.without_nan_payloads(array, self.raw(path, array["name"])))

    def test_text_has_a_line_for_each_row(self):
        for path, array in self.every_array(LETTERS.keys() - {"TimestampNs"}):
            printed = self.af("get", path, "--", array["name"])
            numbers = [self.parsed(array, word) for word in printed.split()]
            self.assertEqual(self.packed(array, numbers), self.without_nan_payloads(array, self.raw(path, array["name"])))

    def parsed(self, array, word):
        if array["dtype"] == "Bool":
            return {"true": True, "false": False}[word]
        return float(word) if array["dtype"].startswith("Float") else int(word)

    def test_strings_and_binary_are_those_of_the_dump(self):
        count = 0
        for path, array in self.every_array({"String", "Binary"}):
            printed = self.json("get", path, "--json", "--", array["name"])
            self.assertEqual(flat(printed["data"]), array["content"]["values"])
            count += 1
        self.assertGreater(count, 5)

    def test_timestamps_are_dates_for_people_and_integers_for_programs(self):
        self.af("get", GOLDEN / "v0_12" / "dtypes_none.af", "ts")
        printed = self.af("get", GOLDEN / "v0_12" / "dtypes_none.af", "ts").split()
        numbers = flat(self.json("get", GOLDEN / "v0_12" / "dtypes_none.af", "ts", "--json")["data"])
        self.assertEqual(len(printed), len(numbers))
        for word, number in zip(printed, numbers):
            self.assertRegex(word, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
            if number == 0:
                self.assertEqual(word, "1970-01-01T00:00:00Z")

    def test_planes_stand_apart(self):
        self.stack(GRID)
        printed = self.af("get", "in.af", "v", "--region", "0:2,0:2,0:3")
        self.assertEqual(printed, "0 1 2\n5 6 7\n\n20 21 22\n25 26 27\n")

    def test_quotes_commas_and_lines_survive_csv(self):
        self.stack(WORDS)
        rows = list(csv.reader(io.StringIO(self.af("get", "in.af", "s", "--format", "csv"))))
        self.assertEqual(rows[1:], [["0", "plain"], ["1", 'comma, "quote"'], ["2", "two\nlines"], ["3", "\033[31mred"]])

    def test_text_is_escaped(self):
        self.stack(WORDS)
        self.assertEqual(self.af("get", "in.af", "s", "--region", "2:4"), '"two\\nlines" "\\x1b[31mred"\n')

    def test_a_file_may_take_the_output(self):
        self.stack(GRID)
        self.path("out.json").write_text("old")
        self.assertEqual(self.af("get", "in.af", "v", "--format", "json", "-o", "out.json"), "")
        self.assertEqual(json.loads(self.path("out.json").read_text())["data"][2][3], [55, 56, 57, 58, 59])
        self.complaint("get", "in.af", "v", "-o", "no/such/folder", code=NOT_FOUND)

    def test_a_failure_leaves_the_old_file(self):
        self.stack(GRID)
        self.path("out.txt").write_text("old")
        self.complaint("get", "in.af", "v", "--region", "9:10", "-o", "out.txt", code=MISMATCH)
        self.assertEqual(self.path("out.txt").read_text(), "old")

    def test_fixed_width_formats_refuse_strings(self):
        self.stack(WORDS)
        for format in ("raw", "npy"):
            self.assertIn("String", self.complaint("get", "in.af", "s", "--format", format, code=UNSUPPORTED))

    def test_lists_are_refused(self):
        message = self.complaint("get", GOLDEN / "x" / "lists_made.af", "fsl3_f32", code=UNSUPPORTED)
        self.assertIn("FixedSizeList<Float32, 3>", message)


class Regions(Case):
    def setUp(self):
        super().setUp()
        self.stack(GRID)

    def region(self, *arguments):
        return self.json("get", "in.af", "v", "--json", *arguments)["data"]

    def expected(self, a, b, c):
        return [[[20 * i + 5 * j + k for k in range(*c)] for j in range(*b)] for i in range(*a)]

    def test_every_region_is_that_part(self):
        ends = lambda extent: [(s, e) for s in range(extent + 1) for e in range(s, extent + 1)]
        for a in ends(3):
            for b, c in (((0, 4), (0, 5)), ((1, 3), (2, 5)), ((3, 4), (0, 1)), ((2, 2), (0, 5))):
                with self.subTest(f"{a} {b} {c}"):
                    text = ",".join(f"{s}:{e}" for s, e in (a, b, c))
                    self.assertEqual(self.region("--region", text), self.expected(a, b, c))

    def test_ends_and_axes_may_be_left_out(self):
        self.assertEqual(self.region("--region", "1:,:2"), self.expected((1, 3), (0, 2), (0, 5)))
        self.assertEqual(self.region("--region", ":,3,:2"), self.expected((0, 3), (3, 4), (0, 2)))

    def test_start_and_shape_say_the_same(self):
        self.assertEqual(self.region("--start", "1,1,1", "--shape", "2,1,3"), self.expected((1, 3), (1, 2), (1, 4)))
        self.assertEqual(self.region("--start", "1,1,1"), self.expected((1, 3), (1, 4), (1, 5)))
        self.assertEqual(self.region("--shape", "1,2,3"), self.expected((0, 1), (0, 2), (0, 3)))

    def test_what_is_outside_is_an_error(self):
        for text in ("0:4", "3", "-1:2", "0:9223372036854775807", "9223372036854775807:9223372036854775807"):
            self.complaint("get", "in.af", "v", "--region=" + text, code=MISMATCH)
        self.complaint("get", "in.af", "v", "--start", "0,0,0", "--shape", "4,1,1", code=MISMATCH)

    def test_nonsense_is_a_usage_error(self):
        for arguments in (["--region", "2:1"], ["--region", "a:b"], ["--region", "0:1:1"], ["--region", ":,:,:,:"], ["--start", "1"],
                          ["--start", "1,1,x"], ["--region", ":", "--start", "0,0,0"], ["--format", "xml"], ["--json", "--format", "csv"],
                          ["--region", "99999999999999999999"]):
            with self.subTest(arguments):
                self.complaint("get", "in.af", "v", *arguments, code=USAGE)
