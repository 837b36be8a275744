package org.arrayformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MmapArrayTest {
    private static final long[] SHAPE = {2, 3};

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("grid-\uD83D\uDE00.mmap");
    }

    private MmapArray oneToSix() {
        return MmapArray.create(path(), DataType.FLOAT64, SHAPE, ElementsOf.directDoubles(1, 2, 3, 4, 5, 6), null);
    }

    @Test
    void mmapViews() throws InterruptedException {
        ByteBuffer writable;
        ByteBuffer readable;
        try (MmapArray array = oneToSix()) {
            writable = array.mutableView().buffer();
            readable = array.view().buffer(8, 16);
        }
        // The handle is closed and the views are garbage: the buffers alone keep the mapping.
        for (int i = 0; i < 10; i++) {
            System.gc();
            Thread.sleep(5);
        }
        writable.putDouble(8, 20);
        assertEquals(20, readable.getDouble(0));
        assertEquals(3, readable.slice(8, 8).order(readable.order()).getDouble());
        assertThrows(ReadOnlyBufferException.class, () -> readable.putDouble(0, 1));
    }

    @Test
    void mmapViewsTellHowElementsLie() {
        try (MmapArray array = oneToSix()) {
            MmapView view = array.view();
            assertEquals(DataType.FLOAT64, view.dataType());
            assertArrayEquals(SHAPE, view.shape());
            assertArrayEquals(new long[] {24, 8}, view.strides());
            assertEquals(6, view.elementCount());
            assertFalse(view.isMutable());
            assertTrue(array.mutableView().isMutable());
            assertThrows(ArrayFormatException.OutOfBounds.class, () -> view.buffer(40, 9));
            assertThrows(ArrayFormatException.OutOfBounds.class, () -> view.buffer(-1, 1));
        }
    }

    @Test
    void viewsOfFiveGibibytesAreTakenInParts() {
        long elements = (5L << 30) / Double.BYTES;
        try (MmapArray array = MmapArray.createZeros(path(), DataType.FLOAT64, new long[] {elements}, null)) {
            MmapView view = array.mutableView();
            assertEquals(5L << 30, view.byteLength());
            assertThrows(ArrayFormatException.LimitExceeded.class, view::buffer);
            view.buffer((5L << 30) - 8, 8).putDouble(0, 7);
            double[] last = new double[2];
            array.read(Region.of(new long[] {elements - 2}, new long[] {2}), last);
            assertArrayEquals(new double[] {0, 7}, last);
        }
    }

    @Test
    void whatItIs() {
        try (MmapArray array = oneToSix()) {
            assertEquals(DataType.FLOAT64, array.dataType());
            assertEquals(2, array.rank());
            assertArrayEquals(SHAPE, array.shape());
            assertArrayEquals(new long[] {24, 8}, array.strides());
            assertArrayEquals(new long[] {3, 1}, array.elementStrides());
            assertEquals(6, array.elementCount());
            assertFalse(array.isEmpty());
            assertEquals(MmapMode.READ_WRITE, array.mode());
            assertEquals(path(), array.path());
        }
    }

    @Test
    void regions() {
        try (MmapArray array = oneToSix()) {
            Region corner = Region.of(new long[] {0, 1}, new long[] {2, 2});
            double[] found = new double[4];
            array.read(corner, found);
            assertArrayEquals(new double[] {2, 3, 5, 6}, found);
            array.write(corner, new double[] {0, 0, 0, 0});
            array.write(Region.of(new long[] {1, 0}, new long[] {1, 1}), ElementsOf.directDoubles(9));
            ByteBuffer all = ElementsOf.direct(48);
            array.read(Region.WHOLE, all);
            assertArrayEquals(new double[] {1, 0, 0, 9, 0, 0}, ElementsOf.doubles(all));
            array.flush(0, 8, true);
            array.flush();
            array.advise(Advice.WILL_NEED, 0, 48);
            assertThrows(ArrayFormatException.DtypeMismatch.class, () -> array.read(corner, new float[4]));
        }
        try (MmapArray copy = MmapArray.open(path(), new MmapOptions().mode(MmapMode.COPY_ON_WRITE))) {
            copy.write(Region.WHOLE, new double[6]);
        }
        try (MmapArray array = MmapArray.open(path(), null)) {
            assertEquals(9, array.view().buffer().getDouble(24));
            assertThrows(ArrayFormatException.ReadOnly.class, () -> array.write(Region.WHOLE, new double[6]));
            assertThrows(ArrayFormatException.ReadOnly.class, array::mutableView);
        }
    }

    @Test
    void fromAndToFiles() {
        try (ArrayFile file = ArrayFile.createMemory(null); MmapArray array = oneToSix()) {
            array.copyTo(file, "grid");
            assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, file.readDoubles("grid"));
            try (MmapArray back = MmapArray.createFrom(folder.resolve("back.mmap"), file, "grid", null)) {
                assertArrayEquals(SHAPE, back.shape());
            }
        }
    }

    @Test
    void dlpack() {
        DlpackTensor tensor;
        try (MmapArray array = oneToSix()) {
            tensor = array.view().exportDlpack();
        }
        try (tensor; MmapArray copy = MmapArray.createFrom(folder.resolve("copy.mmap"), tensor, null)) {
            assertEquals(6, copy.view().buffer().getDouble(40));
        }
        assertThrows(IllegalStateException.class, tensor::address);
    }

    @Test
    void arrow() {
        // Where the fields lie that are looked at: ArrowSchema.format and .release, ArrowArray.length and .release.
        try (MmapArray array = oneToSix(); Memory.Scratch schema = new Memory.Scratch(72); Memory.Scratch data = new Memory.Scratch(80)) {
            array.view().exportArrow(schema.address, data.address);
            byte[] format = Memory.bytes(Memory.longs(schema.address, 1)[0], 4);
            assertEquals("+w:3", new String(format, StandardCharsets.UTF_8));
            assertEquals(2, Memory.longs(data.address, 1)[0]);
            Memory.call(Memory.longs(schema.address + 56, 1)[0], schema.address);
            Memory.call(Memory.longs(data.address + 64, 1)[0], data.address);
        }
    }
}
