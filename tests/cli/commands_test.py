"""info, ls, dump, stats, copy, compact, verify, and what all commands share."""
import re

from support import AF, CORRUPT, EXISTS, GOLDEN, HERE, NOT_FOUND, PROBLEMS, UNSUPPORTED, USAGE, DATA, Case

COMMANDS = ["info", "ls", "dump", "get", "stats", "copy", "compact", "verify", "import", "export"]
POINT = "netcdf p { variables: int v ; data: v = 7 ; }"
TWO = """netcdf t { dimensions: x = 3 ; variables: float temp(x) ; temp:_FillValue = -1.f ; temp:units = "K" ; temp:steps = 1s, 2s ;
         double level ; data: temp = 1.5, -1, 2 ; level = 10 ; }"""


class Info(Case):
    def test_layers_are_listed(self):
        printed = self.json("info", "--json", GOLDEN / "v0_12" / "layers.af")
        self.assertEqual([layer["number"] for layer in printed["layers"]], [0, 1, 2, 3, 4])
        self.assertEqual(printed["footer_version"], 5)
        self.assertEqual(printed["gaps"], [])
        self.assertTrue(all(layer["foreign"] for layer in printed["layers"]))
        sizes = [(GOLDEN / "v0_12" / f"layers{n}.af").stat().st_size for n in ("", ".1", ".2", ".3", ".4")]
        self.assertEqual([layer["size"] for layer in printed["layers"]], sizes)
        self.assertEqual(printed["size"], sum(sizes))

    def test_text_names_the_base_and_the_layers(self):
        printed = self.af("info", GOLDEN / "v0_12" / "layers.af")
        self.assertIn("footer version 5, 5 layers", printed)
        self.assertRegex(printed, r"\n  base: .*\n  layer 1: .*\n  layer 2: ")
        self.assertIn("of another writer", printed)

    def test_gaps_in_the_numbers_are_told(self):
        for number in ("", ".1", ".2", ".4"):
            name = f"layers{number}.af"
            self.path(name).write_bytes((GOLDEN / "v0_12" / name).read_bytes())
        self.assertEqual(self.json("info", "--json", "layers.af")["gaps"], [{"first": 3, "last": 3}])
        self.assertIn("layer 3 is missing", self.af("info", "layers.af"))

    def test_a_stack_can_be_seen_as_it_was(self):
        path = GOLDEN / "v0_12" / "layers.af"
        self.assertEqual(len(self.json("info", "--json", "--layers", "3", path)["layers"]), 3)
        self.assertEqual(self.json("ls", "--json", "--layers", "1", path)["arrays"], [])


class Listing(Case):
    def test_columns_are_aligned(self):
        self.stack(TWO)
        self.assertEqual(self.af("ls", "in.af"), "UInt8    []   __file__\nFloat32  [3]  temp\nFloat64  []   level\n")

    def test_long_says_what_an_array_is(self):
        self.stack(TWO)
        self.assertIn("temp (x = 3)\n    Float32, chunks [3], fill -1, 2 attributes\n", self.af("ls", "-l", "in.af"))
        temp = self.json("ls", "--long", "--json", "in.af")["arrays"][1]
        self.assertEqual(temp, {"name": "temp", "shape": [3], "dtype": "Float32", "chunk_shape": [3], "dimension_names": ["x"],
                                "fill_value": -1, "attributes": {"units": "K", "steps": [1, 2]}})

    def test_lists_show_what_they_hold(self):
        printed = self.af("ls", "-l", GOLDEN / "x" / "lists_made.af")
        self.assertIn("FixedSizeList<FixedSizeList<UInt8, 4>, 2>", printed)

    def test_odd_names_are_escaped_in_text_and_exact_in_json(self):
        path = GOLDEN / "x" / "names.af"
        names = [array["name"] for array in self.json("ls", "--json", path)["arrays"]]
        self.assertIn("", names)
        self.assertTrue(any(ord(letter) < 32 for name in names for letter in name))
        printed = self.run_af("ls", path).stdout
        self.assertFalse(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", printed), printed)
        self.assertEqual(printed.count(b"\n"), len(names))


class Dump(Case):
    def test_it_reads_like_ncdump_with_statistics(self):
        self.stack(TWO)
        printed = self.af("dump", "in.af")
        self.assertTrue(printed.startswith("stack in.af {\n// footer version 5, 1 layer, 3 arrays\narrays:\n"), printed)
        self.assertIn('\tFloat32 temp(x = 3) ;\n\t\t// chunks of 3\n\t\t// fill value -1\n'
                      '\t\t// 3 elements, 1 null, min 1.5, max 2\n', printed)
        self.assertIn('\t\ttemp:units = "K" ;\n\t\ttemp:steps = [1s, 2s] ;\n', printed)
        self.assertTrue(printed.endswith("}\n"))

    def test_every_kind_of_attribute_has_its_suffix(self):
        printed = self.af("dump", GOLDEN / "v0_12" / "attrs.af")
        for literal in ("= -8b ;", "= -1600s ;", "= -320000 ;", "= -9223372036854775808LL ;", "= 1.5f ;", "= true ;", "NaNf", "0x0001ff"):
            self.assertIn(literal, printed)


class Statistics(Case):
    def test_all_or_the_named_ones(self):
        self.stack(TWO)
        everything = self.json("stats", "--json", "in.af")["arrays"]
        self.assertEqual([row["name"] for row in everything], ["__file__", "temp", "level"])
        self.assertEqual(everything[1], {"name": "temp", "known": True, "row_count": 3, "null_count": 1, "min": 1.5, "max": 2})
        self.assertEqual(self.json("stats", "--json", "in.af", "level", "temp")["arrays"], [everything[2], everything[1]])
        self.assertEqual(self.af("stats", "in.af", "temp"), "temp: 3 elements, 1 null, min 1.5, max 2\n")
        self.complaint("stats", "in.af", "nosuch", code=NOT_FOUND)

    def test_unknown_ones_say_so(self):
        self.assertIn(": unknown\n", self.af("stats", GOLDEN / "x" / "lists_made.af"))

    def test_wrapped_counts_are_shown_as_they_are(self):
        self.assertIn("18446744073709551612", self.af("stats", GOLDEN / "x" / "redefine_reshape.af"))


class Copy(Case):
    def content(self, path):
        """What a dump says, without what a copy may change: statistics are completed, layers and order become one."""
        dump = self.json("dump", "--json", path)
        return [{key: value for key, value in array.items() if key != "stats"} for array in dump["arrays"]]

    def test_every_codec_keeps_everything(self):
        source = GOLDEN / "v0_12" / "dtypes_chunked_zstd.af"
        for codec in ("none", "lz4", "zstd", "zstd:1", "zstd:19", "zstd:-5"):
            with self.subTest(codec):
                self.af("copy", source, "copy.af", "--codec", codec, "--block-size", "1K", "--replace")
                self.assertEqual(self.content("copy.af"), self.content(source))
                self.af("verify", "copy.af")

    def test_layers_become_one(self):
        source = GOLDEN / "v0_12" / "layers.af"
        printed = self.json("copy", "--json", source, "copy.af")
        self.assertEqual(len(self.json("info", "--json", "copy.af")["layers"]), 1)
        self.assertEqual(self.content("copy.af"), self.content(source))
        self.assertEqual(printed["target_size"], self.path("copy.af").stat().st_size)

    def test_the_footer_version_is_kept_or_chosen(self):
        source = GOLDEN / "v0_10" / "layers.af"
        self.af("copy", source, "kept.af")
        self.af("copy", source, "five.af", "--format", "v5")
        self.assertEqual(self.json("info", "--json", "kept.af")["footer_version"], 4)
        self.assertEqual(self.json("info", "--json", "five.af")["footer_version"], 5)
        self.assertEqual(self.content("five.af"), self.content(source))

    def test_v4_cannot_hold_lists_in_attributes(self):
        self.complaint("copy", GOLDEN / "v0_12" / "attrs.af", "four.af", "--format", "v4", code=UNSUPPORTED)
        self.assertFalse(self.path("four.af").exists())

    def test_what_is_there_is_kept_unless_replaced(self):
        self.stack(POINT)
        self.stack(TWO, "other.af")
        self.complaint("copy", "in.af", "other.af", code=EXISTS)
        self.assertIn("temp", self.af("ls", "other.af"))
        self.af("copy", "in.af", "other.af", "--replace")
        self.assertNotIn("temp", self.af("ls", "other.af"))

    def test_onto_itself_is_refused(self):
        self.stack(POINT)
        self.assertIn("af compact", self.complaint("copy", "in.af", "./in.af", "--replace", code=USAGE))

    def test_nonsense_is_a_usage_error(self):
        self.stack(POINT)
        for option in ("--codec=brotli", "--codec=zstd:x", "--codec=zstd:99", "--codec=zstd:1:2", "--block-size=x", "--block-size=-1",
                       "--block-size=9999999999G", "--format=v7", "--layers=0", "--layers=x"):
            with self.subTest(option):
                self.complaint("copy", "in.af", "out.af", option, code=USAGE)


class Compact(Case):
    def test_layers_become_one_in_place(self):
        self.stack(POINT)
        self.af("import", self.netcdf(TWO, "two.nc"), "in.af", "--append")
        before = self.json("dump", "--json", "in.af")
        printed = self.json("compact", "--json", "in.af")
        self.assertEqual(printed["layers_before"], 2)
        self.assertEqual([p.name for p in self.folder.glob("in*.af")], ["in.af"])
        self.assertEqual(self.json("dump", "--json", "in.af"), {**before, "num_layers": 1})


class Verify(Case):
    def test_sound_stacks_have_no_problems(self):
        self.stack(TWO)
        self.assertEqual(self.af("verify", "in.af").split("\n")[-2], "in.af: no problems")
        self.assertEqual(self.json("verify", "--json", "in.af")["problems"], 0)

    def test_damage_is_told_in_one_line_each(self):
        self.af("import", DATA / "atlantic_profiles.nc", "in.af", "--codec", "none")
        data = bytearray(self.path("in.af").read_bytes())
        data[100] ^= 1
        self.path("in.af").write_bytes(data)
        printed = self.af("verify", "in.af", code=PROBLEMS)
        self.assertRegex(printed, r"^problem: .+\n")
        self.assertRegex(printed.split("\n")[-2], r"^in.af: \d+ problems?$")
        found = self.json("verify", "--json", "in.af", code=PROBLEMS)
        self.assertEqual(found["problems"], sum(finding["problem"] for finding in found["findings"]))
        self.assertGreater(found["problems"], 0)

    def test_stacks_of_others_say_that_they_have_no_checksums(self):
        self.assertIn("note: attrs.af: written by another library, without checksums", self.af("verify", GOLDEN / "v0_12" / "attrs.af"))

    def test_repair_saves_what_is_sound(self):
        self.stack(TWO)
        whole = self.json("dump", "--json", "in.af")
        data = self.path("in.af").read_bytes()
        self.path("in.af").write_bytes(data[:-1] + b"?")
        self.complaint("verify", "in.af", code=CORRUPT)
        printed = self.af("verify", "--repair", "saved.af", "in.af", code=PROBLEMS)
        self.assertEqual(printed, "problem: in.af: the trailer was damaged: put right\nin.af: 1 problem\nsaved.af: holds all that is sound\n")
        self.assertEqual(self.path("in.af").read_bytes(), data[:-1] + b"?")
        self.assertEqual(self.json("dump", "--json", "saved.af"), whole)
        self.complaint("verify", "--repair", "saved.af", "in.af", code=EXISTS)
        self.complaint("verify", "--repair", "other.af", "--layers", "1", "in.af", code=USAGE)
        found = self.json("verify", "--json", "--repair", "again.af", "saved.af")
        self.assertEqual((found["repaired"], found["problems"], found["findings"]), ("again.af", 0, []))

    def test_what_cannot_be_opened_is_corrupt(self):
        self.path("in.af").write_bytes(b"nothing of the kind")
        self.complaint("verify", "in.af", code=CORRUPT)


class AllCommands(Case):
    def test_help_goes_to_standard_output_and_names_the_exit_codes(self):
        for command in ([], *([command] for command in COMMANDS)):
            printed = self.af(*command, "--help")
            self.assertIn("Exit codes:", printed)
            self.assertIn("Usage: ", printed)
        for command in COMMANDS:
            self.assertIn("--json", self.af(command, "--help"))

    def test_the_man_page_names_every_command_option_and_exit_code(self):
        page = (HERE.parent.parent / "docs" / "af.1").read_text().replace("\\-", "-")
        helps = "".join(self.af(*command, "--help") for command in ([], *([command] for command in COMMANDS)))
        for word in {*COMMANDS, *re.findall(r"--[a-z][a-z-]+", helps)}:
            self.assertIn(word, page)
        for code in re.findall(r"^ +(\d+)  \w", self.af("--help"), re.MULTILINE):
            self.assertRegex(page, rf"\n\.B {code}\n")

    def test_version_is_the_librarys(self):
        self.assertRegex(self.af("--version"), r"^af \d+\.\d+\.\d+\n$")

    def test_a_missing_file_is_not_found(self):
        for command in ("info", "ls", "dump", "stats", "verify", "compact"):
            self.assertIn("nosuch.af", self.complaint(command, "nosuch.af", code=NOT_FOUND))

    def test_what_makes_no_sense_is_a_usage_error(self):
        for arguments in ([], ["nosuch"], ["ls"], ["ls", "a.af", "b.af"], ["ls", "a.af", "--nosuch"], ["get", "a.af"], ["copy", "a.af"]):
            with self.subTest(arguments):
                self.complaint(*arguments, code=USAGE)

    def test_array_names_are_taken_as_they_are(self):
        self.stack(POINT)
        for name in ("[]", "[a,b]", "{}", "%%", "ls", "-x", "--", "", "[v]"):
            with self.subTest(name):
                self.assertIn(f"'{name}'", self.complaint("stats", "in.af", "--", name, "v", code=NOT_FOUND))
                self.assertIn(f"'{name}'", self.complaint("get", "in.af", "--", name, code=NOT_FOUND))
