"""af dump --json: what the comparison of the golden files does not reach."""
import json
import struct

from support import CORRUPT, GOLDEN, NOT_FOUND, OK, Case, sha256


class Document(Case):
    def test_a_stack_that_does_not_open_is_said_in_json_too(self):
        self.path("bad.af").write_bytes(b"nothing of the kind")
        for name, code in (("bad.af", CORRUPT), ("nosuch.af", NOT_FOUND)):
            done = self.run_af("dump", "--json", name)
            self.assertEqual(done.returncode, code)
            self.assertEqual(json.loads(done.stdout), {"open_error": True})

    def test_an_array_that_cannot_be_read_leaves_the_others(self):
        path = GOLDEN / "x" / "blocks256"
        for suffix in ("af", "1.af"):
            self.path(f"in.{suffix}").write_bytes(path.with_name(f"{path.name}.{suffix}").read_bytes())
        expected = self.json("dump", "--json", "in.af")["arrays"]
        data = bytearray(self.path("in.1.af").read_bytes())
        data[0:16] = bytes(16)
        self.path("in.1.af").write_bytes(data)
        done = self.run_af("dump", "--json", "in.af")
        self.assertEqual(done.returncode, OK)
        broken = [array for array in json.loads(done.stdout)["arrays"] if array["content"] == {"error": "error"}]
        sound = [array for array in json.loads(done.stdout)["arrays"] if array["content"] != {"error": "error"}]
        self.assertTrue(broken and sound)
        names = {array["name"] for array in broken}
        self.assertEqual(sound, [array for array in expected if array["name"] not in names])
        for name in names:
            self.assertIn(f'af: "{name}": ', done.stderr.decode())

    def test_the_listing_order_is_hashed_as_json(self):
        path = GOLDEN / "x" / "names.af"
        names = [array["name"] for array in self.json("ls", "--json", path)["arrays"]]
        text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
        self.assertEqual(self.json("dump", "--json", path)["list_order_sha256"], sha256(text.encode()))

    def test_arrays_are_sorted_by_the_bytes_of_their_names(self):
        names = [array["name"].encode() for array in self.json("dump", "--json", GOLDEN / "x" / "names.af")["arrays"]]
        self.assertEqual(names, sorted(names))

    def test_integers_and_floats_are_exact(self):
        self.stack("""netcdf x { variables: int v ; v:least = -9223372036854775808LL ; v:most = 18446744073709551615ULL ; v:tenth = 0.1 ;
                      v:not_a_number = NaNf ; v:zero = -0. ; data: v = 1 ; }""")
        printed = self.json("dump", "--json", "in.af")["arrays"]
        self.assertEqual(next(array for array in printed if array["name"] == "v")["attributes"],
                         {"least": {"Int64": -2**63}, "most": {"UInt64": 2**64 - 1}, "tenth": {"Float64": "0x3fb999999999999a"},
                          "not_a_number": {"Float32": "0x7fc00000"}, "zero": {"Float64": "0x8000000000000000"}})

    def test_content_is_hashed_piece_by_piece_in_order(self):
        rows = 300
        numbers = ", ".join(str(n * 7919 % 65536) for n in range(rows * rows))
        self.stack(f"netcdf x {{ dimensions: x = {rows} ; y = {rows} ; variables: int v(x, y) ; v:_ChunkSizes = 7, 11 ; data: v = {numbers} ; }}")
        expected = struct.pack(f"<{rows * rows}i", *(n * 7919 % 65536 for n in range(rows * rows)))
        printed = next(array for array in self.json("dump", "--json", "in.af")["arrays"] if array["name"] == "v")
        self.assertEqual(printed["content"], {"sha256": sha256(expected)})


class Proportion(Case):
    """A small file may declare more than anyone can read: that array is an error, in no time."""

    def test_content_out_of_proportion_is_an_error_unless_permitted(self):
        self.stack("netcdf x { dimensions: x = 1000 ; variables: int v(x) ; string s(x) ; byte small(x) ; }")
        arrays = {array["name"]: array["content"] for array in self.json("dump", "--json", "--max-content", "7000", "in.af")["arrays"]}
        self.assertEqual(arrays["small"], {"sha256": sha256(b"\x81" * 1000)})
        self.assertEqual(arrays["s"], {"error": "error"})
        self.assertEqual(set(arrays["v"]), {"sha256"})
        arrays = {array["name"]: array["content"] for array in self.json("dump", "--json", "--max-content", "1G", "in.af")["arrays"]}
        self.assertEqual(arrays["s"], {"values": [""] * 1000})
