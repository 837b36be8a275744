"""af on stores of many datasets: NetCDF files in, looked at, checked, compacted, and back out."""
import json
import shutil
import unittest

from support import CORRUPT, DATA, EXISTS, GOLDEN, MISMATCH, NOT_FOUND, OK, PROBLEMS, UNSUPPORTED, USAGE, Case

SMALL = """netcdf in { dimensions: x = %d ; variables: float temp(x) ; temp:units = "K" ; int n ; :month = %db ;
           data: temp = %s ; n = %d ; }"""


def small(month):
    return SMALL % (month, month, ", ".join(str(month * 10 + i) for i in range(month)), month)


class Store(Case):
    def months(self, count):
        """A folder of files of 1, 2, ... elements."""
        self.path("in").mkdir()
        for month in range(1, count + 1):
            self.netcdf(small(month), name=f"in/m{month}.nc")
        return "in"

    def store(self, count=3):
        self.af("import", self.months(count), "st")
        return "st"


class Import(Store):
    def test_each_file_of_a_folder_becomes_a_dataset(self):
        self.months(3)
        document = self.json("import", "--json", "in", "st")
        self.assertEqual((document["datasets"], document["arrays"], document["left_out"]), (3, 6, []))
        listing = self.json("ls", "-l", "--json", "st")["datasets"]
        self.assertEqual([dataset["name"] for dataset in listing], ["m1", "m2", "m3"])
        self.assertEqual(listing[2]["arrays"][0], {"name": "temp", "dtype": "Float32", "shape": [3]})

    def test_files_and_folders_may_be_mixed_and_others_added(self):
        self.months(2)
        self.netcdf(small(7), name="seven.nc")
        self.af("import", "seven.nc", "st")
        self.af("import", "--append", "in", "st")
        self.assertEqual([each["name"] for each in self.json("ls", "--json", "st")["datasets"]], ["seven", "m1", "m2"])

    def test_bad_files_are_listed_and_left_out_when_told_to(self):
        self.months(2)
        self.path("in/m0.nc").write_text("junk")
        self.complaint("import", "in", "st", code=CORRUPT)
        self.assertFalse(self.path("st").exists(), "all or nothing")
        document = self.json("import", "--json", "--keep-going", "in", "st", code=PROBLEMS)
        self.assertEqual(document["datasets"], 2)
        self.assertEqual([item["what"] for item in document["left_out"]], ['file "in/m0.nc"'])

    def test_of_a_file_that_fails_on_the_way_nothing_stays(self):
        self.store(1)
        self.complaint("import", "--append", "in", "st", code=EXISTS)
        self.assertEqual(self.json("info", "--json", "st")["datasets"], 1)
        self.assertEqual(self.json("verify", "--json", "st")["problems"], 0)

    def test_what_would_not_go_well_is_said_first(self):
        self.months(1)
        self.complaint("import", "in", "in/m1.nc", "st", code=USAGE)
        self.complaint("import", "--replace", "in", "st", code=USAGE)
        self.path("empty").mkdir()
        self.complaint("import", "empty", "st", code=NOT_FOUND)
        self.complaint("import", "in", "empty", code=EXISTS)
        self.complaint("import", "--append", "in", "absent", code=NOT_FOUND)
        self.complaint("import", "--keep-going", "in/m1.nc", "x.af", code=USAGE)

    def test_groups_are_left_out(self):
        self.netcdf("netcdf in { variables: int a ; data: a = 1 ; group: g { variables: int b ; data: b = 2 ; } }", name="g.nc")
        document = self.json("import", "--json", "g.nc", "st", code=PROBLEMS)
        self.assertEqual([item["what"] for item in document["left_out"]], ['group "g/"'])


class RoundTrip(Store):
    def test_real_files_come_back_equal(self):
        files = sorted(DATA.glob("*.nc"))
        self.af("import", *files, "st")
        self.af("compact", "st")
        self.af("export", "st", "out")
        for file in files:
            self.assertEqual(self.contents(self.path("out") / file.name), self.contents(file))

    def test_one_dataset_goes_to_one_file(self):
        self.af("export", self.store(2), "two.nc", "--dataset", "m2")
        self.assertEqual(self.contents(self.path("two.nc")), self.contents(self.path("in/m2.nc")))
        self.complaint("export", "st", "two.nc", "--dataset", "m1", code=EXISTS)
        self.complaint("export", "st", "nine.nc", "--dataset", "m9", code=NOT_FOUND)

    def test_coordinates_are_known_to_the_python_package(self):
        self.netcdf("netcdf in { dimensions: x = 2 ; variables: int x(x) ; int lon(x) ; int t(x) ; t:coordinates = \"lon\" ; int u(x) ;"
                    "data: x = 1, 2 ; lon = 3, 4 ; t = 5, 6 ; u = 7, 8 ; }", name="c.nc")
        self.af("import", "c.nc", "st")
        attributes = dict(self.json("dump", "--json", "st")["datasets"][0]["attributes"])
        self.assertEqual(json.loads(attributes["_pyatlas_coords"]["String"]), ["x", "lon"])
        self.af("export", "st", "out")
        self.assertEqual(self.contents(self.path("out/c.nc")), self.contents(self.path("c.nc")))

    def test_stores_of_the_python_package_go_to_netcdf(self):
        self.af("export", GOLDEN / "atlas/v0_14/wheel", "out")
        for file in sorted(self.path("out").iterdir()):
            self.assertNotIn(b"_pyatlas", self.contents(file))


class Look(Store):
    def test_info_says_what_it_is(self):
        store = self.store(2)
        facts = self.json("info", "--json", store)
        self.assertEqual((facts["generation"], facts["footer_version"], facts["datasets"], facts["variables"]), ("schema 3", 5, 2, 2))
        self.assertIn("2 datasets, 2 variables", self.af("info", store))
        self.assertEqual(self.json("info", "--json", "st/atlas.json")["datasets"], 2)

    def test_get_takes_a_dataset_and_a_variable(self):
        store = self.store(3)
        self.assertEqual(self.json("get", "--json", store, "m3/temp", "--region", "1:3")["data"], [31, 32])
        self.complaint("get", store, "temp", code=USAGE)
        self.complaint("get", store, "m9/temp", code=NOT_FOUND)
        self.complaint("get", store, "m1/absent", code=NOT_FOUND)

    def test_dump_describes_datasets(self):
        text = self.af("dump", self.store(1))
        for line in ("dataset m1 {", "\tFloat32 temp(x = 1) ;", '\t\ttemp:units = "K" ;', "\t\t:month = 1b ;"):
            self.assertIn(line, text)

    def test_a_folder_without_metadata_is_no_store(self):
        self.path("empty").mkdir()
        for command in ("info", "ls", "verify", "dump"):
            self.complaint(command, "empty", code=NOT_FOUND)
        self.assertEqual(json.loads(self.run_af("dump", "--json", "empty").stdout), {"open_error": True})


class Across(Store):
    """Datasets m1, m2, m3 whose temp has 1, 2 and 3 elements: 10; 20, 21; 30, 31, 32."""

    def test_smaller_arrays_end_in_fill_values_when_told_to(self):
        store = self.store()
        self.assertIn("'temp'", self.complaint("get", store, "--across", "temp", code=MISMATCH))
        self.assertEqual(self.json("get", store, "--across", "temp", "--pad", "--json")["data"], [[10, 0, 0], [20, 21, 0], [30, 31, 32]])
        document = self.json("get", store, "--across", "n", "--json")
        self.assertEqual((document["shape"], document["data"]), ([3], [1, 2, 3]))

    def test_a_predicate_chooses_datasets(self):
        store = self.store()
        for where, expected in (("temp > 20", [2, 3]), ("temp in (10, 31)", [1, 3]), ("@month = 2", [2]), ("not temp < 15 and has n", [2, 3]),
                                ("temp@units = 'K'", [1, 2, 3])):
            self.assertEqual(self.json("get", store, "--across", "n", "--where", where, "--json")["data"], expected, where)
        self.complaint("get", store, "--across", "n", "--where", "temp > 99", code=NOT_FOUND)
        self.complaint("get", store, "--across", "nosuch", code=NOT_FOUND)
        self.assertIn("byte 7", self.complaint("get", store, "--across", "n", "--where", "temp >", code=USAGE))

    def test_a_region_is_of_the_axes_behind_the_datasets(self):
        store = self.store()
        self.assertEqual(self.json("get", store, "--across", "temp", "--where", "@month >= 2", "--region", "1:2", "--pad", "--json")["data"], [[21], [31]])
        self.complaint("get", store, "--across", "temp", "--pad", "--start", "0", "--shape", "1", code=USAGE)
        self.complaint("get", store, "m1/temp", "--across", "temp", code=USAGE)

    def test_formats_are_those_of_any_array(self):
        store = self.store()
        self.assertEqual(self.af("get", store, "--across", "n", "--format", "csv"), "dataset_index,n\n0,1\n1,2\n2,3\n")
        self.af("get", store, "--across", "n", "--format", "npy", "-o", "n.npy")
        self.assertTrue(self.path("n.npy").read_bytes().endswith(b"\1\0\0\0\2\0\0\0\3\0\0\0"))

    def test_a_picture_has_the_datasets_that_are_chosen(self):
        store = self.store()
        said = self.json("plot", store, "--across", "temp", "--where", "temp > 20", "out.png", "--json")
        self.assertEqual((said["shape"], said["low"], said["high"]), ([2, 3], 20, 32))
        self.assertEqual(self.path("out.png").read_bytes()[:4], b"\x89PNG")
        self.json("plot", store, "m3/temp", "one.png", "--json")
        for arguments in (["m3", "one.png"], ["m3/temp"], ["--across", "temp", "m3/temp", "one.png"], ["m3/temp", "one.png", "--where", "temp > 1"]):
            self.complaint("plot", store, *arguments, code=USAGE)

    def test_statistics_are_of_each_variable_or_each_dataset(self):
        store = self.store()
        variables = self.json("stats", "--json", store)["variables"]
        self.assertEqual(variables[1], {"name": "temp", "datasets": 3, "unknown": 0, "row_count": 6, "null_count": 0, "min": 10, "max": 32})
        one = self.json("stats", "--json", store, "temp")["variables"][0]["by_dataset"]
        self.assertEqual([(row["name"], row["min"], row["max"]) for row in one], [("m1", 10, 10), ("m2", 20, 21), ("m3", 30, 32)])
        self.assertIn("m2: 2 elements, 0 null, min 20, max 21\n", self.af("stats", store, "temp"))
        self.complaint("stats", store, "nosuch", code=NOT_FOUND)


class Copy(Store):
    def test_goes_to_the_generation_it_is_told_and_back(self):
        store = self.store()
        before = self.json("dump", "--json", store)
        for i, (generation, said) in enumerate((("schema-2", "schema 2"), ("container", "container of format 8"), ("schema-3", "schema 3"))):
            self.af("copy", store, f"copy{i}", "--to", generation)
            store = f"copy{i}"
            self.assertEqual(self.json("info", "--json", store)["generation"], said)
        self.assertEqual(self.json("dump", "--json", store), before)
        self.assertEqual(self.json("copy", "--json", store, "last", "--metadata", "msgpack.zst")["generation"], "schema 3")
        self.assertTrue(self.path("last/atlas.msgpack.zst").exists())

    def test_refuses_what_cannot_be_and_what_is_there(self):
        store = self.store(1)
        self.assertIn("attribute 'units'", self.complaint("copy", store, "new", "--to", "schema-1", code=UNSUPPORTED))
        self.assertFalse(self.path("new").exists())
        self.complaint("copy", store, store, code=EXISTS)
        for arguments in (["--to", "4"], ["--metadata", "xml"], ["--to", "container", "--metadata", "json"], ["--replace"], ["--format", "v4"]):
            self.complaint("copy", store, "new", *arguments, code=USAGE)
        self.complaint("copy", self.stack(SMALL % (1, 1, "1", 1)), "new.af", "--to", "container", code=USAGE)


class Upkeep(Store):
    def test_verify_finds_damage(self):
        store = self.store(2)
        self.assertEqual(self.json("verify", "--json", store)["problems"], 0)
        layer = self.path("st/temp/data.1.af")
        data = bytearray(layer.read_bytes())
        data[3] ^= 1
        layer.write_bytes(data)
        self.assertGreater(self.json("verify", "--json", store, code=PROBLEMS)["problems"], 0)

    def test_compacting_changes_no_answer(self):
        shutil.copytree(GOLDEN / "atlas/v0_14/deleted", self.path("st"))
        before = self.json("dump", "--json", "st")
        self.assertGreater(self.json("info", "--json", "st")["rows"], len(before["datasets"]))
        self.af("compact", "st")
        after = self.json("dump", "--json", "st")
        for dump in (before, after):
            for dataset in dump["datasets"]:
                for array in dataset["arrays"]:
                    del array["stats"]
        self.assertEqual(after, before)
        self.assertEqual(self.json("info", "--json", "st")["rows"], len(before["datasets"]))

    def test_gc_of_a_sound_store_gives_nothing_back(self):
        self.assertEqual(self.json("gc", "--json", self.store(1))["freed"], 0)
        self.complaint("gc", "in/m1.nc", code=USAGE)


if __name__ == "__main__":
    unittest.main()
