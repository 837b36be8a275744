"""Mapped arrays (.mmap): info, dump, get, and copies from and to stacks."""
import json
import os
import struct

from support import CORRUPT, EXISTS, GOLDEN, MISMATCH, NOT_FOUND, OK, UNSUPPORTED, USAGE, Case, flat, sha256

LIMIT = 8
MAPPED = GOLDEN / "mmap"
LETTERS = {"f32": "f", "f64": "d", "i32": "i", "i64": "q"}


def mapped(dtype, shape, elements):
    """A file's bytes, written here from the format's description."""
    ids = {"f32": 1, "f64": 2, "i32": 3, "i64": 4}
    head = b"MMAP" + bytes([1, ids[dtype]]) + struct.pack("<HQ", len(shape), len(elements)) + struct.pack(f"<{len(shape)}Q", *shape)
    return head.ljust(64, b"\0") + struct.pack(f"<{len(elements)}{LETTERS[dtype]}", *elements)


class Goldens(Case):
    def test_dumps_are_those_of_the_original(self):
        equal = refused = 0
        for path in sorted(MAPPED.glob("*.mmap")):
            with self.subTest(path.name):
                expected = json.loads(path.with_suffix(".dump.json").read_text())
                if "open_errors" in expected or "sha256" not in expected["content"]:
                    done = self.run_af("dump", "--json", path)
                    self.assertIn(done.returncode, [CORRUPT, UNSUPPORTED])
                    self.assertEqual(json.loads(done.stdout), {"open_error": True})
                    refused += 1
                else:
                    wanted = {key: expected[key] for key in ("dtype", "shape", "len", "content")}
                    self.assertEqual(self.json("dump", "--json", path), wanted)
                    equal += 1
        self.assertEqual((equal, refused), (36 + 3, 13))


class Reading(Case):
    def setUp(self):
        super().setUp()
        self.path("grid.mmap").write_bytes(mapped("i32", [3, 4], range(12)))

    def test_info_says_what_it_is(self):
        self.assertEqual(self.af("info", "grid.mmap"), "grid.mmap: mapped array, Int32 [3, 4], 12 elements, 112 bytes\n")
        self.assertEqual(self.json("info", "--json", "grid.mmap"),
                         {"path": "grid.mmap", "dtype": "Int32", "shape": [3, 4], "elements": 12, "size": 112})

    def test_dump_declares_it(self):
        self.assertEqual(self.af("dump", "grid.mmap"), "mapped array grid.mmap {\n\tInt32 grid(dim0 = 3, dim1 = 4) ;\n}\n")

    def test_get_prints_regions_in_every_format(self):
        self.assertEqual(self.af("get", "grid.mmap", "--region", "1:3,2:"), "6 7\n10 11\n")
        self.assertEqual(self.af("get", "grid.mmap", "grid", "--region", "2"), "8 9 10 11\n")
        found = self.json("get", "--json", "grid.mmap")
        self.assertEqual(found["data"], [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
        self.assertEqual(found["name"], "grid")
        self.assertEqual(self.af("get", "grid.mmap", "--format", "csv", "--start", "2,3", "--shape", "1,1"),
                         "dim0_index,dim1_index,grid\n2,3,11\n")
        raw = self.run_af("get", "grid.mmap", "--format", "raw").stdout
        self.assertEqual(raw, struct.pack("<12i", *range(12)))
        npy = self.run_af("get", "grid.mmap", "--format", "npy").stdout
        self.assertIn(b"'shape': (3, 4)", npy)
        self.assertTrue(npy.endswith(raw))

    def test_scalars_and_arrays_without_elements(self):
        self.path("one.mmap").write_bytes(mapped("f64", [], [1.5]))
        self.path("none.mmap").write_bytes(mapped("f32", [2, 0], []))
        self.assertEqual(self.af("get", "one.mmap"), "1.5\n")
        self.assertEqual(self.af("get", "none.mmap"), "")
        self.assertEqual(self.json("get", "--json", "none.mmap")["data"], [[], []])
        self.assertEqual(self.af("dump", "one.mmap"), "mapped array one.mmap {\n\tFloat64 one ;\n}\n")

    def test_what_makes_no_sense_is_said(self):
        self.complaint("get", "grid.mmap", "--region", "0:4", code=MISMATCH)
        self.complaint("get", "grid.mmap", "other", code=NOT_FOUND)
        self.complaint("get", "grid.mmap", "--layers", "1", code=USAGE)
        self.complaint("info", "missing.mmap", code=NOT_FOUND)
        self.path("bad.mmap").write_bytes(b"MMAP")
        self.complaint("info", "bad.mmap", code=CORRUPT)
        self.complaint("get", "bad.mmap", code=CORRUPT)

    def test_goes_by_any_name_but_that_of_a_stack(self):
        for name in ["grid.bin", "grid", "grid.mmap.1"]:
            with self.subTest(name):
                self.path(name).write_bytes(self.path("grid.mmap").read_bytes())
                self.assertEqual(self.json("info", "--json", name)["shape"], [3, 4])
                self.assertEqual(self.json("dump", "--json", name), self.json("dump", "--json", "grid.mmap"))
                self.assertEqual(self.af("get", name, "--region", "2"), "8 9 10 11\n")
                self.af("copy", name, "stack.af", "--name", "a", "--replace")
                self.assertEqual(flat(self.json("get", "--json", "stack.af", "a")["data"]), list(range(12)))
        self.path("grid.af").write_bytes(self.path("grid.mmap").read_bytes())
        self.complaint("info", "grid.af", code=CORRUPT)

    def test_looking_at_what_is_no_file_does_not_wait(self):
        os.mkfifo(self.path("pipe"))
        os.mkfifo(self.path("pipe.mmap"))
        self.path("folder.mmap").mkdir()
        for name in ["pipe", "pipe.mmap"]:
            self.complaint("info", name, code=USAGE)
        self.assertIn("there is no store", self.complaint("info", "folder.mmap", code=NOT_FOUND))

    def test_commands_for_stacks_say_what_it_is(self):
        for command, *more in [["ls"], ["stats"], ["verify"], ["compact"], ["export", "x.nc"]]:
            self.assertIn("grid.mmap is a mapped array, not a stack", self.complaint(command, "grid.mmap", *more, code=USAGE))

    def test_a_hole_of_a_gigabyte_is_not_hashed_unasked(self):
        with open(self.path("hole.mmap"), "wb") as file:
            file.write(mapped("f64", [1 << 27], [])[:64])
            file.truncate(64 + (1 << 30))
        self.complaint("dump", "--json", "hole.mmap", code=LIMIT)
        self.path("small.mmap").write_bytes(mapped("f64", [2], [1, 2]))
        self.complaint("dump", "--json", "--max-content", "15", "small.mmap", code=LIMIT)
        self.assertEqual(self.json("dump", "--json", "--max-content", "16", "small.mmap")["len"], 2)


class Copying(Case):
    def setUp(self):
        super().setUp()
        self.elements = [i * 0.25 - 3 for i in range(24)]
        self.path("grid.mmap").write_bytes(mapped("f64", [2, 3, 4], self.elements))

    def test_goes_to_a_stack_and_comes_back_the_same(self):
        self.af("copy", "grid.mmap", "stack.af")
        array = self.json("dump", "--json", "stack.af")["arrays"][0]
        self.assertEqual((array["name"], array["dtype"], array["shape"]), ("grid", "Float64", [2, 3, 4]))
        self.assertEqual(array["content"]["sha256"], sha256(self.path("grid.mmap").read_bytes()[64:]))
        self.assertEqual(len(self.json("info", "--json", "stack.af")["layers"]), 1)
        self.af("copy", "stack.af", "back.mmap")
        self.assertEqual(self.path("back.mmap").read_bytes(), self.path("grid.mmap").read_bytes())

    def test_every_golden_goes_there_and_back(self):
        count = 0
        for path in sorted(MAPPED.glob("[fi]*.mmap")):
            self.af("copy", path, "stack.af", "--replace")
            self.af("copy", "stack.af", "back.mmap", "--replace")
            self.assertEqual(self.path("back.mmap").read_bytes(), path.read_bytes(), path.name)
            count += 1
        self.assertEqual(count, 36)

    def test_takes_names_and_the_encoding_of_stacks(self):
        self.af("copy", "grid.mmap", "stack.af", "--name", "a/b", "--codec", "lz4", "--format", "v4")
        self.assertEqual(self.json("info", "--json", "stack.af")["footer_version"], 4)
        self.assertEqual(flat(self.json("get", "--json", "stack.af", "a/b")["data"]), self.elements)
        self.af("copy", "grid.mmap", "stack.af", "--append")
        self.assertEqual([array["name"] for array in self.json("dump", "--json", "stack.af")["arrays"]], ["a/b", "grid"])
        self.complaint("copy", "stack.af", "back.mmap", code=USAGE)
        self.af("copy", "stack.af", "back.mmap", "--name", "a/b")
        self.assertEqual(self.path("back.mmap").read_bytes(), self.path("grid.mmap").read_bytes())

    def test_buries_nothing_unless_asked(self):
        self.af("copy", "grid.mmap", "stack.af")
        self.complaint("copy", "grid.mmap", "stack.af", code=EXISTS)
        self.complaint("copy", "grid.mmap", "stack.af", "--append", code=EXISTS)
        self.complaint("copy", "stack.af", "grid.mmap", code=EXISTS)
        self.af("copy", "grid.mmap", "stack.af", "--replace")
        self.af("copy", "stack.af", "grid.mmap", "--replace")
        self.assertEqual(self.path("grid.mmap").read_bytes(), mapped("f64", [2, 3, 4], self.elements))

    def test_what_does_not_fit_leaves_nothing_behind(self):
        stack = self.stack('netcdf s { dimensions: n = 2 ; variables: string s(n) ; byte b(n) ; data: s = "a", "b" ; b = 1, 2 ; }')
        before = sorted(path.name for path in self.folder.iterdir())
        self.complaint("copy", stack, "new.mmap", "--name", "s", code=UNSUPPORTED)
        self.complaint("copy", stack, "new.mmap", "--name", "b", code=UNSUPPORTED)
        self.complaint("copy", stack, "new.mmap", "--name", "missing", code=NOT_FOUND)
        self.complaint("copy", "missing.mmap", "new.af", code=NOT_FOUND)
        self.complaint("copy", "grid.mmap", "other.mmap", code=USAGE)
        self.complaint("copy", stack, "new.mmap", "--codec", "lz4", code=USAGE)
        self.complaint("copy", stack, "new.af", "--name", "s", code=USAGE)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), before)
