package org.arrayformat;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Many arrays in one stack of files. Changes gather in memory until {@link #flush} commits them as one new layer; a handle sees others' commits after
 * {@link #refresh}. All methods are safe from any thread: those that only read run side by side.
 */
public final class ArrayFile extends ArrayData {
    // Callbacks knows it weakly.
    private volatile Progress progress;

    private ArrayFile(long handle) {
        super(handle, Raw::af_file_close);
    }

    // -- opening

    /**
     * Creates an empty stack.
     *
     * @param path ends in ".af"
     * @return it
     */
    public static ArrayFile create(Path path) {
        return create(path, null);
    }

    /**
     * Creates an empty stack.
     *
     * @param path ends in ".af"
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile create(Path path, FileOptions options) {
        return create(path.toString(), options);
    }

    /**
     * Creates an empty stack.
     *
     * @param location ends in ".af"; a path, or a URL as in {@link Store#url}
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile create(String location, FileOptions options) {
        return new ArrayFile(FileOptions.with(options, struct -> Raw.af_file_create(Text.utf8(location), struct)));
    }

    /**
     * Opens a stack for reading.
     *
     * @param path of its base
     * @return it
     */
    public static ArrayFile open(Path path) {
        return open(path, null);
    }

    /**
     * Opens a stack.
     *
     * @param path of its base
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile open(Path path, FileOptions options) {
        return open(path.toString(), options);
    }

    /**
     * Opens a stack.
     *
     * @param location of its base: a path, or a URL as in {@link Store#url}
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile open(String location, FileOptions options) {
        return new ArrayFile(FileOptions.with(options, struct -> Raw.af_file_open(Text.utf8(location), struct)));
    }

    /**
     * Creates an empty stack in a store.
     *
     * @param store stays usable and is kept alive
     * @param key of the base
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile create(Store store, String key, FileOptions options) {
        return new ArrayFile(
            store.call(place -> FileOptions.with(options, struct -> Raw.af_file_create_in(place, Text.utf8(key), struct))));
    }

    /**
     * Opens a stack in a store.
     *
     * @param store stays usable and is kept alive
     * @param key of the base
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile open(Store store, String key, FileOptions options) {
        return new ArrayFile(
            store.call(place -> FileOptions.with(options, struct -> Raw.af_file_open_in(place, Text.utf8(key), struct))));
    }

    /**
     * Creates a stack that lives in memory and is gone when it is closed.
     *
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile createMemory(FileOptions options) {
        return new ArrayFile(FileOptions.with(options, Raw::af_file_create_memory));
    }

    /**
     * Opens a base file that lies in a direct buffer, for reading. The bytes are used in place, and kept from the collector, until the file is closed
     * and nothing reads it any more: they must not change.
     *
     * @param bytes a direct buffer, from its position to its limit
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile open(ByteBuffer bytes, FileOptions options) {
        long held = Callbacks.hold(bytes);
        try {
            return new ArrayFile(Elements.inPlace(bytes, (address, length) -> openBuffer(address, length, held, options)));
        } catch (RuntimeException e) {
            Callbacks.forget(held);
            throw e;
        }
    }

    /**
     * Opens a base file that lies in an array, for reading. The bytes are copied.
     *
     * @param bytes the whole file
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile open(byte[] bytes, FileOptions options) {
        try (Memory.Scratch scratch = Memory.Scratch.holding(bytes)) {
            return new ArrayFile(openBuffer(scratch.address, scratch.length, 0, options));
        }
    }

    private static long openBuffer(long address, long length, long held, FileOptions options) {
        return FileOptions.with(options, struct -> Raw.af_file_open_buffer(address, length, held, struct));
    }

    /**
     * Opens a base file of which only an open descriptor is at hand, for reading. A file has no sidecars here.
     *
     * @param descriptor may be closed when the call returns
     * @param options null for defaults
     * @return it
     */
    public static ArrayFile openDescriptor(int descriptor, FileOptions options) {
        return new ArrayFile(FileOptions.with(options, struct -> Raw.af_file_open_descriptor(descriptor, struct)));
    }

    /**
     * Uses a cache for decoded blocks from now on.
     *
     * @param cache null for its own again
     */
    public void setCache(BlockCache cache) {
        if (cache == null) {
            call(file -> Raw.af_file_set_cache(file, 0));
        } else {
            call(file -> cache.call(blocks -> Raw.af_file_set_cache(file, blocks)));
        }
    }

    /**
     * Sets who is told of long calls, and may cancel them.
     *
     * @param told null for nobody
     */
    public void setProgress(Progress told) {
        long number = Callbacks.register(told);
        try {
            call(file -> Raw.af_file_set_progress(file, number));
        } catch (RuntimeException e) {
            Callbacks.forget(number);
            throw e;
        }
        progress = told;
        keepProgress(number);
    }

    // -- arrays

    @Override
    void defineRaw(byte[] name, long schema) {
        call(file -> Raw.af_file_define(file, name, schema));
    }

    @Override
    public void delete(String name) {
        call(file -> Raw.af_file_delete(file, Text.utf8(name)));
    }

    /**
     * Changes the shape of an array. Cells cut off are gone; new cells read as the fill value.
     *
     * @param name the array
     * @param shape of the rank it has
     */
    public void resize(String name, long... shape) {
        call(file -> Raw.af_file_resize(file, Text.utf8(name), shape, shape.length));
    }

    @Override
    public boolean contains(String name) {
        return call(file -> Raw.af_file_contains(file, Text.utf8(name))) != 0;
    }

    @Override
    long schemaRaw(byte[] name) {
        return call(file -> Raw.af_file_schema(file, name));
    }

    @Override
    public List<ArrayInfo> list() {
        return Results.listing(call(Raw::af_file_list));
    }

    /**
     * A page of the listing.
     *
     * @param arrays those whose names match
     * @param next where the next page begins; -1 when there is none
     */
    public record Page(List<ArrayInfo> arrays, long next) {}

    /**
     * A page of the listing of arrays whose names match.
     *
     * @param pattern what names are compared with
     * @param match how
     * @param first 0, or {@link Page#next} of the page before
     * @param limit the most arrays of a page
     * @return it
     */
    public Page listPage(String pattern, NameMatch match, long first, long limit) {
        long[] next = new long[1];
        long listing = call(file -> Raw.af_file_list_page(file, Text.utf8(pattern), match.ordinal(), first, limit, next));
        return new Page(Results.listing(listing), next[0]);
    }

    @Override
    public Statistics statistics(String name) {
        return Results.statistics(call(file -> Raw.af_file_stats(file, Text.utf8(name)))).get(0);
    }

    /** {@return statistics of all arrays, in listing order} */
    public List<Statistics> statistics() {
        return Results.statistics(call(Raw::af_file_stats_all));
    }

    // -- attributes

    @Override
    public void setAttribute(String name, String key, Value value) {
        Value.with(value, given -> call(file -> Raw.af_file_set_attribute(file, Text.utf8(name), Text.utf8(key), given)));
    }

    @Override
    public void removeAttribute(String name, String key) {
        call(file -> Raw.af_file_remove_attribute(file, Text.utf8(name), Text.utf8(key)));
    }

    @Override
    public Value attribute(String name, String key) {
        return Value.take(call(file -> Raw.af_file_get_attribute(file, Text.utf8(name), Text.utf8(key))));
    }

    @Override
    public Map<String, Value> attributes(String name) {
        return Results.attributes(call(file -> Raw.af_file_attributes(file, Text.utf8(name))));
    }

    /**
     * One attribute of all arrays.
     *
     * @param key the attribute
     * @return each array's name and value, in listing order
     */
    public List<NamedValue> attributeColumn(String key) {
        return Results.column(call(file -> Raw.af_file_attribute_column(file, Text.utf8(key))));
    }

    /**
     * Sets an attribute of the file itself: of the array "__file__", which is defined when it is not there.
     *
     * @param key the attribute
     * @param value its value
     */
    public void setFileAttribute(String key, Value value) {
        Value.with(value, given -> call(file -> Raw.af_file_set_file_attribute(file, Text.utf8(key), given)));
    }

    // -- data

    @Override
    long readRaw(byte[] name, Region region, long address, long length) {
        return call(file -> Raw.af_file_read(file, name, region.start, region.shape, region.rank(), region.strides, address, length));
    }

    @Override
    long writeRaw(byte[] name, Region region, long address, long length) {
        return call(file -> Raw.af_file_write(file, name, region.start, region.shape, region.rank(), region.strides, address, length));
    }

    @Override
    long readVariableRaw(byte[] name, Region region) {
        return call(file -> Raw.af_file_read_variable(file, name, region.start, region.shape, region.rank()));
    }

    @Override
    void writeVariableRaw(byte[] name, Region region, VariableElements elements) {
        call(file -> Raw.af_file_write_variable(file, name, region.start, region.shape, region.rank(), elements.address(),
            elements.offsets(), elements.count()));
    }

    /**
     * Tells how many bytes a batch read fills.
     *
     * @param names the arrays
     * @return the sum of their sizes
     */
    public long sizeOf(Names names) {
        long[] offsets = new long[names.count() + 1];
        readMany(names, 0, 0, offsets);
        return offsets[names.count()];
    }

    /**
     * Reads whole arrays of fixed-width types, back to back, in one call.
     *
     * @param names the arrays
     * @param dst a direct buffer, filled in place
     * @return where each begins, in bytes from the buffer's position, and where the last ends
     */
    public long[] readMany(Names names, ByteBuffer dst) {
        long[] offsets = new long[names.count() + 1];
        Elements.inPlaceToFill(dst, (address, length) -> readMany(names, address, length, offsets));
        return offsets;
    }

    private long readMany(Names names, long address, long length, long[] offsets) {
        return call(file -> Raw.af_file_read_many(file, names.bytes, names.offsets, names.count(), address, length, offsets));
    }

    /**
     * Reads cells of an array of lists.
     *
     * @param name the array
     * @param region which cells
     * @return their elements in C order
     */
    public Lists readLists(String name, Region region) {
        Schema schema = schema(name);
        return Lists.take(
            call(file -> Raw.af_file_read_lists(file, Text.utf8(name), region.start, region.shape, region.rank())), schema);
    }

    /**
     * Writes cells of an array of lists.
     *
     * @param name the array
     * @param region which cells
     * @param lists their elements in C order
     */
    public void writeLists(String name, Region region, Lists lists) {
        Elements.checkValues(schema(name).elementType(), lists.values(), name);
        long[] offsets = lists.joinedOffsets();
        Elements.from(lists.values(), (address, length) -> call(
            file -> Raw.af_file_write_lists(file, Text.utf8(name), region.start, region.shape, region.rank(), offsets, offsets.length,
                address, length)));
    }

    // -- exchange with other native code

    /**
     * Fills two Arrow C Data structs with cells; what is exported needs this file no longer.
     *
     * @param name the array
     * @param region which cells
     * @param schema the address of an ArrowSchema
     * @param array the address of an ArrowArray
     */
    public void exportArrow(String name, Region region, long schema, long array) {
        call(file -> Raw.af_file_export_arrow(file, Text.utf8(name), region.start, region.shape, region.rank(), schema, array));
    }

    /**
     * Writes an Arrow array to a whole array of this file, which is defined if it is not there.
     *
     * @param name the array
     * @param schema the address of an ArrowSchema; it stays yours
     * @param array the address of an ArrowArray; it stays yours
     */
    public void writeArrow(String name, long schema, long array) {
        call(file -> Raw.af_file_write_arrow(file, Text.utf8(name), schema, array));
    }

    /**
     * Fills an Arrow C stream whose items are structs with a column for each array.
     *
     * @param names the arrays
     * @param limit the rows of an item
     * @param stream the address of an ArrowArrayStream
     */
    public void exportArrowStream(Names names, long limit, long stream) {
        call(file -> Raw.af_file_export_arrow_stream(file, names.bytes, names.offsets, names.count(), limit, stream));
    }

    /**
     * Reads an Arrow C stream of structs to its end: each column is appended to the array of its name, which is defined if it is not there.
     *
     * @param stream the address of an ArrowArrayStream; it stays yours
     */
    public void writeArrowStream(long stream) {
        call(file -> Raw.af_file_write_arrow_stream(file, stream));
    }

    /**
     * A tensor with cells of an array of fixed-width type.
     *
     * @param name the array
     * @param region which cells
     * @return it, marked read-only where it shares memory with others
     */
    public DlpackTensor exportDlpack(String name, Region region) {
        return new DlpackTensor(
            call(file -> Raw.af_file_export_dlpack(file, Text.utf8(name), region.start, region.shape, region.rank())));
    }

    // -- growing, copying

    /**
     * Lengthens an array along an axis and writes the new part.
     *
     * @param name the array
     * @param axis along which it grows
     * @param shape of the part
     * @param src a direct buffer with its elements in C order
     * @return where the part begins along the axis
     */
    public long append(String name, int axis, long[] shape, ByteBuffer src) {
        return Elements.inPlace(src, (address, length) -> append(Text.utf8(name), axis, shape, address, length));
    }

    /**
     * Lengthens an array along an axis and writes the new part.
     *
     * @param name the array
     * @param axis along which it grows
     * @param shape of the part
     * @param src its elements in C order, in an array of {@link DataType#arrayType()}
     * @return where the part begins along the axis
     */
    public long append(String name, int axis, long[] shape, Object src) {
        Elements.check(schema(name).dataType(), src.getClass(), name);
        return Elements.from(src, (address, length) -> append(Text.utf8(name), axis, shape, address, length));
    }

    private long append(byte[] name, int axis, long[] shape, long address, long length) {
        return call(file -> Raw.af_file_append(file, name, axis, shape, shape.length, null, address, length));
    }

    /**
     * Lengthens a string array along an axis and writes the new part.
     *
     * @param name the array
     * @param axis along which it grows
     * @param shape of the part
     * @param texts its elements in C order
     * @return where the part begins along the axis
     */
    public long appendStrings(String name, int axis, long[] shape, List<String> texts) {
        try (VariableElements elements = VariableElements.ofStrings(texts)) {
            return append(name, axis, shape, elements);
        }
    }

    /**
     * Lengthens a binary array along an axis and writes the new part.
     *
     * @param name the array
     * @param axis along which it grows
     * @param shape of the part
     * @param all its elements in C order
     * @return where the part begins along the axis
     */
    public long appendBinary(String name, int axis, long[] shape, List<byte[]> all) {
        try (VariableElements elements = new VariableElements(all)) {
            return append(name, axis, shape, elements);
        }
    }

    private long append(String name, int axis, long[] shape, VariableElements elements) {
        return call(file -> Raw.af_file_append_variable(file, Text.utf8(name), axis, shape, shape.length, elements.address(),
            elements.offsets(), elements.count()));
    }

    /**
     * Gives an array another name.
     *
     * @param name the array
     * @param newName its new name
     */
    public void rename(String name, String newName) {
        call(file -> Raw.af_file_rename(file, Text.utf8(name), Text.utf8(newName)));
    }

    /**
     * Copies an array of a file, with its attributes, to this one.
     *
     * @param source may be this one
     * @param name the array there
     * @param newName its name here
     * @param present what happens if there is one: {@link IfPresent#REFUSE} or {@link IfPresent#REPLACE}
     */
    public void copyArray(ArrayFile source, String name, String newName, IfPresent present) {
        call(file -> source.call(from -> Raw.af_file_copy_array(file, from, Text.utf8(name), Text.utf8(newName), present.ordinal())));
    }

    /**
     * Copies arrays of a file, with their attributes, to this one: all of them or none.
     *
     * @param source the other file
     * @param names the arrays, which keep their names
     * @param present what happens if there is one: {@link IfPresent#REFUSE} or {@link IfPresent#REPLACE}
     */
    public void copyArrays(ArrayFile source, Names names, IfPresent present) {
        call(file -> source.call(
            from -> Raw.af_file_copy_arrays(file, from, names.bytes, names.offsets, names.count(), present.ordinal())));
    }

    /**
     * Copies an array of a file to this one, then deletes it there. Flush this one first, then the source.
     *
     * @param source the other file
     * @param name the array there
     * @param newName its name here
     * @param present what happens if there is one: {@link IfPresent#REFUSE} or {@link IfPresent#REPLACE}
     */
    public void moveArray(ArrayFile source, String name, String newName, IfPresent present) {
        call(file -> source.call(from -> Raw.af_file_move_array(file, from, Text.utf8(name), Text.utf8(newName), present.ordinal())));
    }

    /**
     * Copies all arrays of a file to this one.
     *
     * @param source the other file
     * @param present what happens to names that both have
     */
    public void merge(ArrayFile source, IfPresent present) {
        call(file -> source.call(from -> Raw.af_file_merge(file, from, present.ordinal())));
    }

    // -- raw chunks

    /**
     * The chunks of an array that were written.
     *
     * @param name the array
     * @return their coordinates, sorted
     */
    public List<long[]> chunks(String name) {
        long[] count = new long[1];
        long values = call(file -> Raw.af_file_chunks(file, Text.utf8(name), count));
        return VariableElements.take(values, Results::longs);
    }

    /**
     * One chunk's payload, before compression.
     *
     * @param name the array
     * @param coordinate of the chunk
     * @return its bytes
     */
    public byte[] readChunk(String name, long... coordinate) {
        long values = call(file -> Raw.af_file_read_chunk(file, Text.utf8(name), coordinate, coordinate.length));
        return VariableElements.take(values, bytes -> bytes).get(0);
    }

    /**
     * Writes one chunk's payload as it is.
     *
     * @param name the array
     * @param payload its bytes
     * @param coordinate of the chunk
     */
    public void writeChunk(String name, byte[] payload, long... coordinate) {
        Elements.from(payload, (address, length) -> call(
            file -> Raw.af_file_write_chunk(file, Text.utf8(name), coordinate, coordinate.length, address, length)));
    }

    // -- the stack

    /**
     * Commits all changes as one new layer. When it returns they survive a crash and a loss of power; when it throws, nobody sees any of them and they
     * stay pending.
     */
    public void flush() {
        call(Raw::af_file_flush);
    }

    /** {@return whether there are unflushed changes} */
    public boolean isDirty() {
        return call(Raw::af_file_is_dirty) != 0;
    }

    /** Flushes, rewrites all layers as one base, then removes the sidecars. */
    public void compact() {
        call(Raw::af_file_compact);
    }

    /**
     * Compacts the stack and gives it another footer version, in place.
     *
     * @param footerVersion 4 or 5
     */
    public void upgrade(int footerVersion) {
        call(file -> Raw.af_file_upgrade(file, footerVersion));
    }

    /**
     * Removes what dead writers and compactions have left beside the stack.
     *
     * @return the bytes given back
     */
    public long collectGarbage() {
        return call(Raw::af_file_gc);
    }

    /**
     * Copies the layers that this handle reads, byte for byte; an earlier backup gets the layers that it does not have yet.
     *
     * @param path of the backup's base
     * @param options null for defaults; only their durability counts
     */
    public void backup(Path path, FileOptions options) {
        call(file -> FileOptions.with(options, struct -> Raw.af_file_backup(file, Text.utf8(path.toString()), struct)));
    }

    /**
     * Drops unflushed changes and moves to the newest layers.
     *
     * @return whether there were any
     */
    public boolean refresh() {
        return call(Raw::af_file_refresh) != 0;
    }

    /**
     * Writes the stack as this handle sees it, without unflushed changes, as one new base.
     *
     * @param path ends in ".af"
     * @param options null for defaults
     */
    public void copy(Path path, FileOptions options) {
        call(file -> FileOptions.with(options, struct -> Raw.af_file_copy(file, Text.utf8(path.toString()), struct)));
    }

    /** {@return what a check of every checksum, address and statistic found} */
    public List<Finding> verify() {
        return Results.report(call(Raw::af_file_verify));
    }

    /**
     * Writes what is sound of a damaged stack as one new base; the damaged one is never touched.
     *
     * @param path of the damaged one
     * @param newPath of the new one
     * @param options null for defaults
     * @param told how far it is; null for nobody
     * @return what was wrong and what became of it
     */
    public static List<Finding> repair(Path path, Path newPath, FileOptions options, Progress told) {
        long number = Callbacks.register(told);
        try {
            return Results.report(FileOptions.with(options,
                struct -> Raw.af_file_repair(Text.utf8(path.toString()), Text.utf8(newPath.toString()), struct, number)));
        } finally {
            Callbacks.forget(number);
            Reference.reachabilityFence(told);
        }
    }

    /** {@return the layers this handle reads, the base first} */
    public List<LayerInfo> layers() {
        long count = call(Raw::af_file_layer_count);
        return LongStream.range(0, count).mapToObj(this::layer).toList();
    }

    /** {@return the number of layers this handle reads} */
    public long layerCount() {
        return call(Raw::af_file_layer_count);
    }

    private LayerInfo layer(long i) {
        try (af_layer_info info = new af_layer_info()) {
            call(file -> Raw.af_file_layer(file, i, af_layer_info.getCPtr(info)));
            return new LayerInfo(info.getForeign(), info.getNumber(), info.getSize(), info.getArray_count(), info.getBlock_count(),
                Memory.bytes(info.getId(), 16));
        }
    }

    /** {@return the stack's footer version: 4 or 5, or 6 for a file that is never changed} */
    public int footerVersion() {
        return (int) call(Raw::af_file_footer_version);
    }

    /** {@return what this handle has asked of its store since it was opened} */
    public IoStats ioStats() {
        return IoStats.from(stats -> call(file -> Raw.af_file_io_stats(file, stats)));
    }
}
