package org.arrayformat;

/** The types of elements. The order is that of the format's own numbers, which never change. */
public enum DataType {
    /** 0 or 1 in a byte; {@code boolean[]} here. */
    BOOL(boolean[].class),
    /** Signed, 8 bits. */
    INT8(byte[].class),
    /** Signed, 16 bits. */
    INT16(short[].class),
    /** Signed, 32 bits. */
    INT32(int[].class),
    /** Signed, 64 bits. */
    INT64(long[].class),
    /** Unsigned, 8 bits; the same bits in {@code byte[]} here. */
    UINT8(byte[].class),
    /** Unsigned, 16 bits; the same bits in {@code short[]} here. */
    UINT16(short[].class),
    /** Unsigned, 32 bits; the same bits in {@code int[]} here. */
    UINT32(int[].class),
    /** Unsigned, 64 bits; the same bits in {@code long[]} here. */
    UINT64(long[].class),
    /** IEEE 754, 32 bits. */
    FLOAT32(float[].class),
    /** IEEE 754, 64 bits. */
    FLOAT64(double[].class),
    /** Text of any length. */
    STRING(null),
    /** Bytes of any length. */
    BINARY(null),
    /** A fixed number of elements of a child type: see {@link Lists}. */
    FIXED_SIZE_LIST(null),
    /** Any number of elements of a child type: see {@link Lists}. */
    LIST(null),
    /** Nanoseconds since 1970-01-01T00:00:00Z; {@code long[]} here. */
    TIMESTAMP_NS(long[].class);

    private static final DataType[] ALL = values();

    private final Class<?> arrayType;

    DataType(Class<?> arrayType) {
        this.arrayType = arrayType;
    }

    /** {@return the type of Java's arrays of such elements; null for types of variable length and lists} */
    public Class<?> arrayType() {
        return arrayType;
    }

    /** {@return the size of one element in bytes; 0 for types of variable length and lists} */
    public int size() {
        return (int) Raw.af_data_type_size(code());
    }

    /** {@return the format's number} */
    public int code() {
        return ordinal();
    }

    /** The type of a number, null for -1. */
    static DataType of(int code) {
        if (code < 0) {
            return null;
        }
        if (code >= ALL.length) {
            throw new ArrayFormatException.Unsupported("data type " + code + " is not known to this version of the binding");
        }
        return ALL[code];
    }

    /** {@return its name in the format, such as "Float32"} */
    @Override
    public String toString() {
        return Text.of(Raw.af_data_type_name(code()));
    }
}
