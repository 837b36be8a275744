"""Terminals, signals, pipes and memory."""
import array
import os
import pty
import signal
import subprocess
import time

from support import AF, CANCELLED, IO, OK, Case, sha256, write_classic

POINT = "netcdf p { dimensions: x = 3 ; variables: int v(x) ; data: v = 7, 8, 9 ; }"
MEMORY_LIMIT = int(os.environ.get("AF_MEMORY_LIMIT_MIB", "300")) << 20


class Streams(Case):
    def test_a_full_disk_is_noticed(self):
        self.stack(POINT)
        for arguments in (["ls", "in.af"], ["get", "in.af", "v"], ["--help"], ["--version"], ["dump", "--json", "in.af"]):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                done = subprocess.run([AF, *arguments], cwd=self.folder, stdout=full, stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, IO, done.stderr)
                self.assertIn(b"af: standard output", done.stderr)
        self.complaint("get", "in.af", "v", "-o", "/dev/full", code=IO)

    def test_a_closed_pipe_is_noticed(self):
        self.stack(POINT)
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([AF, "ls", "in.af"], cwd=self.folder, stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        self.assertEqual(done.returncode, IO)
        self.assertEqual(done.stderr, b"af: standard output: Broken pipe\n")

    def test_the_locale_changes_nothing(self):
        self.stack("netcdf p { variables: double v ; v:a = 1.5 ; data: v = 1234567.25 ; }")
        for locale in ("de_DE.UTF-8", "C", "tr_TR.UTF-8"):
            done = self.run_af("get", "in.af", "v", env={**os.environ, "LC_ALL": locale, "LANG": locale})
            self.assertEqual(done.stdout, b"1234567.25\n")


class LongWork(Case):
    def on_terminal(self, *arguments):
        """Runs af with a terminal as its standard error; answers the exit code and what it drew."""
        ours, its = pty.openpty()
        process = subprocess.Popen([AF, *arguments], cwd=self.folder, stderr=its, stdout=subprocess.PIPE)
        os.close(its)
        drawn = b""
        try:
            while chunk := os.read(ours, 4096):
                drawn += chunk
        except OSError:  # the terminal is gone with the process
            pass
        os.close(ours)
        process.stdout.close()
        return process.wait(), drawn

    def test_a_bar_is_drawn_on_a_terminal_and_wiped_off(self):
        write_classic(self.path("big.nc"), "v", [100, 1 << 20])
        code, drawn = self.on_terminal("import", "big.nc", "big.af", "--codec", "lz4")
        self.assertEqual(code, OK)
        self.assertRegex(drawn, rb"importing big \[#+ *\] +\d+%")
        self.assertTrue(drawn.endswith(b"\r\x1b[K"), drawn[-40:])

    def test_nothing_is_drawn_elsewhere(self):
        write_classic(self.path("big.nc"), "v", [50, 1 << 20])
        self.assertEqual(self.run_af("import", "big.nc", "big.af", "--codec", "lz4").stderr, b"")

    def test_ctrl_c_ends_it_cleanly(self):
        write_classic(self.path("huge.nc"), "v", [1000, 1 << 20])
        for wait in (0.3, 0.8):
            process = subprocess.Popen([AF, "import", "huge.nc", "huge.af"], cwd=self.folder, stderr=subprocess.PIPE)
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            message = process.stderr.read()
            process.stderr.close()
            self.assertEqual(process.wait(), CANCELLED, message)
            self.assertRegex(message, rb"^af: [^\n]+\n$")
            self.assertEqual([p.name for p in self.folder.iterdir()], ["huge.nc"])

    def test_memory_does_not_grow_with_the_data(self):
        """The array has 512 MiB."""
        write_classic(self.path("big.nc"), "v", [128, 1 << 20])
        for arguments in (["import", "big.nc", "big.af"], ["dump", "--json", "--max-content", "4G", "big.af"],
                          ["get", "big.af", "v", "--format", "raw", "-o", "/dev/null"], ["export", "big.af", "out.nc"],
                          ["copy", "big.af", "copy.af", "--codec", "lz4"]):
            with self.subTest(arguments[0]):
                code, memory = self.run_measured(arguments)
                self.assertEqual(code, OK)
                self.assertLess(memory, MEMORY_LIMIT)

    def run_measured(self, arguments):
        process = subprocess.Popen([AF, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage.ru_maxrss * 1024

    def test_pieces_follow_each_other(self):
        """More than one piece of 64 MiB, of data that differ everywhere."""
        count = 18 * (1 << 20)
        numbers = array.array("i", range(count))
        write_classic(self.path("big.nc"), "v", [6, 3, 1 << 20], numbers)
        self.af("import", "big.nc", "big.af", "--codec", "none")
        dump = self.json("dump", "--json", "big.af")
        self.assertEqual(next(a for a in dump["arrays"] if a["name"] == "v")["content"], {"sha256": sha256(numbers.tobytes())})
        self.af("export", "big.af", "back.nc")
        self.af("import", "back.nc", "again.af", "--codec", "lz4")
        self.assertEqual(self.json("dump", "--json", "again.af")["arrays"], dump["arrays"])
        printed = self.run_af("get", "big.af", "v", "--format", "raw", "--region", "1:5,1:3,7:1000").stdout
        expected = b"".join(numbers[(3 * i + j << 20) + 7:(3 * i + j << 20) + 1000].tobytes() for i in range(1, 5) for j in range(1, 3))
        self.assertEqual(printed, expected)

    def test_ctrl_c_ends_printing_too(self):
        write_classic(self.path("big.nc"), "v", [64, 1 << 20])
        self.af("import", "big.nc", "big.af")
        reading, writing = os.pipe()
        process = subprocess.Popen([AF, "get", "big.af", "v"], cwd=self.folder, stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        os.read(reading, 1)
        process.send_signal(signal.SIGINT)
        while os.read(reading, 1 << 20):
            pass
        os.close(reading)
        message = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(), CANCELLED)
        self.assertEqual(message, b"af: interrupted\n")
