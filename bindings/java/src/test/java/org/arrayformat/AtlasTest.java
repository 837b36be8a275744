package org.arrayformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three casts of a ship: temp in two of them, station in all. */
class AtlasTest {
    @TempDir
    Path folder;

    @BeforeEach
    void threeCasts() {
        try (Atlas atlas = Atlas.create(folder.resolve("store"), new AtlasOptions().metadataFormat(MetadataFormat.MSGPACK))) {
            cast(atlas, "north", "Å", 1.5, 2.5, 3.5);
            cast(atlas, "empty", "B");
            cast(atlas, "south", "\uD83D\uDEA2", 10, 20);
            assertTrue(atlas.isDirty());
            atlas.flush();
        }
    }

    private static void cast(Atlas atlas, String name, String station, double... temp) {
        try (Dataset cast = atlas.createDataset(name)) {
            if (temp.length > 0) {
                cast.define("temp", Schema.of(DataType.FLOAT64, temp.length).withDimensionNames("depth"));
                cast.write("temp", temp);
                cast.setAttribute("temp", "units", Value.of("degC"));
            }
            cast.define("station", Schema.of(DataType.STRING, 1));
            cast.writeStrings("station", List.of(station));
            cast.setAttribute("region", Value.of(name));
        }
    }

    private Atlas open() {
        return Atlas.open(folder.resolve("store"), new AtlasOptions().writable(true));
    }

    @Test
    void atlasAcross() {
        try (Atlas atlas = open()) {
            Ragged layout = atlas.raggedLayout("temp", null, Region.WHOLE);
            assertArrayEquals(new long[] {0, 24, 24, 40}, layout.offsets());
            assertArrayEquals(new boolean[] {true, false, true}, layout.present());
            ByteBuffer dst = ElementsOf.direct(40);
            Ragged read = atlas.readRagged("temp", null, Region.WHOLE, dst);
            assertArrayEquals(layout.offsets(), read.offsets());
            assertArrayEquals(new double[] {1.5, 2.5, 3.5, 10, 20}, ElementsOf.doubles(dst));

            long[] southFirst = {2, 0};
            RaggedElements<String> stations = atlas.readRaggedStrings("station", southFirst, Region.WHOLE);
            assertEquals(List.of("\uD83D\uDEA2", "Å"), stations.elements());
            assertArrayEquals(new long[] {0, 1, 2}, stations.offsets());
            assertEquals(2, atlas.readRaggedBinary("station", southFirst, Region.WHOLE).elements().get(1).length);

            assertArrayEquals(new long[] {3}, atlas.stackShape("temp", southFirst));
            ByteBuffer stacked = ElementsOf.direct(48);
            atlas.readStacked("temp", southFirst, Region.of(new long[] {0}, new long[] {3}), true, Value.of(-1.0), stacked);
            assertArrayEquals(new double[] {10, 20, -1, 1.5, 2.5, 3.5}, ElementsOf.doubles(stacked));
            assertThrows(ArrayFormatException.OutOfBounds.class,
                () -> atlas.readStacked("temp", southFirst, Region.of(new long[] {0}, new long[] {3}), false, null, stacked));
            assertEquals(List.of("Å", "B", "\uD83D\uDEA2"), atlas.readStackedStrings("station", null, Region.WHOLE, false, null));
            assertEquals(3, atlas.readStackedBinary("station", null, Region.WHOLE, true, Value.of("")).size());

            assertNull(atlas.listAcross("temp", null).get(1).dataType());
            assertEquals("degC", atlas.attributeAcross("temp", "units", new long[] {0}).get(0).value().asString());
            assertEquals("south", atlas.attributeAcross(null, "region", null).get(2).value().asString());
            Statistics south = atlas.statisticsAcross("temp", southFirst).get(0);
            assertEquals(new Statistics("south", true, 2, 0, Value.of(10.0), Value.of(20.0)), south);
            assertThrows(ArrayFormatException.ArrayNotFound.class, () -> atlas.raggedLayout("salt", null, Region.WHOLE));
        }
    }

    @Test
    void select() {
        try (Atlas atlas = open()) {
            assertArrayEquals(new long[] {0}, atlas.select("temp < 5"));
            assertArrayEquals(new long[] {2}, atlas.select("temp > ? and @region = ?", Value.of(5), Value.of("south")));
            assertArrayEquals(new long[] {}, atlas.select("not has station"));
            assertThrows(ArrayFormatException.InvalidArgument.class, () -> atlas.select("temp <"));
        }
    }

    @Test
    void datasets() {
        try (Atlas atlas = open()) {
            assertEquals(List.of("north", "empty", "south"), atlas.listDatasets());
            assertEquals(List.of("station", "temp"), atlas.listVariables());
            assertEquals(2, atlas.row("south"));
            AtlasSchema schema = atlas.schema();
            assertEquals("temp", schema.arrays().get(0).name());
            assertEquals(List.of("depth"), schema.arrays().get(0).dimensionNames());
            assertEquals(new AtlasSchema.Attribute("units", DataType.STRING, false), schema.arrays().get(0).attributes().get(0));
            assertEquals("region", schema.attributes().get(0).key());

            try (Dataset north = atlas.openDataset("north")) {
                assertEquals("north", north.name());
                AtlasSchema.Variable temp = north.atlasSchema().arrays().get(0);
                assertEquals(schema.arrays().get(0).attributes(), temp.attributes());
                assertArrayEquals(new long[] {3}, temp.chunkShape());
                assertNull(schema.arrays().get(0).codec());
                assertEquals(Codec.ZSTD, temp.codec());
                assertArrayEquals(new double[] {2.5}, north.readDoubles("temp", Region.of(new long[] {1}, new long[] {1})));
                assertEquals(List.of("Å"), north.readStrings("station"));
                assertEquals(List.of("temp", "station"), north.list().stream().map(ArrayInfo::name).toList());
                assertEquals(Value.of(3.5), north.statistics("temp").max());
                assertEquals(Value.of("north"), north.attribute("region"));
                assertEquals(List.of("region"), List.copyOf(north.attributes().keySet()));
                assertEquals(Value.of("degC"), north.attribute("temp", "units"));
                assertEquals(1, north.attributes("temp").size());
                north.removeAttribute("temp", "units");
                north.removeAttribute("region");
                north.delete("station");
                assertFalse(north.contains("station"));
            }
            atlas.deleteDataset("empty");
            assertFalse(atlas.containsDataset("empty"));
            atlas.flush();
            assertFalse(atlas.refresh());
            atlas.compact();
            assertEquals(1, atlas.row("south"));
            assertEquals(List.of(), atlas.verify().stream().filter(Finding::problem).toList());
            assertTrue(atlas.collectGarbage() >= 0);
            AtlasInfo info = atlas.info();
            assertEquals(Generation.SCHEMA_3, info.generation());
            assertEquals(MetadataFormat.MSGPACK, info.metadataFormat());
            assertEquals(2, info.datasetCount());
            assertTrue(atlas.ioStats().bytesRead() > 0);
            assertThrows(ArrayFormatException.DatasetNotFound.class, () -> atlas.openDataset("empty"));
        }
    }

    @Test
    void copies() {
        try (Atlas atlas = open(); Store store = Store.memory()) {
            Path folder = this.folder.resolve("copy");
            atlas.copy(folder.toString(), new AtlasOptions().generation(Generation.CONTAINER_8));
            atlas.copy(store, "copy", null);
            try (Atlas container = Atlas.open(folder, null); Atlas stored = Atlas.open(store, "copy", null)) {
                assertEquals(Generation.CONTAINER_8, container.info().generation());
                assertEquals(atlas.listDatasets(), container.listDatasets());
                assertEquals(atlas.listDatasets(), stored.listDatasets());
            }
        }
    }

    @Test
    void commits() {
        Path store = folder.resolve("store");
        try (Atlas atlas = Atlas.open(store, new AtlasOptions().writable(true).keepCommits(2))) {
            atlas.deleteDataset("empty");
            atlas.flush();
            cast(atlas, "late", "C", 1);
            atlas.flush();
            List<Atlas.Commit> commits = atlas.commits();
            assertEquals(2, commits.size());
            assertEquals(atlas.info().commit(), commits.get(1).number());
            assertTrue(commits.get(0).nanoseconds() <= commits.get(1).nanoseconds());
            try (Atlas before = Atlas.open(store, new AtlasOptions().atCommit(commits.get(0).number()))) {
                assertEquals(List.of("north", "south"), before.listDatasets());
            }
        }
    }

    @Test
    void inAStore() {
        try (Store store = Store.memory(); Atlas atlas = Atlas.create(store, "casts", null); BlockCache cache = BlockCache.create(1 << 20)) {
            atlas.setCache(cache);
            cast(atlas, "one", "A", 1);
            atlas.flush();
            try (Atlas again = Atlas.open(store, "casts", null)) {
                assertTrue(again.containsDataset("one"));
                assertThrows(ArrayFormatException.ReadOnly.class, () -> again.createDataset("two"));
            }
            atlas.setCache(null);
        }
    }
}
