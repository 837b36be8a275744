"""af on stores of many datasets: NetCDF files in, looked at, checked, compacted, and back out."""
import json
import shutil
import unittest

from support import CORRUPT, DATA, EXISTS, GOLDEN, NOT_FOUND, OK, PROBLEMS, USAGE, Case

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
