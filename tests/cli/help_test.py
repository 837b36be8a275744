"""Manual pages and shell completion, made from the command line's own help."""
import re
import shutil
import subprocess

from support import AF, USAGE, Case


class Help(Case):
    def commands(self):
        listed = self.af("--help").split("Subcommands:\n")[1].split("\n\n")[0]
        return re.findall(r"^  ([a-z]+) ", listed, flags=re.M)

    def test_every_command_has_a_page(self):
        self.path("pages").mkdir()
        self.af("man", "--all", "pages")
        self.assertEqual(sorted(page.name for page in self.path("pages").iterdir()),
                         sorted(f"af-{command}.1" for command in self.commands()))
        self.assertGreater(len(self.commands()), 15)
        self.assertEqual(self.af("man", "copy"), self.path("pages/af-copy.1").read_text())
        self.complaint("man", "nonsense", code=USAGE)
        self.complaint("man", code=USAGE)

    def test_a_page_tells_every_option_of_the_help(self):
        for command in self.commands():
            page = self.af("man", command).replace("\\-", "-")
            for option in re.findall(r"^  (?:-\w,)?(--[a-z-]+)", self.af(command, "--help"), flags=re.M):
                self.assertIn(option, page, command)

    def test_pages_are_sound(self):
        if not shutil.which("man"):
            self.skipTest("there is no man")
        for command in self.commands():
            page = self.af("man", command).encode()
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-"], input=page, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)

    def complete(self, *words):
        script = self.af("completion", "bash")
        line = " ".join(f"'{word}'" for word in words)
        done = subprocess.run(["bash", "-c", f"{script}\nCOMP_WORDS=({line}) COMP_CWORD={len(words) - 1}\n_af\n"
                               "printf '%s\\n' \"${COMPREPLY[@]}\""], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_bash_completes_commands_options_and_files(self):
        self.assertEqual(self.complete("af", "ren"), ["rename"])
        self.assertEqual(self.complete("af", "copy", "--from"), ["--from-layer"])
        self.path("stack.af").write_bytes(b"")
        self.assertEqual(self.complete("af", "ls", "sta"), ["stack.af"])

    def test_other_shells(self):
        self.assertIn("bashcompinit", self.af("completion", "zsh"))
        self.assertIn("__fish_seen_subcommand_from merge' -l move", self.af("completion", "fish"))
        self.complaint("completion", "tcsh", code=USAGE)
