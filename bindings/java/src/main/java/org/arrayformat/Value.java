package org.arrayformat;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** One value: an attribute, a fill value, a minimum or maximum. A scalar or a list. Immutable. */
public final class Value {
    private final DataType dataType;
    private final boolean list;
    // Of a fixed-width type: an array of DataType.arrayType(). Else byte[][].
    private final Object elements;

    private Value(DataType dataType, boolean list, Object elements) {
        this.dataType = dataType;
        this.list = list;
        this.elements = elements;
    }

    /**
     * A scalar {@link DataType#BOOL}.
     *
     * @param value the value
     * @return it
     */
    public static Value of(boolean value) {
        return new Value(DataType.BOOL, false, new boolean[] {value});
    }

    /**
     * A scalar {@link DataType#INT32}.
     *
     * @param value the value
     * @return it
     */
    public static Value of(int value) {
        return new Value(DataType.INT32, false, new int[] {value});
    }

    /**
     * A scalar {@link DataType#INT64}.
     *
     * @param value the value
     * @return it
     */
    public static Value of(long value) {
        return new Value(DataType.INT64, false, new long[] {value});
    }

    /**
     * A scalar {@link DataType#FLOAT32}.
     *
     * @param value the value
     * @return it
     */
    public static Value of(float value) {
        return new Value(DataType.FLOAT32, false, new float[] {value});
    }

    /**
     * A scalar {@link DataType#FLOAT64}.
     *
     * @param value the value
     * @return it
     */
    public static Value of(double value) {
        return new Value(DataType.FLOAT64, false, new double[] {value});
    }

    /**
     * A scalar {@link DataType#STRING}.
     *
     * @param value the value
     * @return it
     */
    public static Value of(String value) {
        return new Value(DataType.STRING, false, new byte[][] {Text.utf8(value)});
    }

    /**
     * A scalar {@link DataType#BINARY}.
     *
     * @param value the value
     * @return it
     */
    public static Value binary(byte[] value) {
        return new Value(DataType.BINARY, false, new byte[][] {value.clone()});
    }

    /**
     * A scalar {@link DataType#TIMESTAMP_NS}.
     *
     * @param nanoseconds since 1970-01-01T00:00:00Z
     * @return it
     */
    public static Value timestamp(long nanoseconds) {
        return new Value(DataType.TIMESTAMP_NS, false, new long[] {nanoseconds});
    }

    /**
     * A scalar of any fixed-width type.
     *
     * @param dataType its type
     * @param array one element in an array of {@link DataType#arrayType()}
     * @return it
     */
    public static Value scalar(DataType dataType, Object array) {
        return fixed(dataType, false, array);
    }

    /**
     * A list of any fixed-width type.
     *
     * @param dataType its type
     * @param array the elements, in an array of {@link DataType#arrayType()}
     * @return it
     */
    public static Value list(DataType dataType, Object array) {
        return fixed(dataType, true, array);
    }

    /**
     * A list of {@link DataType#STRING}.
     *
     * @param texts the elements
     * @return it
     */
    public static Value listOfStrings(List<String> texts) {
        return new Value(DataType.STRING, true, texts.stream().map(Text::utf8).toArray(byte[][]::new));
    }

    /**
     * A list of {@link DataType#BINARY}.
     *
     * @param elements the elements
     * @return it
     */
    public static Value listOfBinary(List<byte[]> elements) {
        return new Value(DataType.BINARY, true, elements.stream().map(byte[]::clone).toArray(byte[][]::new));
    }

    private static Value fixed(DataType dataType, boolean list, Object array) {
        if (array.getClass() != dataType.arrayType()) {
            throw new IllegalArgumentException(dataType + " is not made of " + array.getClass().getSimpleName());
        }
        Object copy = Array.newInstance(array.getClass().getComponentType(), Array.getLength(array));
        System.arraycopy(array, 0, copy, 0, Array.getLength(array));
        return new Value(dataType, list, copy);
    }

    /** {@return the type of its elements} */
    public DataType dataType() {
        return dataType;
    }

    /** {@return whether it is a list, be it of one element} */
    public boolean isList() {
        return list;
    }

    /** {@return the number of elements: 1 for a scalar} */
    public int count() {
        return Array.getLength(elements);
    }

    /** {@return the scalar as a number: integers of any width, the bits of an unsigned one, timestamps} */
    public long asLong() {
        return (Long) longOf(scalarElement());
    }

    /** {@return the scalar as a number} */
    public double asDouble() {
        Object element = scalarElement();
        if (!(element instanceof Number)) {
            throw wrong("a number");
        }
        return ((Number) element).doubleValue();
    }

    /** {@return the scalar as a boolean} */
    public boolean asBoolean() {
        return scalarElement() instanceof Boolean b ? b : fail("a boolean");
    }

    /** {@return the scalar as text} */
    public String asString() {
        return dataType == DataType.STRING && !list ? strings().get(0) : fail("text");
    }

    /** {@return the scalar's bytes, of text too} */
    public byte[] asBytes() {
        return elements instanceof byte[][] all && !list ? all[0].clone() : fail("bytes");
    }

    /** {@return the elements of a fixed-width type: a new array of {@link DataType#arrayType()}} */
    public Object toArray() {
        if (elements instanceof byte[][]) {
            throw wrong("of a fixed-width type");
        }
        return fixed(dataType, list, elements).elements;
    }

    /** {@return the elements as texts} */
    public List<String> strings() {
        return Arrays.stream(variable()).map(Text::of).toList();
    }

    /** {@return the elements as bytes, of texts too} */
    public List<byte[]> binary() {
        return Arrays.stream(variable()).map(byte[]::clone).toList();
    }

    private byte[][] variable() {
        return elements instanceof byte[][] all ? all : fail("text or bytes");
    }

    private Object scalarElement() {
        return list || elements instanceof byte[][] ? fail("a scalar of a fixed-width type") : Array.get(elements, 0);
    }

    private Object longOf(Object element) {
        boolean whole = element instanceof Long || element instanceof Integer || element instanceof Short || element instanceof Byte;
        return whole ? (Object) unsigned(((Number) element).longValue()) : fail("an integer");
    }

    private long unsigned(long bits) {
        return switch (dataType) {
            case UINT8 -> bits & 0xff;
            case UINT16 -> bits & 0xffff;
            case UINT32 -> bits & 0xffff_ffffL;
            default -> bits;
        };
    }

    private <T> T fail(String wanted) {
        throw wrong(wanted);
    }

    private IllegalStateException wrong(String wanted) {
        return new IllegalStateException("a " + (list ? "list of " : "scalar ") + dataType + " is not " + wanted);
    }

    /** Calls a function with the library's form of the value; 0 for null. */
    static long with(Value value, LongUnaryOperator call) {
        if (value == null) {
            return call.applyAsLong(0);
        }
        long handle = value.toNative();
        try {
            return call.applyAsLong(handle);
        } finally {
            Raw.af_value_free(handle);
        }
    }

    /** To be freed. */
    long toNative() {
        if (!(elements instanceof byte[][] all)) {
            try (Memory.Scratch scratch = Memory.Scratch.holding(elements)) {
                return Raw.af_value_create(dataType.code(), list, scratch.address, count());
            }
        }
        if (dataType == DataType.STRING && !list) {
            return Raw.af_value_create_text(all[0]);
        }
        try (VariableElements packed = new VariableElements(List.of(all))) {
            return Raw.af_value_create_variable(dataType.code(), list, packed.address(), packed.offsets(), count());
        }
    }

    /** Null for 0. The handle stays its owner's. */
    static Value fromNative(long handle) {
        if (handle == 0) {
            return null;
        }
        DataType type = DataType.of(Raw.af_value_data_type(handle));
        boolean list = Raw.af_value_is_list(handle);
        int count = Math.toIntExact(Raw.af_value_count(handle));
        long data = Raw.af_value_data(handle);
        if (type.arrayType() == null) {
            long[] offsets = Memory.longs(Raw.af_value_offsets(handle), count + 1L);
            return new Value(type, list, VariableElements.decode(data, offsets, bytes -> bytes).toArray(new byte[0][]));
        }
        Object elements = Array.newInstance(type.arrayType().getComponentType(), count);
        Memory.copyIn(data, elements, 0, Raw.af_value_data_len(handle));
        return new Value(type, list, elements);
    }

    /** Takes an owned handle. */
    static Value take(long handle) {
        try {
            return fromNative(handle);
        } finally {
            Raw.af_value_free(handle);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Value that && dataType == that.dataType && list == that.list
            && Arrays.deepEquals(new Object[] {elements}, new Object[] {that.elements});
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(new Object[] {dataType, list, elements});
    }

    @Override
    public String toString() {
        if (elements instanceof byte[][] all) {
            return dataType == DataType.STRING ? show(strings()) : show(Arrays.stream(all).map(Arrays::toString).toList());
        }
        String shown = Arrays.deepToString(new Object[] {elements});
        return list ? shown.substring(1, shown.length() - 1) : String.valueOf(Array.get(elements, 0));
    }

    private String show(List<String> texts) {
        return list ? texts.toString() : texts.get(0);
    }
}
