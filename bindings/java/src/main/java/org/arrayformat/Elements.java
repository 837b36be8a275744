package org.arrayformat;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** The caller's memory, as the library wants it: direct buffers in place, arrays of primitive types through one copy. */
final class Elements {
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** A call that reads or fills memory. */
    @FunctionalInterface
    interface Transfer {
        long on(long address, long length);
    }

    private Elements() {}

    /** The bytes from a direct buffer's position to its limit, in place. */
    static long inPlace(ByteBuffer buffer, Transfer transfer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("not a direct buffer");
        }
        try {
            return transfer.on(Memory.address(buffer) + buffer.position(), buffer.remaining());
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    static long inPlaceToFill(ByteBuffer buffer, Transfer transfer) {
        if (buffer.isReadOnly()) {
            throw new IllegalArgumentException("a buffer that is read-only");
        }
        return inPlace(buffer, transfer);
    }

    /** The elements of an array of a primitive type; `partly`: not all of them will be filled. */
    static long toFill(Object array, boolean partly, Transfer transfer) {
        long length = Memory.length(array);
        try (Memory.Scratch scratch = partly ? Memory.Scratch.holding(array) : new Memory.Scratch(length)) {
            long answer = transfer.on(scratch.address, length);
            Memory.copyIn(scratch.address, array, 0, length);
            return answer;
        }
    }

    static long from(Object array, Transfer transfer) {
        try (Memory.Scratch scratch = Memory.Scratch.holding(array)) {
            return transfer.on(scratch.address, scratch.length);
        }
    }

    static void check(DataType type, Class<?> array, String name) {
        check(type, type.arrayType(), array, name);
    }

    /** Of lists: texts and binary are bytes there. */
    static void checkValues(DataType type, Object values, String name) {
        check(type, type.arrayType() == null ? byte[].class : type.arrayType(), values.getClass(), name);
    }

    private static void check(DataType type, Class<?> wanted, Class<?> array, String name) {
        if (wanted != array) {
            throw new ArrayFormatException.DtypeMismatch("'" + name + "' is " + type + "; its elements are not those of "
                + array.getSimpleName());
        }
    }

    /** Of extents that are not negative; Long.MAX_VALUE if it does not fit. */
    static long product(long[] shape) {
        long product = 1;
        for (long extent : shape) {
            if (extent == 0) {
                return 0;
            }
        }
        for (long extent : shape) {
            if (Math.multiplyHigh(product, extent) != 0 || product * extent < 0) {
                return Long.MAX_VALUE;
            }
            product *= extent;
        }
        return product;
    }

    static int count(long[] shape) {
        long count = product(shape);
        if (count > LARGEST_ARRAY) {
            throw new ArrayFormatException.LimitExceeded(count + " elements are more than an array of Java holds; read them in parts, or "
                + "into direct buffers");
        }
        return (int) count;
    }
}
