package org.arrayformat;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Native memory. Its methods trust their callers. */
final class Memory {
    static {
        Natives.load();
    }

    private Memory() {}

    /** Where the elements of a direct buffer begin, whatever its position. */
    static native long address(ByteBuffer buffer);

    /** A direct buffer over native memory, which must outlive it. */
    static native ByteBuffer buffer(long address, long length);

    static native long allocate(long length);

    static native void free(long address);

    /** Copies `length` bytes to an array of a primitive type; the offset is in bytes. */
    static native void copyIn(long address, Object array, long offset, long length);

    static native void copyOut(long address, Object array, long offset, long length);

    /** Calls a C function that takes a pointer and answers nothing. */
    static native void call(long function, long argument);

    static byte[] bytes(long address, long length) {
        byte[] bytes = new byte[Math.toIntExact(length)];
        copyIn(address, bytes, 0, length);
        return bytes;
    }

    static long[] longs(long address, long count) {
        long[] longs = new long[Math.toIntExact(count)];
        copyIn(address, longs, 0, count * Long.BYTES);
        return longs;
    }

    static int[] ints(long address, long count) {
        int[] ints = new int[Math.toIntExact(count)];
        copyIn(address, ints, 0, count * Integer.BYTES);
        return ints;
    }

    static ByteBuffer littleEndian(long address, long length) {
        return buffer(address, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The size of one element of an array of a primitive type. */
    static int elementSize(Object array) {
        if (array instanceof byte[] || array instanceof boolean[]) {
            return 1;
        }
        if (array instanceof short[]) {
            return Short.BYTES;
        }
        if (array instanceof int[] || array instanceof float[]) {
            return Integer.BYTES;
        }
        if (array instanceof long[] || array instanceof double[]) {
            return Long.BYTES;
        }
        throw new IllegalArgumentException("not an array of a primitive type: " + array.getClass());
    }

    static long length(Object array) {
        return (long) Array.getLength(array) * elementSize(array);
    }

    /** Native memory for the length of a call. */
    static final class Scratch implements AutoCloseable {
        final long address;
        final long length;

        Scratch(long length) {
            this.length = length;
            address = allocate(length);
        }

        static Scratch holding(Object array) {
            Scratch scratch = new Scratch(Memory.length(array));
            copyOut(scratch.address, array, 0, scratch.length);
            return scratch;
        }

        @Override
        public void close() {
            free(address);
        }
    }
}
