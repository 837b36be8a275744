package org.arrayformat;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements for tests. */
final class ElementsOf {
    private ElementsOf() {}

    /** 1, 2, 3 and so on, in an array of the type's; true, false, true for booleans. */
    static Object counting(DataType type, int count) {
        Object array = Array.newInstance(type.arrayType().getComponentType(), count);
        for (int i = 0; i < count; i++) {
            if (array instanceof boolean[] booleans) {
                booleans[i] = i % 2 == 0;
            } else if (array instanceof byte[] bytes) {
                bytes[i] = (byte) (i + 1);
            } else if (array instanceof short[] shorts) {
                shorts[i] = (short) (i + 1);
            } else if (array instanceof int[] ints) {
                ints[i] = i + 1;
            } else {
                Array.set(array, i, array instanceof long[] ? (Object) (i + 1L) : array instanceof float[] ? (Object) (i + 1f) : i + 1.0);
            }
        }
        return array;
    }

    static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    static ByteBuffer directDoubles(double... values) {
        ByteBuffer buffer = direct(values.length * Double.BYTES);
        buffer.asDoubleBuffer().put(values);
        return buffer;
    }

    static double[] doubles(ByteBuffer buffer) {
        double[] values = new double[buffer.remaining() / Double.BYTES];
        buffer.order(ByteOrder.nativeOrder()).asDoubleBuffer().get(values);
        return values;
    }
}
