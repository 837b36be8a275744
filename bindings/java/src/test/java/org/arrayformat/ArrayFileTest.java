package org.arrayformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArrayFileTest {
    private static final FileOptions WRITABLE = new FileOptions().writable(true);
    // A letter, one with an accent, a sign of three bytes, and one beyond the basic plane.
    private static final String ODD_NAME = "aé漢\uD83D\uDE00/\0 b";

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("stack.af");
    }

    @Test
    void missingFile() {
        Path missing = folder.resolve("né-漢-\uD83D\uDE00.af");
        var failure = assertThrows(ArrayFormatException.NotFound.class, () -> ArrayFile.open(missing));
        assertTrue(failure.getMessage().contains("né-漢-\uD83D\uDE00.af"), failure.getMessage());
        assertTrue(failure.getMessage().contains(folder.toString()), failure.getMessage());
        assertEquals(Status.NOT_FOUND, failure.status());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"STRING", "BINARY", "FIXED_SIZE_LIST", "LIST"})
    void everyDtype(DataType type) {
        Object elements = ElementsOf.counting(type, 6);
        int bytes = Math.toIntExact(Memory.length(elements));
        assertEquals(6 * type.size(), bytes);
        ByteBuffer src = ElementsOf.direct(bytes);
        Memory.copyOut(Memory.address(src), elements, 0, bytes);
        try (ArrayFile file = ArrayFile.create(path())) {
            file.define("array", Schema.of(type, 2, 3));
            file.write("array", src);
            file.flush();
        }
        try (ArrayFile file = ArrayFile.open(path())) {
            ByteBuffer dst = ElementsOf.direct(bytes);
            file.read("array", dst);
            assertEquals(src, dst);
            assertEquals(type, file.schema("array").dataType());
        }
    }

    @Test
    void arraysOfEachPrimitiveType() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            Region second = Region.of(new long[] {1}, new long[] {1});
            file.define("booleans", Schema.of(DataType.BOOL, 2));
            file.write("booleans", new boolean[] {true, true});
            file.write("booleans", second, new boolean[] {false});
            assertArrayEquals(new boolean[] {true, false}, file.readBooleans("booleans"));
            file.define("bytes", Schema.of(DataType.UINT8, 2));
            file.write("bytes", new byte[] {-1, 2});
            assertArrayEquals(new byte[] {2}, file.readBytes("bytes", second));
            file.define("shorts", Schema.of(DataType.INT16, 2));
            file.write("shorts", new short[] {Short.MIN_VALUE, 2});
            assertArrayEquals(new short[] {Short.MIN_VALUE, 2}, file.readShorts("shorts"));
            file.define("ints", Schema.of(DataType.UINT32, 2));
            file.write("ints", new int[] {-1, 2});
            assertArrayEquals(new int[] {-1, 2}, file.readInts("ints"));
            file.define("longs", Schema.of(DataType.TIMESTAMP_NS, 2));
            file.write("longs", new long[] {Long.MIN_VALUE, 2});
            assertArrayEquals(new long[] {Long.MIN_VALUE, 2}, file.readLongs("longs"));
            file.define("floats", Schema.of(DataType.FLOAT32, 2));
            file.write("floats", new float[] {Float.NaN, 2});
            assertArrayEquals(new float[] {Float.NaN, 2}, file.readFloats("floats"));
            file.define("doubles", Schema.of(DataType.FLOAT64, 2));
            file.write("doubles", new double[] {Double.MIN_VALUE, 2});
            double[] three = {7, 7, 7};
            file.read("doubles", Region.WHOLE, three);
            assertArrayEquals(new double[] {Double.MIN_VALUE, 2, 7}, three);
            assertThrows(ArrayFormatException.DtypeMismatch.class, () -> file.readLongs("doubles"));
            assertThrows(ArrayFormatException.DtypeMismatch.class, () -> file.write("longs", new double[2]));
        }
    }

    @Test
    void everyDtypeStringsAndBinary() {
        List<String> texts = List.of("", "漢字", "\uD83D\uDE00", "with\0nul", "x".repeat(70_000), "é");
        List<byte[]> bytes = List.of(new byte[0], new byte[] {0, -1, (byte) 0xC3}, new byte[] {1});
        try (ArrayFile file = ArrayFile.create(path())) {
            file.define(ODD_NAME, Schema.of(DataType.STRING, 2, 3));
            file.writeStrings(ODD_NAME, texts);
            file.define("binary", Schema.of(DataType.BINARY, 3));
            file.writeBinary("binary", Region.WHOLE, bytes);
            file.flush();
        }
        try (ArrayFile file = ArrayFile.open(path())) {
            assertEquals(texts, file.readStrings(ODD_NAME));
            assertEquals(List.of("\uD83D\uDE00"), file.readStrings(ODD_NAME, Region.of(new long[] {0, 2}, new long[] {1, 1})));
            List<byte[]> found = file.readBinary("binary", Region.WHOLE);
            for (int i = 0; i < bytes.size(); i++) {
                assertArrayEquals(bytes.get(i), found.get(i));
            }
            assertEquals(List.of(ODD_NAME, "binary"), file.list().stream().map(ArrayInfo::name).toList());
        }
    }

    @Test
    void halfASurrogatePairIsNoName() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            assertThrows(ArrayFormatException.InvalidName.class, () -> file.contains("a\uD83D"));
            assertThrows(ArrayFormatException.InvalidName.class, () -> file.contains("\uDE00a"));
            assertFalse(file.contains("\uD83D\uDE00"));
        }
    }

    @Test
    void emptyArray() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("empty", Schema.of(DataType.FLOAT64, 3, 0, 2));
            file.write("empty", new double[0]);
            assertArrayEquals(new double[0], file.readDoubles("empty"));
            file.read("empty", ElementsOf.direct(0));
            file.define("scalar", Schema.of(DataType.INT64));
            file.write("scalar", new long[] {42});
            assertArrayEquals(new long[] {42}, file.readLongs("scalar"));
        }
    }

    @Test
    void length5Gib() {
        long extent = (5L << 30) / Double.BYTES;
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            Schema schema = Schema.of(DataType.FLOAT64, extent).withChunkShape(1 << 20).withFill(Value.of(2.5));
            file.define("long", schema);
            assertEquals(extent, file.schema("long").elementCount());
            // 32 bits of either would be 1 GiB.
            assertEquals(5L << 30, file.sizeOf(Names.of(List.of("long"))));
            var failure = assertThrows(ArrayFormatException.InvalidArgument.class, () -> file.readMany(Names.of(List.of("long")),
                ElementsOf.direct(8)));
            assertTrue(failure.getMessage().contains(Long.toString(5L << 30)), failure.getMessage());
            assertArrayEquals(new double[] {2.5}, file.readDoubles("long", Region.of(new long[] {extent - 1}, new long[] {1})));
            assertThrows(ArrayFormatException.OutOfBounds.class,
                () -> file.readDoubles("long", Region.of(new long[] {extent}, new long[] {1})));
            file.define("longer", Schema.of(DataType.INT8, 5L << 29).withChunkShape(1 << 20));
            assertThrows(ArrayFormatException.LimitExceeded.class, () -> file.readBytes("longer"));
        }
    }

    @Test
    void unalignedRegion() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("grid", Schema.of(DataType.INT32, 7, 5).withChunkShape(3, 2));
            file.write("grid", (int[]) ElementsOf.counting(DataType.INT32, 35));
            Region inside = Region.of(new long[] {2, 1}, new long[] {3, 3});
            assertArrayEquals(new int[] {12, 13, 14, 17, 18, 19, 22, 23, 24}, file.readInts("grid", inside));
            file.write("grid", inside, new int[9]);
            assertEquals(630 - 162, Arrays.stream(file.readInts("grid")).sum());
            assertThrows(ArrayFormatException.OutOfBounds.class,
                () -> file.readInts("grid", Region.of(new long[] {6, 0}, new long[] {2, 1})));
            assertThrows(ArrayFormatException.InvalidArgument.class,
                () -> file.readInts("grid", Region.of(new long[] {0}, new long[] {1})));
            assertThrows(ArrayFormatException.LimitExceeded.class,
                () -> file.readInts("grid", Region.of(new long[] {0, 0}, new long[] {1L << 40, 1L << 40})));
            assertThrows(IllegalArgumentException.class, () -> Region.of(new long[] {0}, new long[] {-1}));
        }
    }

    @Test
    void stridedRegion() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("grid", Schema.of(DataType.INT16, 2, 3));
            file.write("grid", new short[] {1, 2, 3, 4, 5, 6});
            short[] transposed = new short[6];
            file.read("grid", Region.WHOLE.withStrides(2, 4), transposed);
            assertArrayEquals(new short[] {1, 4, 2, 5, 3, 6}, transposed);
            short[] backwards = new short[6];
            file.read("grid", Region.WHOLE.withStrides(-6, -2), backwards);
            assertArrayEquals(new short[] {6, 5, 4, 3, 2, 1}, backwards);
            short[] apart = {9, 9, 9, 9, 9};
            file.read("grid", Region.of(new long[] {1, 0}, new long[] {1, 3}).withStrides(0, 4), apart);
            assertArrayEquals(new short[] {4, 9, 5, 9, 6}, apart);
            file.write("grid", Region.of(new long[] {0, 0}, new long[] {2, 1}).withStrides(4, 2), new short[] {10, 0, 20});
            assertArrayEquals(new short[] {10, 2, 3, 20, 5, 6}, file.readShorts("grid"));
        }
    }

    @Test
    void batchRead() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add("array " + i);
                file.define(all.get(i), Schema.of(DataType.FLOAT64, i % 3));
                file.write(all.get(i), new double[] {i, i + 0.5}.length == i % 3 ? new double[] {i, i + 0.5} : new double[i % 3]);
            }
            Names names = Names.of(all);
            ByteBuffer dst = ElementsOf.direct(8 + Math.toIntExact(file.sizeOf(names))).position(8);
            long[] offsets = file.readMany(names, dst);
            assertEquals(dst.remaining(), offsets[100]);
            assertEquals(5.5, dst.slice().order(dst.order()).getDouble((int) offsets[5] + 8));
            assertThrows(ArrayFormatException.InvalidArgument.class, () -> file.readMany(names, ElementsOf.direct(8)));
            assertThrows(ArrayFormatException.ArrayNotFound.class, () -> file.sizeOf(Names.of(List.of("array 1", "none"))));
        }
    }

    @Test
    void attributes() {
        Map<String, Value> all = new LinkedHashMap<>();
        all.put("text", Value.of("grün \uD83D\uDE00"));
        all.put("empty", Value.of(""));
        all.put("flag", Value.of(true));
        all.put("whole", Value.of(-5L));
        all.put("real", Value.of(0.1));
        all.put("bytes", Value.binary(new byte[] {0, -1}));
        all.put("unsigned", Value.scalar(DataType.UINT64, new long[] {-1}));
        all.put("texts", Value.listOfStrings(List.of("a", "", "漢")));
        all.put("numbers", Value.list(DataType.INT64, new long[] {1, 2, 3}));
        try (ArrayFile file = ArrayFile.create(path())) {
            file.define("array", Schema.of(DataType.INT8, 1));
            file.define("other", Schema.of(DataType.INT8, 1));
            all.forEach((key, value) -> file.setAttribute("array", key, value));
            file.setFileAttribute("title", Value.of("all of it"));
            file.flush();
        }
        try (ArrayFile file = ArrayFile.open(path(), WRITABLE)) {
            assertEquals(all, file.attributes("array"));
            assertEquals(all.get("texts"), file.attribute("array", "texts"));
            assertEquals(0.1, file.attribute("array", "real").asDouble());
            assertEquals(-5, file.attribute("array", "whole").asLong());
            assertEquals("all of it", file.attribute("__file__", "title").asString());
            file.removeAttribute("array", "flag");
            assertThrows(ArrayFormatException.AttributeNotFound.class, () -> file.attribute("array", "flag"));
            List<NamedValue> column = file.attributeColumn("whole");
            assertEquals(new NamedValue("array", Value.of(-5L)), column.get(0));
            assertNull(column.get(1).value());
        }
    }

    @Test
    void schemas() {
        Schema schema = Schema.of(DataType.FLOAT32, 10, 20).withChunkShape(5, 5).withDimensionNames("lat", null).withFill(Value.of(-1.0));
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("array", schema);
            Schema found = file.schema("array");
            assertEquals(List.of("lat", "dim1"), found.dimensionNames());
            assertArrayEquals(new long[] {10, 20}, found.shape());
            assertArrayEquals(new long[] {5, 5}, found.chunkShape());
            assertEquals(Value.of(-1.0), found.fill());
            assertEquals(200, found.elementCount());
            assertEquals(-1f, file.readFloats("array")[199]);
            file.define("lists", Schema.of(DataType.INT16, 2).inFixedSizeList(3).inList());
            Schema lists = file.schema("lists");
            assertEquals(DataType.LIST, lists.dataType());
            assertEquals(DataType.INT16, lists.elementType());
            assertEquals(new Schema.ListLevel(DataType.FIXED_SIZE_LIST, 3), lists.listLevels().get(1));
            file.writeChunk("lists", new byte[] {1, 2, 3}, 0);
            assertArrayEquals(new byte[] {1, 2, 3}, file.readChunk("lists", 0));
        }
    }

    @Test
    void theStack() {
        try (ArrayFile file = ArrayFile.create(path(), new FileOptions().codec(Codec.LZ4).durability(Durability.NONE));
            BlockCache cache = BlockCache.create(1 << 20)) {
            file.setCache(cache);
            file.define("array", Schema.of(DataType.INT64, 4).withChunkShape(2));
            file.write("array", new long[] {3, 1, 4, 1});
            assertTrue(file.isDirty());
            file.flush();
            assertFalse(file.isDirty());
            file.resize("array", 3);
            file.flush();
            assertEquals(3, file.layerCount());
            LayerInfo sidecar = file.layers().get(1);
            assertEquals(1, sidecar.number());
            assertFalse(sidecar.foreign());
            assertEquals(5, file.footerVersion());
            assertArrayEquals(new long[] {3, 1, 4}, file.readLongs("array"));
            assertTrue(file.ioStats().bytesWritten() > 0);
            assertTrue(cache.size() > 0);
            file.setCache(null);
            Statistics statistics = file.statistics("array");
            assertEquals(List.of(statistics), file.statistics());
            assertEquals(3, statistics.rowCount());
            assertEquals(Value.of(4L), statistics.max());
            assertEquals(List.of(1L), file.chunks("array").stream().map(coordinate -> coordinate[0]).skip(1).toList());
            file.compact();
            assertEquals(1, file.layerCount());
            assertEquals(List.of(), file.verify());
            file.copy(folder.resolve("copy.af"), null);
        }
        try (ArrayFile reader = ArrayFile.open(path()); ArrayFile writer = ArrayFile.open(path(), WRITABLE)) {
            writer.delete("array");
            writer.flush();
            assertTrue(reader.contains("array"));
            assertTrue(reader.refresh());
            assertFalse(reader.contains("array"));
            assertThrows(ArrayFormatException.ReadOnly.class, () -> reader.delete("array"));
        }
        ArrayFile.repair(folder.resolve("copy.af"), folder.resolve("repaired.af"), null, (done, total) -> true);
        try (ArrayFile repaired = ArrayFile.open(folder.resolve("repaired.af"))) {
            assertArrayEquals(new long[] {3, 1, 4}, repaired.readLongs("array"));
        }
    }

    @Test
    void lists() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("numbers", Schema.of(DataType.INT16, 3).inFixedSizeList(2).inList());
            file.writeLists("numbers", Region.WHOLE, Lists.of(new short[] {1, 2, 3, 4, 5, 6}, new long[] {0, 1, 1, 3}));
            Lists last = file.readLists("numbers", Region.of(new long[] {2}, new long[] {1}));
            assertArrayEquals(new short[] {3, 4, 5, 6}, (short[]) last.values());
            assertArrayEquals(new long[] {0, 2}, last.offsets().get(0));
            file.define("texts", Schema.of(DataType.STRING, 2).inList());
            file.writeLists("texts", Region.WHOLE, Lists.ofStrings(List.of("", "\uD83D\uDE00", "b"), new long[] {0, 2, 3}));
            assertEquals(List.of("", "\uD83D\uDE00", "b"), file.readLists("texts", Region.WHOLE).strings());
            assertThrows(ArrayFormatException.DtypeMismatch.class,
                () -> file.writeLists("numbers", Region.WHOLE, Lists.of(new int[6], new long[] {0, 1, 1, 3})));
        }
    }

    @Test
    void arrowAndDlpack() {
        try (ArrayFile file = ArrayFile.createMemory(null); Memory.Scratch schema = new Memory.Scratch(72);
            Memory.Scratch data = new Memory.Scratch(80); Memory.Scratch stream = new Memory.Scratch(40)) {
            file.define("numbers", Schema.of(DataType.INT32, 3));
            file.write("numbers", new int[] {1, 2, 3});
            file.exportArrow("numbers", Region.WHOLE, schema.address, data.address);
            file.writeArrow("copy", schema.address, data.address);
            assertArrayEquals(new int[] {1, 2, 3}, file.readInts("copy"));
            // ArrowSchema.release, ArrowArray.release, ArrowArrayStream.release.
            Memory.call(Memory.longs(schema.address + 56, 1)[0], schema.address);
            Memory.call(Memory.longs(data.address + 64, 1)[0], data.address);
            file.exportArrowStream(Names.of(List.of("numbers", "copy")), 2, stream.address);
            try (ArrayFile other = ArrayFile.createMemory(null)) {
                other.writeArrowStream(stream.address);
                assertArrayEquals(new int[] {1, 2, 3}, other.readInts("copy"));
            }
            Memory.call(Memory.longs(stream.address + 24, 1)[0], stream.address);
            DlpackTensor tensor = file.exportDlpack("numbers", Region.of(new long[] {1}, new long[] {2}));
            try (tensor; MmapArray mapped = MmapArray.createFrom(folder.resolve("numbers.mmap"), tensor, null)) {
                assertEquals(3, mapped.view().buffer().getInt(4));
            }
        }
    }

    @Test
    void growing() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("numbers", Schema.of(DataType.INT32, 2, 2));
            file.write("numbers", new int[] {1, 2, 3, 4});
            assertEquals(2, file.append("numbers", 0, new long[] {1, 2}, new int[] {5, 6}));
            ByteBuffer column = ElementsOf.direct(12);
            column.asIntBuffer().put(new int[] {7, 8, 9});
            assertEquals(2, file.append("numbers", 1, new long[] {3, 1}, column));
            assertArrayEquals(new int[] {1, 2, 7, 3, 4, 8, 5, 6, 9}, file.readInts("numbers"));
            file.define("texts", Schema.of(DataType.STRING, 1));
            assertEquals(1, file.appendStrings("texts", 0, new long[] {2}, List.of("", "\uD83D\uDE00")));
            assertEquals(List.of("", "", "\uD83D\uDE00"), file.readStrings("texts"));
            file.define("bytes", Schema.of(DataType.BINARY, 0));
            assertEquals(0, file.appendBinary("bytes", 0, new long[] {1}, List.of(new byte[] {-1})));
            assertThrows(ArrayFormatException.DtypeMismatch.class, () -> file.append("numbers", 0, new long[] {1, 3}, new long[3]));
        }
    }

    @Test
    void copying() {
        try (ArrayFile source = ArrayFile.create(path()); ArrayFile file = ArrayFile.createMemory(null)) {
            for (String name : List.of("a", "b", "c")) {
                source.define(name, Schema.of(DataType.INT8, 1));
                source.write(name, new byte[] {(byte) name.charAt(0)});
            }
            source.flush();
            file.copyArray(source, "a", "é", IfPresent.REFUSE);
            assertThrows(ArrayFormatException.ArrayAlreadyExists.class, () -> file.copyArray(source, "b", "é", IfPresent.REFUSE));
            file.copyArray(source, "b", "é", IfPresent.REPLACE);
            assertArrayEquals(new byte[] {'b'}, file.readBytes("é"));
            file.copyArrays(source, Names.of(List.of("a", "b")), IfPresent.REFUSE);
            file.rename("a", "z");
            file.moveArray(source, "c", "c", IfPresent.REFUSE);
            assertFalse(source.contains("c"));
            file.merge(source, IfPresent.SKIP);
            assertEquals(List.of("a", "b", "c", "z", "é"), file.list().stream().map(ArrayInfo::name).sorted().toList());
            source.flush();
            source.backup(folder.resolve("backup.af"), null);
            source.upgrade(4);
            assertEquals(4, source.footerVersion());
            assertEquals(0, source.collectGarbage());
        }
        try (ArrayFile backup = ArrayFile.open(folder.resolve("backup.af"))) {
            assertEquals(5, backup.footerVersion());
            assertTrue(backup.layerCount() > 1);
        }
    }

    @Test
    void compactingByItself() {
        try (ArrayFile file = ArrayFile.create(path(), new FileOptions().compactAt(3))) {
            for (String name : List.of("a", "b", "c")) {
                file.define(name, Schema.of(DataType.INT8));
                file.flush();
                assertTrue(file.layerCount() < 3);
            }
        }
    }

    @Test
    void listingInPages() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            for (int i = 0; i < 10; i++) {
                file.define((i % 2 == 0 ? "even/" : "odd/") + i, Schema.of(DataType.INT8));
            }
            List<String> found = new ArrayList<>();
            for (long next = 0; next >= 0; ) {
                ArrayFile.Page page = file.listPage("odd/", NameMatch.PREFIX, next, 2);
                page.arrays().forEach(array -> found.add(array.name()));
                next = page.next();
            }
            assertEquals(List.of("odd/1", "odd/3", "odd/5", "odd/7", "odd/9"), found);
            assertEquals("even/4", file.listPage("*[3-4]", NameMatch.GLOB, 0, 10).arrays().get(1).name());
        }
    }

    @Test
    void filesInMemoryAndByDescriptor() throws Exception {
        try (ArrayFile file = ArrayFile.create(path())) {
            file.define("array", Schema.of(DataType.INT64, 10_000));
            file.write("array", (long[]) ElementsOf.counting(DataType.INT64, 10_000));
            file.flush();
            file.compact();
        }
        byte[] bytes = Files.readAllBytes(path());
        try (ArrayFile copied = ArrayFile.open(bytes, null); ArrayFile inPlace = inPlace(bytes)) {
            // The buffer is garbage but for the file.
            System.gc();
            ElementsOf.direct(bytes.length);
            assertEquals(10_000, inPlace.readLongs("array")[9_999]);
            assertArrayEquals(inPlace.readLongs("array"), copied.readLongs("array"));
        }
        assertThrows(ArrayFormatException.Corrupt.class, () -> ArrayFile.open(ElementsOf.direct(100), null));
        ArrayFile opened;
        try (FileChannel channel = FileChannel.open(path())) {
            assertTrue(channel.isOpen());
            opened = ArrayFile.openDescriptor(descriptorOf(path()), null);
        }
        try (opened) {
            assertEquals(10_000, opened.readLongs("array").length);
        }
    }

    private static ArrayFile inPlace(byte[] bytes) {
        return ArrayFile.open(ElementsOf.direct(bytes.length).put(bytes).flip(), null);
    }

    private static int descriptorOf(Path path) throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(one -> path.equals(target(one))).mapToInt(one -> Integer.parseInt(one.getFileName().toString())).findAny()
                .getAsInt();
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            return null;
        }
    }

    @Test
    void buffersMustBeDirectAndWritable() {
        try (ArrayFile file = ArrayFile.createMemory(null)) {
            file.define("array", Schema.of(DataType.INT8, 4));
            assertThrows(IllegalArgumentException.class, () -> file.read("array", ByteBuffer.allocate(4)));
            assertThrows(IllegalArgumentException.class, () -> file.read("array", ElementsOf.direct(4).asReadOnlyBuffer()));
            assertThrows(ArrayFormatException.InvalidArgument.class, () -> file.read("array", ElementsOf.direct(8).limit(3)));
        }
    }

    @Test
    void statusesAndTypesAreThoseOfTheLibrary() {
        for (Status status : Status.values()) {
            assertEquals(status.name().toLowerCase(Locale.ROOT).replace('_', '-'), status.toString());
        }
        assertEquals("unknown", Text.of(Raw.af_status_name(Status.values().length)));
        for (DataType type : DataType.values()) {
            String squeezed = type.name().replace("_", "").toLowerCase(Locale.ROOT);
            assertEquals(squeezed, type.toString().replace("_", "").toLowerCase(Locale.ROOT));
        }
        assertEquals("unknown", Text.of(Raw.af_data_type_name(DataType.values().length)));
        assertEquals(1, Library.abiVersion());
        assertEquals(Library.versionNumber() / 1_000_000 + ".", Library.version().substring(0, 2));
    }
}
