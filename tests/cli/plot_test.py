"""af plot: arrays as pictures, looked at pixel by pixel."""
import struct
import unittest
import zlib

from support import MISMATCH, NOT_FOUND, UNSUPPORTED, Case

MISSING = (208, 208, 208)
DARK, BRIGHT = (26, 20, 72), (250, 228, 60)
WHITE = (255, 255, 255)


def pixels_of(path):
    """The rows of a PNG file of 8-bit RGB without interlacing, as lists of colours."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
        if kind == b"IHDR":
            width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, colours, interlaced) == (8, 2, 0)
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    raw, rows, above = zlib.decompress(packed), [], bytes(3 * width)
    for y in range(height):
        line = raw[y * (3 * width + 1):(y + 1) * (3 * width + 1)]
        above = unfiltered(line[0], line[1:], above)
        rows.append([tuple(above[i:i + 3]) for i in range(0, len(above), 3)])
    return rows


def unfiltered(kind, line, above):
    out = bytearray()
    for i, byte in enumerate(line):
        left, up, corner = out[i - 3] if i >= 3 else 0, above[i], above[i - 3] if i >= 3 else 0
        nearest = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
        out.append((byte + (0, left, up, (left + up) // 2, nearest)[kind]) % 256)
    return bytes(out)


class Plot(Case):
    def stack(self, cdl):
        self.af("import", self.netcdf(cdl), "in.af")
        return "in.af"

    def drawn(self, *arguments):
        said = self.af("plot", *arguments, "out.png")
        return pixels_of(self.path("out.png")), said

    def test_a_map_has_its_first_row_at_the_bottom(self):
        stack = self.stack("netcdf in { dimensions: y = 2 ; x = 3 ; variables: float v(y, x) ; v:_FillValue = -1.f ;"
                           "data: v = 0, 1, 2, 3, NaN, _ ; }")
        rows, said = self.drawn(stack, "v")
        self.assertEqual((len(rows[0]), len(rows)), (8 + 3 * 16 + 8, 8 + 2 * 16 + 8))
        at = lambda y, x: rows[8 + (1 - y) * 16 + 5][8 + x * 16 + 5]
        self.assertEqual(at(0, 0), DARK)
        self.assertEqual(at(1, 0), BRIGHT)
        self.assertEqual([at(1, 1), at(1, 2)], [MISSING, MISSING])
        self.assertEqual(rows[0][0], WHITE)
        self.assertEqual(said, "out.png: v [2, 3], from 0 (dark) to 3 (bright)\n")

    def test_maps_of_three_axes_stand_side_by_side(self):
        stack = self.stack("netcdf in { dimensions: t = 2 ; one = 1 ; y = 1 ; x = 2 ; variables: short v(t, one, x, x) ;"
                           "data: v = 0, 0, 0, 0, 9, 9, 9, 9 ; }")
        rows, _ = self.drawn(stack, "v")
        self.assertEqual(rows[20][8 + 3], DARK)
        self.assertEqual(rows[20][8 + 32 + 3], WHITE)
        self.assertEqual(rows[20][8 + 32 + 8 + 3], BRIGHT)

    def test_a_region_is_drawn_alone(self):
        stack = self.stack("netcdf in { dimensions: y = 2 ; x = 3 ; variables: int v(y, x) ; data: v = 0, 1, 2, 3, 4, 5 ; }")
        document = self.json("plot", "--json", stack, "v", "out.png", "--region", "1,1:3")
        self.assertEqual(document, {"target": "out.png", "shape": [2], "low": 4, "high": 5})

    def test_a_line_goes_from_left_to_right(self):
        stack = self.stack("netcdf in { dimensions: x = 3 ; variables: double v(x) ; data: v = 1, 2, 3 ; }")
        rows, _ = self.drawn(stack, "v")
        inked = lambda x: [y for y, row in enumerate(rows) if row[x] != WHITE]
        self.assertGreater(min(inked(8)), max(inked(960)))

    def test_what_cannot_be_drawn_is_said(self):
        stack = self.stack('netcdf in { dimensions: x = 2 ; e = 0 ; variables: string s(x) ; int n(x, x, x, x) ; data: s = "a", "b" ; }')
        self.complaint("plot", stack, "s", "out.png", code=UNSUPPORTED)
        self.complaint("plot", stack, "n", "out.png", code=MISMATCH)
        self.complaint("plot", stack, "absent", "out.png", code=NOT_FOUND)
        self.assertFalse(self.path("out.png").exists())


if __name__ == "__main__":
    unittest.main()
