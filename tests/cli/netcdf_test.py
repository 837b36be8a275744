"""NetCDF into a stack and back."""
from support import CORRUPT, EXISTS, HERE, NOT_FOUND, OK, PROBLEMS, UNSUPPORTED, USAGE, DATA, Case

ALL_TYPES = (HERE / "all_types.cdl").read_text()
POINT = "netcdf p { variables: int v ; data: v = 7 ; }"


class RealFiles(Case):
    def test_every_file_of_tests_data_comes_back_equal(self):
        files = sorted(DATA.glob("*.nc"))
        self.assertGreaterEqual(len(files), 5)
        for file in files:
            with self.subTest(file.name):
                self.assert_comes_back(file)

    def test_several_files_become_groups(self):
        files = sorted(DATA.glob("nemo_*.nc"))
        printed = self.json("import", *files, "all.af", "--json")
        names = [array["name"] for array in self.json("ls", "all.af", "--json")["arrays"]]
        self.assertEqual(printed["arrays"], 24)
        for file in files:
            self.assertIn(f"{file.stem}/tos", names)
            self.assertEqual(self.af("get", "all.af", f"{file.stem}/time_counter"), self.only_time(file))

    def only_time(self, file):
        self.af("import", file, "one.af", "--replace")
        return self.af("get", "one.af", "time_counter")


class EveryType(Case):
    def test_what_can_come_back_does(self):
        source = self.netcdf(ALL_TYPES)
        done = self.run_af("import", source, "there.af")
        self.assertEqual(done.returncode, PROBLEMS)
        for words in ('variable "obs": it has the compound type obs_t', 'variable "ragged": it has the variable-length type ragged_t',
                      'variable "blob": it has the opaque type blob_t', 'attribute "compound_attribute" of "__file__"'):
            self.assertIn(words, done.stderr.decode())
        self.af("export", "there.af", "back.nc")
        missing = set(self.contents(source).split(b"\n")) - set(self.contents(self.path("back.nc")).split(b"\n"))
        extra = set(self.contents(self.path("back.nc")).split(b"\n")) - set(self.contents(source).split(b"\n"))
        self.assertEqual(extra, set())
        for line in missing:
            self.assertRegex(line, rb"obs|ragged|blob|int a|float b")
        self.assertEqual(len(missing), 13)

    def test_skip_unsupported_makes_it_a_success(self):
        source = self.netcdf(ALL_TYPES)
        printed = self.json("import", source, "there.af", "--skip-unsupported", "--json")
        self.assertEqual(len(printed["left_out"]), 4)
        self.assertIn("obs_t", printed["left_out"][0]["reason"])

    def test_dtypes_are_those_of_the_variables(self):
        self.af("import", self.netcdf(ALL_TYPES), "there.af", "--skip-unsupported")
        dtypes = {array["name"]: array["dtype"] for array in self.json("ls", "there.af", "--json")["arrays"]}
        expected = {"b": "Int8", "ub": "UInt8", "s": "Int16", "us": "UInt16", "i": "Int32", "ui": "UInt32", "i64": "Int64", "u64": "UInt64",
                    "f": "Float32", "d": "Float64", "st": "String", "name": "String", "cloud": "Int8", "g/deep/c": "Int8"}
        self.assertEqual({name: dtypes[name] for name in expected}, expected)

    def test_fill_values_are_those_of_the_schema(self):
        self.af("import", self.netcdf(ALL_TYPES), "there.af", "--skip-unsupported")
        fills = {array["name"]: array["fill_value"] for array in self.json("ls", "-l", "there.af", "--json")["arrays"]}
        expected = {"b": -127, "ub": 255, "s": -32767, "us": 65535, "i": -2147483647, "ui": 4294967295, "i64": -9223372036854775806,
                    "u64": 18446744073709551614, "f": "NaN", "d": 9.96920996838687e+36, "st": "none", "cloud": -128, "scalar": None}
        self.assertEqual({name: fills[name] for name in expected}, expected)
        self.assertEqual(self.json("stats", "there.af", "b", "--json")["arrays"][0]["null_count"], 1)

    def test_older_formats_come_back_too(self):
        cdl = """netcdf old { dimensions: t = UNLIMITED ; x = 2 ; variables: short v(t, x) ; v:_FillValue = -1s ; v:ranges = 1., 2. ;
                 char c(t) ; double scalar ; :t = "old" ; data: v = 1, 2, 3, 4 ; c = "ab" ; scalar = 5 ; }"""
        for kind in ("classic", "64-bit offset", "cdf5", "netCDF-4 classic model"):
            with self.subTest(kind):
                self.assert_comes_back(self.netcdf(cdl, kind=kind))

    def test_an_attribute_of_one_string_is_not_one_of_chars(self):
        self.assert_comes_back(self.netcdf('netcdf a { variables: int v ; string v:one = "x" ; v:chars = "x" ; data: v = 1 ; }'))

    def test_enumerations_come_back_by_name(self):
        cdl = """netcdf e { types: ushort enum level_t { low = 1, high = 65535 } ; dimensions: x = 2 ; variables: level_t a(x) ;
                 data: a = low, high ; group: g { types: int enum level_t { low = -1 } ; variables: level_t b(x) ; data: b = low, low ; } }"""
        self.assert_comes_back(self.netcdf(cdl))


class Text(Case):
    def test_char_rows_are_strings_in_other_languages(self):
        self.stack('netcdf c { dimensions: n = 3 ; len = 4 ; variables: char name(n, len) ; data: name = "ab", "", "four" ; }')
        self.assertEqual(self.json("get", "in.af", "name", "--json")["data"], ["ab", "", "four"])
        self.assertEqual(self.json("get", "in.af", "name", "--json")["dtype"], "String")

    def test_chars_along_a_dimension_of_data_stay_apart(self):
        self.stack("""netcdf c { dimensions: n = 3 ; t = UNLIMITED ; variables: int v(n) ; char flag(n) ; char mark(t) ;
                      data: v = 1, 2, 3 ; flag = "aBc" ; mark = "xy" ; }""")
        self.assertEqual(self.json("get", "in.af", "flag", "--json")["data"], ["a", "B", "c"])
        self.assertEqual(self.json("get", "in.af", "mark", "--json")["data"], ["x", "y"])

    def test_text_that_is_not_utf8_stays_as_bytes(self):
        cdl = rb"""netcdf l { dimensions: n = 2 ; m = 4 ; variables: char c(n, m) ; c:units = "\260C" ; string s(n) ; string s:many = "a\260", "b" ;
                  data: c = "a\260b", "ok" ; s = "x\377", "y" ; }"""
        source = self.netcdf(cdl)
        self.assert_comes_back(source)
        self.assertEqual(self.json("get", "there.af", "c", "--json")["data"], ["61b062", "6f6b"])

    def test_bytes_that_end_in_the_middle_of_a_letter_stay_as_bytes(self):
        cdl = rb"""netcdf l { dimensions: n = 2 ; m = 1 ; variables: char c(n, m) ; string c:halves = "\303", "\251" ; data: c = "\303\251" ; }"""
        self.assert_comes_back(self.netcdf(cdl))
        self.assertEqual(self.json("get", "there.af", "c", "--json")["data"], ["c3", "a9"])


class Dimensions(Case):
    def test_a_group_may_have_its_own_of_the_same_name(self):
        self.assert_comes_back(self.netcdf("""netcdf d { dimensions: x = 2 ; variables: int a(x) ; data: a = 1, 2 ;
            group: g { dimensions: x = 3 ; variables: int b(x) ; data: b = 1, 2, 3 ;
            group: h { variables: int c(x) ; data: c = 4, 5, 6 ; } } }"""))

    def test_unlimited_ones_stay_so_in_groups_and_unused(self):
        self.assert_comes_back(self.netcdf("""netcdf d { dimensions: t = UNLIMITED ; never = UNLIMITED ; variables: int a(t) ; data: a = 1, 2 ;
            group: g { dimensions: t = UNLIMITED ; x = 2 ; variables: int b(t, x) ; data: b = 1, 2, 3, 4, 5, 6 ; } }"""))

    def test_one_may_be_used_twice(self):
        self.assert_comes_back(self.netcdf("netcdf d { dimensions: x = 2 ; variables: int a(x, x) ; data: a = 1, 2, 3, 4 ; }"))

    def test_names_may_hold_anything_that_netcdf_takes(self):
        self.assert_comes_back(self.netcdf(r"""netcdf d { dimensions: a\=b\ c = 2 ; größe = 1 ; variables: int v\ 1(a\=b\ c, größe) ;
            v\ 1:key\ \(1\) = 3 ; data: v\ 1 = 1, 2 ; }"""))

    def test_arrays_that_disagree_get_dimensions_of_their_own(self):
        self.af("import", self.netcdf("netcdf a { dimensions: x = 2 ; variables: int v(x) ; data: v = 1, 2 ; }", "a.nc"),
                self.netcdf("netcdf b { dimensions: x = 3 ; variables: int v(x) ; data: v = 1, 2, 3 ; }", "b.nc"), "ab.af")
        self.af("export", "ab.af", "ab.nc")
        printed = self.contents(self.path("ab.nc"))
        self.assertIn(b"x = 2 ;", printed)
        self.assertIn(b"x = 3 ;", printed)


class Chunks(Case):
    def chunks_of(self, name):
        return {array["name"]: array["chunk_shape"] for array in self.json("ls", "-l", "in.af", "--json")["arrays"]}[name]

    def test_the_files_own_are_kept(self):
        self.stack("netcdf c { dimensions: x = 100 ; y = 100 ; variables: double v(x, y) ; v:_ChunkSizes = 50, 25 ; }")
        self.assertEqual(self.chunks_of("v"), [50, 25])

    def test_tiny_ones_are_joined(self):
        self.stack("netcdf c { dimensions: x = 3000 ; variables: int v(x) ; v:_ChunkSizes = 1 ; }")
        self.assertEqual(self.chunks_of("v"), [1024])

    def test_without_any_large_arrays_are_cut_along_their_first_axes(self):
        self.stack("netcdf c { dimensions: x = 30 ; y = 1000 ; z = 100 ; variables: double v(x, y, z) ; double w(y) ; }")
        self.assertEqual(self.chunks_of("v"), [5, 1000, 100])
        self.assertEqual(self.chunks_of("w"), [1000])


class Targets(Case):
    def test_import_does_not_touch_what_is_there(self):
        source = self.netcdf(POINT)
        self.af("import", source, "x.af")
        before = self.path("x.af").read_bytes()
        self.assertIn("--replace", self.complaint("import", source, "x.af", code=EXISTS))
        self.assertEqual(self.path("x.af").read_bytes(), before)
        self.af("import", source, "x.af", "--replace")

    def test_a_failed_import_leaves_nothing_behind(self):
        source = self.netcdf(POINT)
        self.path("broken.nc").write_bytes(b"no NetCDF file at all")
        self.complaint("import", source, "broken.nc", "x.af", code=CORRUPT)
        self.complaint("import", source, "missing.nc", "x.af", code=NOT_FOUND)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["broken.nc", "in.nc", "in.nc.cdl"])

    def test_an_import_that_replaces_and_fails_leaves_the_old_stack(self):
        source = self.netcdf(POINT)
        self.af("import", source, "x.af")
        before = self.path("x.af").read_bytes()
        self.path("broken.nc").write_bytes(b"CDF\1 and then nothing")
        self.assertNotEqual(self.run_af("import", "broken.nc", "x.af", "--replace").returncode, OK)
        self.assertEqual(self.path("x.af").read_bytes(), before)

    def test_a_new_stack_is_one_file(self):
        self.af("import", self.netcdf(POINT), "x.af")
        self.assertEqual([p.name for p in self.folder.glob("x*.af")], ["x.af"])
        self.assertEqual(len(self.json("info", "x.af", "--json")["layers"]), 1)

    def test_appended_files_are_a_layer_with_their_names_before(self):
        self.af("import", self.netcdf(POINT), "x.af")
        self.af("import", self.netcdf(POINT, "more.nc"), "x.af", "--append")
        self.assertEqual(len(self.json("info", "x.af", "--json")["layers"]), 2)
        self.assertEqual(self.af("get", "x.af", "v"), "7\n")
        self.assertEqual(self.af("get", "x.af", "more/v"), "7\n")
        self.assertEqual(self.run_af("get", "x.af", "more/v", "--layers", "1").returncode, NOT_FOUND)
        self.complaint("import", self.path("more.nc"), "x.af", "--append", code=EXISTS)

    def test_nonsense_is_refused_before_anything_is_read(self):
        source = self.netcdf(POINT)
        self.complaint("import", source, code=USAGE)
        self.complaint("import", source, "x.nc", code=USAGE)
        self.complaint("import", source, source, "x.af", code=USAGE)
        self.complaint("import", source, "x.af", "--append", "--replace", code=USAGE)
        self.complaint("import", source, "no/such/folder/x.af", code=NOT_FOUND)

    def test_export_does_not_touch_what_is_there(self):
        self.stack(POINT)
        self.path("out.nc").write_text("mine")
        self.complaint("export", "in.af", "out.nc", code=EXISTS)
        self.assertEqual(self.path("out.nc").read_text(), "mine")
        self.af("export", "in.af", "out.nc", "--replace")
        self.assertIn(b"v = 7", self.contents(self.path("out.nc")))

    def test_format_v4_takes_what_it_can(self):
        done = self.run_af("import", self.netcdf("netcdf a { variables: int v ; v:two = 1, 2 ; v:units = \"m\" ; data: v = 1 ; }"), "x.af",
                           "--format", "v4")
        self.assertEqual(done.returncode, PROBLEMS, done.stderr)
        self.assertIn(b'attribute "two" of "v"', done.stderr)
        self.assertEqual(self.json("info", "x.af", "--json")["footer_version"], 4)
        self.assertIn('v:units = "m"', self.af("dump", "x.af"))


class WhatNetcdfHasNoTypeFor(Case):
    def golden(self, name):
        from support import GOLDEN
        return GOLDEN / name

    def test_booleans_and_timestamps_become_integers_with_a_meaning(self):
        done = self.run_af("export", self.golden("v0_12/dtypes_none.af"), "out.nc")
        self.assertEqual(done.returncode, PROBLEMS, done.stderr)
        printed = self.contents(self.path("out.nc")).decode()
        self.assertIn(':dtype = "bool"', printed)
        self.assertIn('"nanoseconds since 1970-01-01"', printed)
        self.assertIn("NetCDF has no type for Binary", done.stderr.decode())

    def test_lists_are_left_out_by_name(self):
        done = self.run_af("export", self.golden("x/lists_made.af"), "out.nc", "--skip-unsupported")
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertIn('array "fsl3_f32": NetCDF has no type for FixedSizeList<Float32, 3>', done.stderr.decode())

    def test_names_that_netcdf_cannot_have_are_left_out(self):
        done = self.run_af("export", self.golden("x/names.af"), "out.nc")
        self.assertEqual(done.returncode, PROBLEMS, done.stderr)
        self.assertIn('array "/lead"', done.stderr.decode())
        self.assertIn(b"group: a {", self.contents(self.path("out.nc")))
