package org.arrayformat;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * One array of {@link DataType#FLOAT32}, {@link DataType#FLOAT64}, {@link DataType#INT32} or {@link DataType#INT64} in a mapped file of its own.
 */
public final class MmapArray extends NativeHandle {
    private MmapArray(long handle) {
        super(handle, Raw::af_mmap_close);
    }

    // -- opening

    /**
     * Creates a file that holds a copy of elements in a direct buffer.
     *
     * @param path of the file
     * @param dataType of the elements
     * @param shape extents; none for a scalar
     * @param src a direct buffer with the elements in C order
     * @param options null for defaults
     * @return it, for reading and writing
     */
    public static MmapArray create(Path path, DataType dataType, long[] shape, ByteBuffer src, MmapOptions options) {
        return new MmapArray(Elements.inPlace(src, (address, length) -> MmapOptions.with(options,
            struct -> Raw.af_mmap_create(text(path), dataType.code(), shape, shape.length, null, address, length, struct))));
    }

    /**
     * Creates a file of zeros.
     *
     * @param path of the file
     * @param dataType of the elements
     * @param shape extents; none for a scalar
     * @param options null for defaults
     * @return it, for reading and writing
     */
    public static MmapArray createZeros(Path path, DataType dataType, long[] shape, MmapOptions options) {
        return new MmapArray(MmapOptions.with(options,
            struct -> Raw.af_mmap_create_zeros(text(path), dataType.code(), shape, shape.length, struct)));
    }

    /**
     * Opens a file.
     *
     * @param path of the file
     * @param options null for defaults: read-only
     * @return it
     */
    public static MmapArray open(Path path, MmapOptions options) {
        return new MmapArray(MmapOptions.with(options, struct -> Raw.af_mmap_open(text(path), struct)));
    }

    /**
     * Creates a file with the elements of an array of a file.
     *
     * @param path of the new file
     * @param file where the array is
     * @param name the array
     * @param options null for defaults
     * @return it, for reading and writing
     */
    public static MmapArray createFrom(Path path, ArrayFile file, String name, MmapOptions options) {
        return new MmapArray(file.call(source -> MmapOptions.with(options,
            struct -> Raw.af_mmap_create_from_file(text(path), source, Text.utf8(name), struct))));
    }

    /**
     * Creates a file from a DLPack tensor in the processor's memory.
     *
     * @param path of the new file
     * @param tensor read during the call; it stays yours
     * @param options null for defaults
     * @return it, for reading and writing
     */
    public static MmapArray createFrom(Path path, DlpackTensor tensor, MmapOptions options) {
        return new MmapArray(
            MmapOptions.with(options, struct -> Raw.af_mmap_create_from_dlpack(text(path), tensor.address(), struct)));
    }

    private static byte[] text(Path path) {
        return Text.utf8(path.toString());
    }

    // -- what it is

    /** {@return the type of its elements} */
    public DataType dataType() {
        return DataType.of((int) call(Raw::af_mmap_data_type));
    }

    /** {@return the number of dimensions} */
    public int rank() {
        return (int) call(Raw::af_mmap_rank);
    }

    /** {@return the extents} */
    public long[] shape() {
        long[] shape = new long[rank()];
        call(mmap -> Raw.af_mmap_shape(mmap, shape, shape.length));
        return shape;
    }

    /** {@return bytes from one element to the next along each axis} */
    public long[] strides() {
        long[] strides = new long[rank()];
        call(mmap -> Raw.af_mmap_strides(mmap, strides, strides.length));
        return strides;
    }

    /** {@return elements from one to the next along each axis} */
    public long[] elementStrides() {
        long[] strides = new long[rank()];
        call(mmap -> Raw.af_mmap_element_strides(mmap, strides, strides.length));
        return strides;
    }

    /** {@return the product of the shape} */
    public long elementCount() {
        return call(Raw::af_mmap_element_count);
    }

    /** {@return whether there is no element} */
    public boolean isEmpty() {
        return call(Raw::af_mmap_is_empty) != 0;
    }

    /** {@return what may be done with the elements} */
    public MmapMode mode() {
        return MmapMode.values()[(int) call(Raw::af_mmap_mode)];
    }

    /** {@return the path it was created or opened with} */
    public Path path() {
        byte[][] path = new byte[1][];
        call(mmap -> Raw.af_mmap_path(mmap, path));
        return Path.of(Text.of(path[0]));
    }

    // -- data

    /**
     * Copies cells into a direct buffer.
     *
     * @param region which cells
     * @param dst a direct buffer
     */
    public void read(Region region, ByteBuffer dst) {
        Elements.inPlaceToFill(dst, (address, length) -> read(region, address, length));
    }

    /**
     * Copies cells into an array of a primitive type.
     *
     * @param region which cells
     * @param dst an array of {@link DataType#arrayType()}; what it has more keeps its values
     */
    public void read(Region region, Object dst) {
        Elements.check(dataType(), dst.getClass(), path().toString());
        Elements.toFill(dst, true, (address, length) -> read(region, address, length));
    }

    private long read(Region region, long address, long length) {
        return call(mmap -> Raw.af_mmap_read(mmap, region.start, region.shape, region.rank(), region.strides, address, length));
    }

    /**
     * Copies a direct buffer to cells.
     *
     * @param region which cells
     * @param src a direct buffer
     */
    public void write(Region region, ByteBuffer src) {
        Elements.inPlace(src, (address, length) -> write(region, address, length));
    }

    /**
     * Copies an array of a primitive type to cells.
     *
     * @param region which cells
     * @param src an array of {@link DataType#arrayType()}
     */
    public void write(Region region, Object src) {
        Elements.check(dataType(), src.getClass(), path().toString());
        Elements.from(src, (address, length) -> write(region, address, length));
    }

    private long write(Region region, long address, long length) {
        return call(mmap -> Raw.af_mmap_write(mmap, region.start, region.shape, region.rank(), region.strides, address, length));
    }

    /** Returns when all changes so far are on disk. */
    public void flush() {
        call(Raw::af_mmap_flush);
    }

    /**
     * The same for a range of the elements.
     *
     * @param offset in bytes from the first element
     * @param length in bytes
     * @param wait false: only sees that their writing begins
     */
    public void flush(long offset, long length, boolean wait) {
        call(mmap -> Raw.af_mmap_flush_range(mmap, offset, length, wait));
    }

    /**
     * Tells the system how a range of the elements is going to be used.
     *
     * @param advice how
     * @param offset in bytes from the first element
     * @param length in bytes
     */
    public void advise(Advice advice, long offset, long length) {
        call(mmap -> Raw.af_mmap_advise(mmap, advice.ordinal(), offset, length));
    }

    /** {@return the elements in place, for reading} */
    public MmapView view() {
        return new MmapView(call(Raw::af_mmap_get_view));
    }

    /** {@return the elements in place, for reading and writing} */
    public MmapView mutableView() {
        return new MmapView(call(Raw::af_mmap_get_mutable_view));
    }

    /**
     * Writes the elements to an array of a file, which is defined if it is not there.
     *
     * @param file where to; its flush commits them
     * @param name the array
     */
    public void copyTo(ArrayFile file, String name) {
        call(mmap -> file.call(target -> Raw.af_mmap_copy_to_file(mmap, target, Text.utf8(name))));
    }
}
