package org.arrayformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifetimeTest {
    @TempDir
    Path folder;

    private static ArrayFile withArray() {
        ArrayFile file = ArrayFile.createMemory(null);
        file.define("array", Schema.of(DataType.INT64, 1_000).withChunkShape(100));
        file.write("array", (long[]) ElementsOf.counting(DataType.INT64, 1_000));
        return file;
    }

    @Test
    void useAfterClose() {
        ArrayFile file = withArray();
        file.close();
        assertThrows(IllegalStateException.class, () -> file.readLongs("array"));
        assertThrows(IllegalStateException.class, file::flush);
        assertThrows(IllegalStateException.class, () -> file.setProgress((done, total) -> true));
        Store store = Store.memory();
        store.close();
        assertThrows(IllegalStateException.class, () -> ArrayFile.create(store, "a.af", null));
    }

    @Test
    void doubleClose() {
        ArrayFile first = withArray();
        first.close();
        try (ArrayFile second = withArray()) {
            first.close();
            assertTrue(second.contains("array"));
        }
    }

    @Test
    void closeAnyOrder() {
        Store store = Store.memory();
        ArrayFile file = ArrayFile.create(store, "a.af", null);
        BlockCache cache = BlockCache.create(1_000);
        file.setCache(cache);
        store.close();
        cache.close();
        file.define("array", Schema.of(DataType.INT8, 1));
        file.flush();
        assertArrayEquals(new byte[1], file.readBytes("array"));
        file.close();

        Atlas atlas = Atlas.create(folder.resolve("store"), null);
        Dataset dataset = atlas.createDataset("one");
        atlas.close();
        dataset.define("array", Schema.of(DataType.INT8, 1));
        assertTrue(dataset.contains("array"));
        dataset.close();
    }

    @Test
    void closeDuringRead() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 200; round++) {
                ArrayFile file = withArray();
                CountDownLatch reading = new CountDownLatch(2);
                Callable<Void> reader = () -> {
                    reading.countDown();
                    while (true) {
                        assertEquals(1_000, file.readLongs("array")[999]);
                    }
                };
                List<Future<Void>> readers = List.of(threads.submit(reader), threads.submit(reader));
                reading.await();
                Thread.sleep(0, 100_000 + round * 1_000);
                file.close();
                for (Future<Void> one : readers) {
                    Throwable end = assertThrows(Exception.class, one::get).getCause();
                    assertEquals(IllegalStateException.class, end.getClass(), end.toString());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void closeInsideACallback() {
        ArrayFile file = withArray();
        file.setProgress((done, total) -> {
            file.close();
            return true;
        });
        file.verify();
        file.flush();
        assertThrows(IllegalStateException.class, file::flush);
    }

    @Test
    void leftToCollector() throws Exception {
        leave(200_000);
        long before = settledKib();
        leave(1_000_000);
        long grown = settledKib() - before;
        // A million handles with what they hold would be gigabytes.
        assertTrue(grown < 64 << 10, grown + " KiB grown");
    }

    private static void leave(int objects) {
        for (int i = 0; i < objects; i++) {
            if (i % 20 == 0) {
                ArrayFile file = ArrayFile.createMemory(null);
                // It refers to its own file: no reason for it to stay.
                file.setProgress((done, total) -> file.isDirty());
            } else {
                BlockCache.create(1 << 20);
            }
        }
    }

    /** The memory of this process when nothing more is collected. */
    private static long settledKib() throws Exception {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            System.gc();
            Thread.sleep(20);
            least = Math.min(least, residentKib());
        }
        return least;
    }

    private static long residentKib() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    @Test
    void eightThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (ArrayFile file = ArrayFile.create(folder.resolve("stack.af"))) {
            file.define("shared", Schema.of(DataType.INT64, 1_000));
            file.write("shared", (long[]) ElementsOf.counting(DataType.INT64, 1_000));
            file.flush();
            List<Future<Void>> all = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String mine = "array " + t;
                all.add(threads.submit(() -> work(file, mine)));
            }
            for (Future<Void> one : all) {
                one.get();
            }
            file.flush();
            assertEquals(9, file.list().size());
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void work(ArrayFile file, String mine) {
        ByteBuffer dst = ElementsOf.direct(8_000);
        file.define(mine, Schema.of(DataType.INT64, 10));
        for (int i = 0; i < 500; i++) {
            file.read("shared", dst);
            assertEquals(1_000, dst.getLong(7_992));
            file.write(mine, new long[] {i, 0, 0, 0, 0, 0, 0, 0, 0, i});
            assertEquals(i, file.readLongs(mine)[9]);
            assertThrows(ArrayFormatException.ArrayNotFound.class, () -> file.readLongs("none"));
        }
        return null;
    }
}
