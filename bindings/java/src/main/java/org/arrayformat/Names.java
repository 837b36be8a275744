package org.arrayformat;

import java.util.List;

/** Names of arrays, made ready to be used in many batch reads. Immutable. */
public final class Names {
    final byte[] bytes;
    final long[] offsets;

    private Names(byte[] bytes, long[] offsets) {
        this.bytes = bytes;
        this.offsets = offsets;
    }

    /**
     * Makes names ready.
     *
     * @param names the names
     * @return the same
     */
    public static Names of(List<String> names) {
        byte[][] texts = names.stream().map(Text::utf8).toArray(byte[][]::new);
        long[] offsets = new long[texts.length + 1];
        for (int i = 0; i < texts.length; i++) {
            offsets[i + 1] = offsets[i] + texts[i].length;
        }
        byte[] bytes = new byte[Math.toIntExact(offsets[texts.length])];
        for (int i = 0; i < texts.length; i++) {
            System.arraycopy(texts[i], 0, bytes, (int) offsets[i], texts[i].length);
        }
        return new Names(bytes, offsets);
    }

    /** {@return how many there are} */
    public int count() {
        return offsets.length - 1;
    }
}
