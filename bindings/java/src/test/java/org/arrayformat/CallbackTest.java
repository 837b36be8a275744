package org.arrayformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackTest {
    @TempDir
    Path folder;

    private static void fill(ArrayFile file) {
        file.define("array", Schema.of(DataType.INT64, 100_000).withChunkShape(1_000));
        file.write("array", (long[]) ElementsOf.counting(DataType.INT64, 100_000));
    }

    @Test
    void userStore() {
        MapStore map = new MapStore();
        try (Store store = Store.of(map); ArrayFile file = ArrayFile.create(store, "folder/é\uD83D\uDE00.af", null)) {
            fill(file);
            file.flush();
            file.define("more", Schema.of(DataType.INT8));
            file.flush();
            try (ArrayFile reader = ArrayFile.open(store, "folder/é\uD83D\uDE00.af", new FileOptions().threads(4))) {
                assertEquals(100_000, reader.readLongs("array")[99_999]);
                file.compact();
                assertTrue(reader.refresh());
                assertEquals(List.of("array", "more"), reader.list().stream().map(ArrayInfo::name).toList());
            }
            assertTrue(store.list("folder/").contains("folder/é\uD83D\uDE00.af"));
            assertFalse(map.released);
        }
        assertTrue(map.released);
    }

    @Test
    void userStoreObjects() {
        try (Store store = Store.of(new MapStore())) {
            store.put("a", new byte[] {1, 2});
            store.put("a", ElementsOf.direct(3));
            store.put("b", new byte[0]);
            assertArrayEquals(new byte[3], store.get("a"));
            assertArrayEquals(new byte[0], store.get("b"));
            assertThrows(ArrayFormatException.AlreadyExists.class, () -> store.putIfAbsent("a", new byte[1]));
            assertEquals(List.of("a", "b"), store.list(""));
            store.remove("b");
            assertThrows(ArrayFormatException.NotFound.class, () -> store.get("b"));
        }
        try (Store store = Store.local(folder)) {
            store.put("a", new byte[] {1});
            assertEquals(List.of("a"), store.list(""));
        }
    }

    @Test
    void progress() {
        List<Long> told = new ArrayList<>();
        try (ArrayFile file = ArrayFile.create(folder.resolve("stack.af"))) {
            file.setProgress((done, total) -> {
                assertTrue(done <= total);
                told.add(done);
                return true;
            });
            fill(file);
            file.flush();
            assertFalse(told.isEmpty());
            int before = told.size();
            file.setProgress(null);
            file.verify();
            assertEquals(before, told.size());
        }
    }

    @Test
    void cancel() {
        try (ArrayFile file = ArrayFile.create(folder.resolve("stack.af"))) {
            fill(file);
            file.setProgress((done, total) -> false);
            var failure = assertThrows(ArrayFormatException.Cancelled.class, file::flush);
            assertNull(failure.getCause());
            assertTrue(file.isDirty());
            file.setProgress(null);
            file.flush();
        }
        try (Atlas atlas = Atlas.create(folder.resolve("store"), null); Dataset dataset = atlas.createDataset("one")) {
            dataset.define("array", Schema.of(DataType.INT64, 100_000));
            dataset.write("array", new long[100_000]);
            atlas.setProgress((done, total) -> false);
            assertThrows(ArrayFormatException.Cancelled.class, atlas::flush);
            atlas.setProgress(null);
            atlas.flush();
        }
    }

    @Test
    void callbackErrorInProgress() {
        IllegalStateException thrown = new IllegalStateException("thrown");
        try (ArrayFile file = ArrayFile.create(folder.resolve("stack.af"))) {
            fill(file);
            file.setProgress((done, total) -> {
                throw thrown;
            });
            var failure = assertThrows(ArrayFormatException.Cancelled.class, file::flush);
            assertSame(thrown, failure.getCause());
            file.setProgress((done, total) -> false);
            assertNull(assertThrows(ArrayFormatException.Cancelled.class, file::flush).getCause());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "get", "put", "list"})
    void callbackErrorInAStore(String call) {
        MapStore map = new MapStore();
        try (Store store = Store.of(map); ArrayFile file = ArrayFile.create(store, "stack.af", null)) {
            fill(file);
            file.flush();
            map.failure = new IOException("thrown in " + call);
            map.failing = call;
            var failure = assertThrows(ArrayFormatException.Io.class, () -> {
                try (ArrayFile reader = ArrayFile.open(store, "stack.af", new FileOptions().threads(2))) {
                    reader.readLongs("array");
                }
                file.define("more", Schema.of(DataType.INT8));
                file.flush();
            });
            assertSame(map.failure, failure.getCause());
            map.failing = null;
            assertEquals(100_000, file.readLongs("array").length);
        }
    }

    @Test
    void callbackErrorsKeepTheirStatus() {
        MapStore map = new MapStore();
        try (Store store = Store.of(map)) {
            map.failure = new ArrayFormatException.PermissionDenied("not you");
            map.failing = "put";
            var denied = assertThrows(ArrayFormatException.PermissionDenied.class, () -> store.put("a", new byte[1]));
            assertSame(map.failure, denied.getCause());
        }
    }
}
