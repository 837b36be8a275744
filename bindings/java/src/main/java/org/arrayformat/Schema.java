package org.arrayformat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * What an array is: its data type, shape, chunk shape, dimension names and fill value. Immutable: the {@code with} methods answer another
 * one.
 */
public final class Schema {
    /**
     * One level of a list type.
     *
     * @param dataType {@link DataType#LIST} or {@link DataType#FIXED_SIZE_LIST}
     * @param size the elements of a fixed-size one, else 0
     */
    public record ListLevel(DataType dataType, long size) {}

    private final DataType elementType;
    // From the innermost to the outermost.
    private final List<ListLevel> lists;
    private final long[] shape;
    private final long[] chunkShape;
    private final List<String> dimensionNames;
    private final Value fill;

    private Schema(DataType elementType, List<ListLevel> lists, long[] shape, long[] chunkShape, List<String> dimensionNames, Value fill) {
        this.elementType = elementType;
        this.lists = lists;
        this.shape = shape;
        this.chunkShape = chunkShape;
        this.dimensionNames = dimensionNames;
        this.fill = fill;
    }

    /**
     * An array in one chunk, without a fill value, its dimensions called dim0, dim1 and so on.
     *
     * @param dataType not a list: see {@link #inList}
     * @param shape extents; none for a scalar
     * @return it
     */
    public static Schema of(DataType dataType, long... shape) {
        List<String> names = Collections.nCopies(shape.length, null);
        return new Schema(dataType, List.of(), shape.clone(), null, names, null);
    }

    /**
     * The same, with a list of what were its elements as an element.
     *
     * @return it
     */
    public Schema inList() {
        return wrapped(new ListLevel(DataType.LIST, 0));
    }

    /**
     * The same, with a list of a fixed number of what were its elements as an element.
     *
     * @param size that number
     * @return it
     */
    public Schema inFixedSizeList(long size) {
        return wrapped(new ListLevel(DataType.FIXED_SIZE_LIST, size));
    }

    private Schema wrapped(ListLevel level) {
        List<ListLevel> more = new ArrayList<>(lists);
        more.add(level);
        return new Schema(elementType, List.copyOf(more), shape, chunkShape, dimensionNames, fill);
    }

    /**
     * The same in chunks of another shape.
     *
     * @param extents of a chunk
     * @return it
     */
    public Schema withChunkShape(long... extents) {
        return new Schema(elementType, lists, shape, extents.clone(), dimensionNames, fill);
    }

    /**
     * The same with names for its dimensions.
     *
     * @param names one for each axis; null leaves an axis its own
     * @return it
     */
    public Schema withDimensionNames(String... names) {
        if (names.length != shape.length) {
            throw new IllegalArgumentException(names.length + " dimension names for rank " + shape.length);
        }
        return new Schema(elementType, lists, shape, chunkShape, Collections.unmodifiableList(Arrays.asList(names.clone())), fill);
    }

    /**
     * The same with another fill value: what unwritten cells read as.
     *
     * @param value a scalar; null for none
     * @return it
     */
    public Schema withFill(Value value) {
        return new Schema(elementType, lists, shape, chunkShape, dimensionNames, value);
    }

    /** {@return the type of its elements} */
    public DataType dataType() {
        return lists.isEmpty() ? elementType : lists.get(lists.size() - 1).dataType();
    }

    /** {@return the levels of a list type, from the outermost; none for other types} */
    public List<ListLevel> listLevels() {
        List<ListLevel> outermost = new ArrayList<>(lists);
        Collections.reverse(outermost);
        return outermost;
    }

    /** {@return the type inside of all lists} */
    public DataType elementType() {
        return elementType;
    }

    /** {@return the number of dimensions} */
    public int rank() {
        return shape.length;
    }

    /** {@return the extents} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return the extents of a chunk; null if they were not set: one chunk holds the array} */
    public long[] chunkShape() {
        return chunkShape == null ? null : chunkShape.clone();
    }

    /** {@return the names of the dimensions; null where they were not set} */
    public List<String> dimensionNames() {
        return dimensionNames;
    }

    /** {@return what unwritten cells read as; null if there is none} */
    public Value fill() {
        return fill;
    }

    /** {@return the number of elements; {@link Long#MAX_VALUE} if that does not fit} */
    public long elementCount() {
        return with(Raw::af_schema_element_count);
    }

    /** Calls a function with the library's form of the schema. */
    long with(LongUnaryOperator call) {
        long handle = Raw.af_schema_create(elementType.code(), shape, shape.length);
        try {
            for (ListLevel level : lists) {
                Raw.af_schema_wrap_list(handle, level.dataType().code(), level.size());
            }
            if (chunkShape != null) {
                Raw.af_schema_set_chunk_shape(handle, chunkShape, chunkShape.length);
            }
            for (int axis = 0; axis < shape.length; axis++) {
                if (dimensionNames.get(axis) != null) {
                    Raw.af_schema_set_dimension_name(handle, axis, Text.utf8(dimensionNames.get(axis)));
                }
            }
            if (fill != null) {
                Value.with(fill, value -> Raw.af_schema_set_fill(handle, value));
            }
            return call.applyAsLong(handle);
        } finally {
            Raw.af_schema_free(handle);
        }
    }

    /** Takes an owned handle. */
    static Schema take(long handle) {
        try {
            int rank = Raw.af_schema_rank(handle);
            String[] names = new String[rank];
            for (int axis = 0; axis < rank; axis++) {
                names[axis] = Text.of(Raw.af_schema_dimension_name(handle, axis));
            }
            int depth = Raw.af_schema_list_depth(handle);
            List<ListLevel> lists = new ArrayList<>();
            for (int level = depth - 1; level >= 0; level--) {
                DataType type = DataType.of(Raw.af_schema_list_data_type(handle, level));
                lists.add(new ListLevel(type, Raw.af_schema_list_size(handle, level)));
            }
            int innermost = depth == 0 ? Raw.af_schema_data_type(handle) : Raw.af_schema_list_data_type(handle, depth);
            long[] shape = Memory.longs(Raw.af_schema_shape(handle), rank);
            long[] chunks = Memory.longs(Raw.af_schema_chunk_shape(handle), rank);
            Value fill = Value.fromNative(Raw.af_schema_fill(handle));
            return new Schema(DataType.of(innermost), List.copyOf(lists), shape, chunks, List.of(names), fill);
        } finally {
            Raw.af_schema_free(handle);
        }
    }
}
