package org.arrayformat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results of the library as Java's. Each method takes an owned handle. */
final class Results {
    private Results() {}

    static List<ArrayInfo> listing(long handle) {
        try {
            int count = Math.toIntExact(Raw.af_listing_count(handle));
            long[] nameOffsets = Memory.longs(Raw.af_listing_name_offsets(handle), count + 1L);
            int[] types = Memory.ints(Raw.af_listing_data_types(handle), count);
            long[] shapeOffsets = Memory.longs(Raw.af_listing_shape_offsets(handle), count + 1L);
            long names = Raw.af_listing_names(handle);
            long shapes = Raw.af_listing_shapes(handle);
            List<ArrayInfo> arrays = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                String name = Text.of(Memory.bytes(names + nameOffsets[i], nameOffsets[i + 1] - nameOffsets[i]));
                long[] shape = Memory.longs(shapes + shapeOffsets[i] * Long.BYTES, shapeOffsets[i + 1] - shapeOffsets[i]);
                arrays.add(new ArrayInfo(name, DataType.of(types[i]), shape));
            }
            return arrays;
        } finally {
            Raw.af_listing_free(handle);
        }
    }

    static List<Statistics> statistics(long handle) {
        try {
            int count = Math.toIntExact(Raw.af_stats_count(handle));
            List<Statistics> rows = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                rows.add(new Statistics(Text.of(Raw.af_stats_name(handle, i)), Raw.af_stats_known(handle, i),
                    Raw.af_stats_row_count(handle, i), Raw.af_stats_null_count(handle, i), Value.fromNative(Raw.af_stats_min(handle, i)),
                    Value.fromNative(Raw.af_stats_max(handle, i))));
            }
            return rows;
        } finally {
            Raw.af_stats_free(handle);
        }
    }

    static List<Finding> report(long handle) {
        try {
            int count = Math.toIntExact(Raw.af_report_count(handle));
            List<Finding> findings = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                findings.add(new Finding(Raw.af_report_is_problem(handle, i), Text.of(Raw.af_report_text(handle, i))));
            }
            return findings;
        } finally {
            Raw.af_report_free(handle);
        }
    }

    /** Names may come more than once, and values may be null. */
    static List<NamedValue> column(long handle) {
        try {
            int count = Math.toIntExact(Raw.af_value_map_count(handle));
            List<NamedValue> column = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                Value value = Value.fromNative(Raw.af_value_map_value(handle, i));
                column.add(new NamedValue(Text.of(Raw.af_value_map_name(handle, i)), value));
            }
            return column;
        } finally {
            Raw.af_value_map_free(handle);
        }
    }

    static Map<String, Value> attributes(long handle) {
        Map<String, Value> map = new LinkedHashMap<>();
        column(handle).forEach(one -> map.put(one.name(), one.value()));
        return map;
    }

    static long[] rows(long handle) {
        try {
            return Memory.longs(Raw.af_rows_data(handle), Raw.af_rows_count(handle));
        } finally {
            Raw.af_rows_free(handle);
        }
    }

    /** Numbers that came as bytes. */
    static long[] longs(byte[] bytes) {
        long[] longs = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer().get(longs);
        return longs;
    }

    static List<String> strings(long values) {
        return VariableElements.take(values, Text::of);
    }
}
