package org.arrayformat;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What has arrays: a file or a dataset. Elements of fixed width are read into and written from direct buffers, in the machine's byte order,
 * without a copy, or arrays of a primitive type, which are copied once and checked for their type. Buffers are used from
 * their position to their limit, which do not change.
 */
abstract class ArrayData extends NativeHandle {
    ArrayData(long handle, LongConsumer closer) {
        super(handle, closer);
    }

    abstract void defineRaw(byte[] name, long schema);

    abstract long schemaRaw(byte[] name);

    abstract long readRaw(byte[] name, Region region, long address, long length);

    abstract long writeRaw(byte[] name, Region region, long address, long length);

    abstract long readVariableRaw(byte[] name, Region region);

    abstract void writeVariableRaw(byte[] name, Region region, VariableElements elements);

    /**
     * Deletes an array with its attributes.
     *
     * @param name its name
     */
    public abstract void delete(String name);

    /**
     * Tells whether there is such an array.
     *
     * @param name its name
     * @return whether there is
     */
    public abstract boolean contains(String name);

    /** {@return all arrays, in the order of their definition} */
    public abstract List<ArrayInfo> list();

    /**
     * Statistics of one array, unflushed changes included.
     *
     * @param name its name
     * @return they
     */
    public abstract Statistics statistics(String name);

    /**
     * Sets an attribute of an array.
     *
     * @param name the array
     * @param key the attribute
     * @param value its value
     */
    public abstract void setAttribute(String name, String key, Value value);

    /**
     * Removes an attribute of an array.
     *
     * @param name the array
     * @param key the attribute
     */
    public abstract void removeAttribute(String name, String key);

    /**
     * One attribute of an array.
     *
     * @param name the array
     * @param key the attribute
     * @return its value
     */
    public abstract Value attribute(String name, String key);

    /**
     * All attributes of an array.
     *
     * @param name the array
     * @return they, in order
     */
    public abstract Map<String, Value> attributes(String name);

    /**
     * Defines an array.
     *
     * @param name its name
     * @param schema what it is
     */
    public final void define(String name, Schema schema) {
        schema.with(handle -> {
            defineRaw(Text.utf8(name), handle);
            return 0;
        });
    }

    /**
     * Tells what an array is.
     *
     * @param name its name
     * @return its type, shape, chunks, dimension names and fill value
     */
    public final Schema schema(String name) {
        return Schema.take(schemaRaw(Text.utf8(name)));
    }

    // Without the rest of the schema, for the calls that ask for it each time.
    private DataType dataType(byte[] name) {
        long schema = schemaRaw(name);
        try {
            return DataType.of(Raw.af_schema_data_type(schema));
        } finally {
            Raw.af_schema_free(schema);
        }
    }

    private long elementCount(byte[] name) {
        long schema = schemaRaw(name);
        try {
            return Raw.af_schema_element_count(schema);
        } finally {
            Raw.af_schema_free(schema);
        }
    }

    // -- direct buffers

    /**
     * Reads cells into a direct buffer, in place.
     *
     * @param name the array
     * @param region which cells
     * @param dst a direct buffer
     */
    public final void read(String name, Region region, ByteBuffer dst) {
        Elements.inPlaceToFill(dst, (address, length) -> readRaw(Text.utf8(name), region, address, length));
    }

    /**
     * Reads all cells into a direct buffer, in place.
     *
     * @param name the array
     * @param dst a direct buffer
     */
    public final void read(String name, ByteBuffer dst) {
        read(name, Region.WHOLE, dst);
    }

    /**
     * Writes cells from a direct buffer, in place.
     *
     * @param name the array
     * @param region which cells
     * @param src a direct buffer
     */
    public final void write(String name, Region region, ByteBuffer src) {
        Elements.inPlace(src, (address, length) -> writeRaw(Text.utf8(name), region, address, length));
    }

    /**
     * Writes all cells from a direct buffer, in place.
     *
     * @param name the array
     * @param src a direct buffer
     */
    public final void write(String name, ByteBuffer src) {
        write(name, Region.WHOLE, src);
    }

    // -- text and bytes

    /**
     * Reads cells of a string array.
     *
     * @param name the array
     * @param region which cells
     * @return their texts in C order; what is not UTF-8 is replaced by U+FFFD
     */
    public final List<String> readStrings(String name, Region region) {
        return VariableElements.take(readVariableRaw(Text.utf8(name), region), Text::of);
    }

    /**
     * Reads all cells of a string array.
     *
     * @param name the array
     * @return their texts in C order
     */
    public final List<String> readStrings(String name) {
        return readStrings(name, Region.WHOLE);
    }

    /**
     * Reads cells of a binary array, or of a string array as bytes.
     *
     * @param name the array
     * @param region which cells
     * @return their bytes in C order
     */
    public final List<byte[]> readBinary(String name, Region region) {
        return VariableElements.take(readVariableRaw(Text.utf8(name), region), bytes -> bytes);
    }

    /**
     * Writes cells of a string array.
     *
     * @param name the array
     * @param region which cells
     * @param texts one for each cell, in C order
     */
    public final void writeStrings(String name, Region region, List<String> texts) {
        try (VariableElements elements = VariableElements.ofStrings(texts)) {
            writeVariableRaw(Text.utf8(name), region, elements);
        }
    }

    /**
     * Writes all cells of a string array.
     *
     * @param name the array
     * @param texts one for each cell, in C order
     */
    public final void writeStrings(String name, List<String> texts) {
        writeStrings(name, Region.WHOLE, texts);
    }

    /**
     * Writes cells of a binary array.
     *
     * @param name the array
     * @param region which cells
     * @param all one for each cell, in C order
     */
    public final void writeBinary(String name, Region region, List<byte[]> all) {
        try (VariableElements elements = new VariableElements(all)) {
            writeVariableRaw(Text.utf8(name), region, elements);
        }
    }

    // -- arrays of primitive types

    private void fill(String name, Region region, Object dst) {
        byte[] text = Text.utf8(name);
        Elements.check(dataType(text), dst.getClass(), name);
        long cells = region.shape == null ? elementCount(text) : Elements.product(region.shape);
        // What is not filled keeps its values.
        boolean partly = region.strides != null || cells != Array.getLength(dst);
        Elements.toFill(dst, partly, (address, length) -> readRaw(text, region, address, length));
    }

    private Object readNew(String name, Region region, Class<?> array) {
        byte[] text = Text.utf8(name);
        DataType type;
        long[] shape = region.shape;
        if (shape == null) {
            Schema schema = schema(name);
            type = schema.dataType();
            shape = schema.shape();
        } else {
            type = dataType(text);
        }
        if (region.strides != null) {
            throw new IllegalArgumentException("a new array has no strides");
        }
        Elements.check(type, array, name);
        Object dst = Array.newInstance(array.getComponentType(), Elements.count(shape));
        Elements.toFill(dst, false, (address, length) -> readRaw(text, region, address, length));
        return dst;
    }

    private void drain(String name, Region region, Object src) {
        byte[] text = Text.utf8(name);
        Elements.check(dataType(text), src.getClass(), name);
        Elements.from(src, (address, length) -> writeRaw(text, region, address, length));
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final boolean[] readBooleans(String name, Region region) {
        return (boolean[]) readNew(name, region, boolean[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final boolean[] readBooleans(String name) {
        return readBooleans(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, boolean[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, boolean[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, boolean[] src) {
        drain(name, Region.WHOLE, src);
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final byte[] readBytes(String name, Region region) {
        return (byte[]) readNew(name, region, byte[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final byte[] readBytes(String name) {
        return readBytes(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, byte[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, byte[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, byte[] src) {
        drain(name, Region.WHOLE, src);
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final short[] readShorts(String name, Region region) {
        return (short[]) readNew(name, region, short[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final short[] readShorts(String name) {
        return readShorts(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, short[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, short[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, short[] src) {
        drain(name, Region.WHOLE, src);
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final int[] readInts(String name, Region region) {
        return (int[]) readNew(name, region, int[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final int[] readInts(String name) {
        return readInts(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, int[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, int[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, int[] src) {
        drain(name, Region.WHOLE, src);
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final long[] readLongs(String name, Region region) {
        return (long[]) readNew(name, region, long[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final long[] readLongs(String name) {
        return readLongs(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, long[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, long[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, long[] src) {
        drain(name, Region.WHOLE, src);
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final float[] readFloats(String name, Region region) {
        return (float[]) readNew(name, region, float[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final float[] readFloats(String name) {
        return readFloats(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, float[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, float[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, float[] src) {
        drain(name, Region.WHOLE, src);
    }

    /**
     * Reads cells.
     *
     * @param name the array
     * @param region which cells
     * @return a new array
     */
    public final double[] readDoubles(String name, Region region) {
        return (double[]) readNew(name, region, double[].class);
    }

    /**
     * Reads all cells.
     *
     * @param name the array
     * @return a new array
     */
    public final double[] readDoubles(String name) {
        return readDoubles(name, Region.WHOLE);
    }

    /**
     * Reads cells into an array.
     *
     * @param name the array
     * @param region which cells
     * @param dst where to; what it has more keeps its values
     */
    public final void read(String name, Region region, double[] dst) {
        fill(name, region, dst);
    }

    /**
     * Writes cells.
     *
     * @param name the array
     * @param region which cells
     * @param src their values
     */
    public final void write(String name, Region region, double[] src) {
        drain(name, region, src);
    }

    /**
     * Writes all cells.
     *
     * @param name the array
     * @param src their values
     */
    public final void write(String name, double[] src) {
        drain(name, Region.WHOLE, src);
    }
}
