package org.arrayformat;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Elements of a list type as levels, the elements themselves first and the values last. Where elements of a level are lists of any length,
 * texts or bytes, there are offsets: what element i holds is at offsets[i] to offsets[i + 1] of the next level, or of the values' bytes.
 * Fixed-size lists have none.
 */
public final class Lists {
    private final List<long[]> offsets;
    private final Object values;

    private Lists(List<long[]> offsets, Object values) {
        this.offsets = offsets;
        this.values = values;
    }

    /**
     * Lists of numbers, or of anything as bytes.
     *
     * @param values in an array of {@link DataType#arrayType()}; of texts and binary the bytes, in {@code byte[]}
     * @param offsets of each level that has some, from the outermost
     * @return they; the arrays are not copied
     */
    public static Lists of(Object values, long[]... offsets) {
        Memory.elementSize(values);
        return new Lists(List.of(offsets), values);
    }

    /**
     * Lists of texts.
     *
     * @param texts the values
     * @param offsets of each level of lists of any length, from the outermost
     * @return they
     */
    public static Lists ofStrings(List<String> texts, long[]... offsets) {
        Names packed = Names.of(texts);
        List<long[]> all = new ArrayList<>(Arrays.asList(offsets));
        all.add(packed.offsets);
        return new Lists(all, packed.bytes);
    }

    /** {@return the offsets of each level that has some, from the outermost} */
    public List<long[]> offsets() {
        return offsets;
    }

    /** {@return the values, in an array of {@link DataType#arrayType()}; of texts and binary the bytes, in {@code byte[]}} */
    public Object values() {
        return values;
    }

    /** {@return the values of lists of texts} */
    public List<String> strings() {
        long[] ends = offsets.get(offsets.size() - 1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i + 1 < ends.length; i++) {
            texts.add(new String((byte[]) values, (int) ends[i], (int) (ends[i + 1] - ends[i]), StandardCharsets.UTF_8));
        }
        return texts;
    }

    /** All of them, one run after the other. */
    long[] joinedOffsets() {
        return offsets.stream().flatMapToLong(Arrays::stream).toArray();
    }

    /** Takes an owned handle of elements of the type that the schema says. */
    static Lists take(long handle, Schema schema) {
        try {
            List<long[]> offsets = new ArrayList<>();
            for (int level = 0; level <= schema.listLevels().size(); level++) {
                long address = Raw.af_lists_offsets(handle, level);
                if (address != 0) {
                    offsets.add(Memory.longs(address, Raw.af_lists_count(handle, level) + 1));
                }
            }
            return new Lists(offsets, values(handle, schema.elementType()));
        } finally {
            Raw.af_lists_free(handle);
        }
    }

    private static Object values(long handle, DataType type) {
        long length = Raw.af_lists_data_len(handle);
        Class<?> array = type.arrayType() == null ? byte[].class : type.arrayType();
        Object values = Array.newInstance(array.getComponentType(), Math.toIntExact(length / Math.max(1, type.size())));
        Memory.copyIn(Raw.af_lists_data(handle), values, 0, Memory.length(values));
        return values;
    }
}
