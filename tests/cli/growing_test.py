"""append, rename, merge, backup, gc, pages of listings, earlier layers, other footer versions, standard input."""
import subprocess

from support import AF, CORRUPT, EXISTS, GOLDEN, MISMATCH, NOT_FOUND, USAGE, Case

DAYS = """netcdf d { dimensions: day = 2 ; x = 2 ; variables: int v(day, x) ; string s(day) ; int fixed(x) ;
          data: v = 1, 2, 3, 4 ; s = "a", "b" ; fixed = 7, 8 ; }"""
MORE = """netcdf m { dimensions: day = 1 ; x = 2 ; variables: int v(day, x) ; string s(day) ; int fixed(x) ;
          data: v = 5, 6 ; s = "c" ; fixed = 7, 8 ; }"""


class Growing(Case):
    def data(self, name, path="in.af"):
        return self.json("get", "--json", path, name)["data"]

    def names(self, path="in.af"):
        return [array["name"] for array in self.json("ls", "--json", path)["arrays"] if array["name"] != "__file__"]

    def both(self):
        self.stack(DAYS)
        self.stack(MORE, "more.af")

    def test_arrays_are_lengthened_along_a_dimension(self):
        self.both()
        self.assertEqual(self.json("append", "--json", "in.af", "more.af", "--dimension", "day")["appended"], ["v", "s"])
        self.assertEqual(self.data("v"), [[1, 2], [3, 4], [5, 6]])
        self.assertEqual(self.data("s"), ["a", "b", "c"])
        self.assertEqual(self.data("fixed"), [7, 8])
        self.af("append", "in.af", "more.af", "fixed")
        self.assertEqual(self.data("fixed"), [7, 8, 7, 8])
        self.af("verify", "in.af")

    def test_what_does_not_fit_is_refused_and_changes_nothing(self):
        self.both()
        self.complaint("append", "in.af", "more.af", "none", code=NOT_FOUND)
        self.complaint("append", "in.af", "more.af", "fixed", "--dimension", "day", code=MISMATCH)
        self.complaint("append", "in.af", "more.af", "v", "--axis", "2", code=MISMATCH)
        self.complaint("append", "in.af", "more.af", "--axis", "0", "--dimension", "day", code=USAGE)
        self.assertEqual(self.data("v"), [[1, 2], [3, 4]])

    def test_the_stack_is_compacted_when_it_has_so_many_layers(self):
        self.both()
        self.af("append", "in.af", "more.af", "v")
        self.assertEqual(len(self.json("info", "--json", "in.af")["layers"]), 2)
        self.af("append", "in.af", "more.af", "v", "--compact-at", "3")
        self.assertEqual(len(self.json("info", "--json", "in.af")["layers"]), 1)
        self.assertEqual(len(self.data("v")), 4)

    def test_an_array_gets_another_name(self):
        self.stack(DAYS)
        self.af("rename", "in.af", "v", "w")
        self.assertEqual(self.data("w"), [[1, 2], [3, 4]])
        self.complaint("rename", "in.af", "v", "w", code=NOT_FOUND)
        self.complaint("rename", "in.af", "w", "s", code=EXISTS)

    def test_stacks_are_merged(self):
        self.stack(DAYS)
        self.stack("netcdf o { variables: int other ; data: other = 3 ; }", "other.af")
        self.af("merge", "in.af", "other.af")
        self.assertEqual(self.data("other"), 3)
        self.complaint("merge", "in.af", "other.af", code=EXISTS)
        self.af("merge", "--skip", "in.af", "other.af")
        self.af("merge", "--replace", "in.af", "other.af")
        self.complaint("merge", "in.af", code=USAGE)
        self.complaint("merge", "--skip", "--replace", "in.af", "other.af", code=USAGE)
        self.af("verify", "in.af")

    def test_arrays_are_copied_and_moved(self):
        self.both()
        self.af("merge", "in.af", "more.af", "--array", "v", "--as", "w")
        self.assertEqual(self.data("w"), [[5, 6]])
        self.af("merge", "in.af", "more.af", "--array", "v", "--as", "x", "--move")
        self.assertEqual(self.data("x"), [[5, 6]])
        self.assertEqual(self.names("more.af"), ["s", "fixed"])
        self.complaint("merge", "in.af", "more.af", "--move", code=USAGE)
        self.complaint("merge", "in.af", "more.af", "--as", "y", code=USAGE)

    def test_a_backup_has_all_layers_and_is_brought_up_to_date(self):
        self.both()
        self.af("append", "in.af", "more.af", "v")
        self.assertEqual(self.json("backup", "--json", "in.af", "safe.af")["layers"], 2)
        self.assertEqual(self.path("safe.1.af").read_bytes(), self.path("in.1.af").read_bytes())
        self.af("append", "in.af", "more.af", "v")
        self.assertEqual(self.json("backup", "--json", "in.af", "safe.af")["layers"], 3)
        self.assertEqual(len(self.data("v", "safe.af")), 4)
        self.af("compact", "in.af")
        self.complaint("backup", "in.af", "safe.af", code=EXISTS)

    def test_a_copy_can_begin_with_an_earlier_layer(self):
        self.both()
        self.af("append", "in.af", "more.af", "v")
        self.af("copy", "in.af", "then.af", "--from-layer", "0")
        self.assertEqual(len(self.data("v", "then.af")), 2)
        self.af("copy", "in.af", "now.af", "--from-layer", "1")
        self.assertEqual(len(self.data("v", "now.af")), 3)
        self.complaint("copy", "in.af", "none.af", "--from-layer", "2", code=NOT_FOUND)

    def test_a_stack_of_version_four_becomes_one_of_five(self):
        for end in ("", ".1"):
            self.path(f"old{end}.af").write_bytes((GOLDEN / "v0_10" / f"attrs{end}.af").read_bytes())
        names = self.names("old.af")
        self.assertEqual(self.json("info", "--json", "old.af")["footer_version"], 4)
        self.af("compact", "--format", "v5", "old.af")
        self.assertEqual(self.json("info", "--json", "old.af")["footer_version"], 5)
        self.assertEqual(self.names("old.af"), names)
        self.complaint("compact", "--format", "v6", "old.af", code=USAGE)

    def test_what_dead_writers_left_is_given_back(self):
        self.stack(DAYS)
        self.path(".in.1.af.tmp-0123456789abcdef").write_bytes(b"x" * 1000)
        self.assertEqual(self.json("gc", "--json", "in.af")["freed"], 1000)
        self.assertEqual(self.json("gc", "--json", "in.af")["freed"], 0)

    def test_listings_come_by_name_and_in_pages(self):
        self.stack(DAYS)
        self.assertEqual(self.json("ls", "--json", "in.af", "--prefix", "fi")["arrays"][0]["name"], "fixed")
        self.assertEqual([a["name"] for a in self.json("ls", "--json", "in.af", "--glob", "[sv]")["arrays"]], ["v", "s"])
        names, first = [], 0
        while first is not None:
            page = self.json("ls", "--json", "in.af", "--limit", "2", "--first", first)
            names += [array["name"] for array in page["arrays"]]
            first = page.get("next")
        self.assertEqual([name for name in names if name != "__file__"], self.names())
        self.assertIn("more: --first", self.af("ls", "in.af", "--limit", "1"))
        self.complaint("ls", "in.af", "--prefix", "a", "--glob", "a", code=USAGE)

    def test_a_file_comes_from_standard_input(self):
        self.stack(DAYS)
        self.af("compact", "in.af")
        expected = self.af("get", "in.af", "v")
        with open(self.path("in.af"), "rb") as opened:
            self.assertEqual(subprocess.check_output([AF, "get", "-", "v"], stdin=opened).decode(), expected)
        image = self.path("in.af").read_bytes()
        self.assertEqual(subprocess.run([AF, "get", "-", "v"], input=image, capture_output=True, check=True).stdout.decode(), expected)
        done = subprocess.run([AF, "ls", "-"], input=image[:50], capture_output=True)
        self.assertEqual(done.returncode, CORRUPT)
