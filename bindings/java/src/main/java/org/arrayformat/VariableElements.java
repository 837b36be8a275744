package org.arrayformat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Elements of variable length as the library takes and gives them: bytes back to back, and offsets. */
final class VariableElements implements AutoCloseable {
    private final Memory.Scratch bytes;
    private final long[] offsets;

    /** Packs elements into native memory. */
    VariableElements(List<byte[]> elements) {
        offsets = new long[elements.size() + 1];
        int i = 0;
        for (byte[] element : elements) {
            offsets[i + 1] = offsets[i] + element.length;
            i++;
        }
        bytes = new Memory.Scratch(offsets[i]);
        i = 0;
        for (byte[] element : elements) {
            Memory.copyOut(bytes.address + offsets[i++], element, 0, element.length);
        }
    }

    static VariableElements ofStrings(List<String> texts) {
        return new VariableElements(texts.stream().map(Text::utf8).toList());
    }

    long address() {
        return bytes.address;
    }

    long[] offsets() {
        return offsets;
    }

    long count() {
        return offsets.length - 1L;
    }

    @Override
    public void close() {
        bytes.close();
    }

    static <T> List<T> decode(long data, long[] offsets, Function<byte[], T> make) {
        List<T> elements = new ArrayList<>(offsets.length - 1);
        for (int i = 0; i + 1 < offsets.length; i++) {
            elements.add(make.apply(Memory.bytes(data + offsets[i], offsets[i + 1] - offsets[i])));
        }
        return elements;
    }

    /** Takes an owned af_values. */
    static <T> List<T> take(long values, Function<byte[], T> make) {
        try {
            long[] offsets = Memory.longs(Raw.af_values_offsets(values), Raw.af_values_count(values) + 1);
            long length = Raw.af_values_data_len(values);
            if (offsets[offsets.length - 1] > length) {
                throw new ArrayFormatException.Internal("offsets beyond the " + length + " bytes of a result");
            }
            return decode(Raw.af_values_data(values), offsets, make);
        } finally {
            Raw.af_values_free(values);
        }
    }
}
