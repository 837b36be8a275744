package org.arrayformat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Many datasets that have variables in common, stored variable-first. Changes gather until {@link #flush} commits them, all or nothing.
 *
 * <p>{@code rows} says which datasets, and in which order: numbers of {@link #row}; null for all of them.
 */
public final class Atlas extends NativeHandle {
    private static final int MAX_RANK = 32;

    // Callbacks knows it weakly.
    private volatile Progress progress;

    private Atlas(long handle) {
        super(handle, Raw::af_atlas_close);
    }

    // -- opening

    /**
     * Creates an empty store of datasets.
     *
     * @param folder made if it is not there
     * @param options null for defaults
     * @return it
     */
    public static Atlas create(Path folder, AtlasOptions options) {
        return create(folder.toString(), options);
    }

    /**
     * Creates an empty store of datasets.
     *
     * @param location a folder, made if it is not there, or a URL as in {@link Store#url}
     * @param options null for defaults
     * @return it
     */
    public static Atlas create(String location, AtlasOptions options) {
        return new Atlas(AtlasOptions.with(options, struct -> Raw.af_atlas_create(Text.utf8(location), struct)));
    }

    /**
     * Opens a store of datasets.
     *
     * @param path its folder, its metadata document or data.atlas itself
     * @param options null for defaults: read-only
     * @return it
     */
    public static Atlas open(Path path, AtlasOptions options) {
        return open(path.toString(), options);
    }

    /**
     * Opens a store of datasets.
     *
     * @param location a path as above, or a URL as in {@link Store#url}
     * @param options null for defaults: read-only
     * @return it
     */
    public static Atlas open(String location, AtlasOptions options) {
        return new Atlas(AtlasOptions.with(options, struct -> Raw.af_atlas_open(Text.utf8(location), struct)));
    }

    /**
     * Creates an empty store of datasets in a store of objects.
     *
     * @param store stays usable and is kept alive
     * @param prefix what its keys begin with, without a '/' at the end; "" for the whole store
     * @param options null for defaults
     * @return it
     */
    public static Atlas create(Store store, String prefix, AtlasOptions options) {
        return new Atlas(
            store.call(place -> AtlasOptions.with(options, struct -> Raw.af_atlas_create_in(place, Text.utf8(prefix), struct))));
    }

    /**
     * Opens a store of datasets in a store of objects.
     *
     * @param store stays usable and is kept alive
     * @param prefix what its keys begin with, without a '/' at the end; "" for the whole store
     * @param options null for defaults: read-only
     * @return it
     */
    public static Atlas open(Store store, String prefix, AtlasOptions options) {
        return new Atlas(
            store.call(place -> AtlasOptions.with(options, struct -> Raw.af_atlas_open_in(place, Text.utf8(prefix), struct))));
    }

    /**
     * Uses a cache for decoded blocks from now on.
     *
     * @param cache null for its own again
     */
    public void setCache(BlockCache cache) {
        if (cache == null) {
            call(atlas -> Raw.af_atlas_set_cache(atlas, 0));
        } else {
            call(atlas -> cache.call(blocks -> Raw.af_atlas_set_cache(atlas, blocks)));
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
            call(atlas -> Raw.af_atlas_set_progress(atlas, number));
        } catch (RuntimeException e) {
            Callbacks.forget(number);
            throw e;
        }
        progress = told;
        keepProgress(number);
    }

    /** {@return what kind of store it is} */
    public AtlasInfo info() {
        try (af_atlas_info info = new af_atlas_info()) {
            call(atlas -> Raw.af_atlas_get_info(atlas, af_atlas_info.getCPtr(info)));
            return AtlasInfo.from(info);
        }
    }

    /** {@return what it has asked of its store since it was opened} */
    public IoStats ioStats() {
        return IoStats.from(stats -> call(atlas -> Raw.af_atlas_io_stats(atlas, stats)));
    }

    // -- datasets

    /**
     * Creates a dataset without arrays.
     *
     * @param name its name
     * @return it
     */
    public Dataset createDataset(String name) {
        return new Dataset(call(atlas -> Raw.af_atlas_create_dataset(atlas, Text.utf8(name))));
    }

    /**
     * Opens a dataset.
     *
     * @param name its name
     * @return it
     */
    public Dataset openDataset(String name) {
        return new Dataset(call(atlas -> Raw.af_atlas_open_dataset(atlas, Text.utf8(name))));
    }

    /**
     * Deletes a dataset with its arrays and attributes.
     *
     * @param name its name
     */
    public void deleteDataset(String name) {
        call(atlas -> Raw.af_atlas_delete_dataset(atlas, Text.utf8(name)));
    }

    /**
     * Tells whether there is such a dataset.
     *
     * @param name its name
     * @return whether there is
     */
    public boolean containsDataset(String name) {
        return call(atlas -> Raw.af_atlas_contains_dataset(atlas, Text.utf8(name))) != 0;
    }

    /**
     * The number of a dataset in the order of creation.
     *
     * @param name its name
     * @return its row
     */
    public long row(String name) {
        return call(atlas -> Raw.af_atlas_dataset_row(atlas, Text.utf8(name)));
    }

    /** {@return the names of all datasets, in the order of their rows} */
    public List<String> listDatasets() {
        return Results.strings(call(Raw::af_atlas_list_datasets));
    }

    /** {@return the names of variables that some dataset has, sorted} */
    public List<String> listVariables() {
        return Results.strings(call(Raw::af_atlas_list_variables));
    }

    /** {@return each variable and attribute, with a type that holds those of all datasets} */
    public AtlasSchema schema() {
        return AtlasSchema.take(call(Raw::af_atlas_get_schema));
    }

    // -- across datasets

    /**
     * What a variable is in each dataset.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @return one line each, with the dataset's name
     */
    public List<ArrayInfo> listAcross(String variable, long[] rows) {
        return Results.listing(call(atlas -> Raw.af_atlas_list_across(atlas, Text.utf8(variable), rows, countOfAll(rows))));
    }

    /**
     * Tells what {@link #readRagged} would fill, without reading.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region clipped to each dataset's shape
     * @return the last offset is the number of bytes
     */
    public Ragged raggedLayout(String variable, long[] rows, Region region) {
        return ragged(variable, rows, region, 0, 0);
    }

    /**
     * Reads one variable of fixed-width type of many datasets, one after the other, each in C order.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region clipped to each dataset's shape
     * @param dst a direct buffer, filled in place
     * @return where each dataset's begin
     */
    public Ragged readRagged(String variable, long[] rows, Region region, ByteBuffer dst) {
        Ragged[] answer = new Ragged[1];
        Elements.inPlaceToFill(dst, (address, length) -> {
            answer[0] = ragged(variable, rows, region, address, length);
            return 0;
        });
        return answer[0];
    }

    private Ragged ragged(String variable, long[] rows, Region region, long address, long length) {
        dense(region);
        int count = countOfAll(rows);
        long[] offsets = new long[count + 1];
        byte[] present = new byte[count];
        call(atlas -> Raw.af_atlas_read_ragged(atlas, Text.utf8(variable), rows, count, region.start, region.shape, region.rank(), address,
            length, offsets, present));
        return new Ragged(offsets, booleans(present));
    }

    /**
     * Reads one variable of text of many datasets, one after the other.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region clipped to each dataset's shape
     * @return their texts
     */
    public RaggedElements<String> readRaggedStrings(String variable, long[] rows, Region region) {
        return raggedElements(variable, rows, region, Text::of);
    }

    /**
     * Reads one variable of bytes of many datasets, one after the other.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region clipped to each dataset's shape
     * @return their bytes
     */
    public RaggedElements<byte[]> readRaggedBinary(String variable, long[] rows, Region region) {
        return raggedElements(variable, rows, region, bytes -> bytes);
    }

    private <T> RaggedElements<T> raggedElements(String variable, long[] rows, Region region, Function<byte[], T> make) {
        dense(region);
        int count = countOfAll(rows);
        long[] offsets = new long[count + 1];
        byte[] present = new byte[count];
        long values = call(atlas -> Raw.af_atlas_read_ragged_variable(atlas, Text.utf8(variable), rows, count, region.start, region.shape,
            region.rank(), offsets, present));
        return new RaggedElements<>(VariableElements.take(values, make), offsets, booleans(present));
    }

    /**
     * Reads the same region of a variable of fixed-width type of many datasets, stacked.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region of each; {@link Region#WHOLE}: the whole arrays, whose common shape {@link #stackShape} tells
     * @param pad whether what is missing is filled; if not, it is a failure
     * @param fill what it is filled with; null: each array's fill value, or zero
     * @param dst a direct buffer, filled in place
     */
    public void readStacked(String variable, long[] rows, Region region, boolean pad, Value fill, ByteBuffer dst) {
        dense(region);
        Value.with(fill, value -> Elements.inPlaceToFill(dst, (address, length) -> call(
            atlas -> Raw.af_atlas_read_stacked(atlas, Text.utf8(variable), rows, countOfAll(rows), region.start, region.shape,
                region.rank(), pad, value, address, length))));
    }

    /**
     * Reads the same region of a variable of text of many datasets, stacked.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region of each
     * @param pad whether what is missing is filled; if not, it is a failure
     * @param fill what it is filled with; null: each array's fill value, or nothing
     * @return their texts
     */
    public List<String> readStackedStrings(String variable, long[] rows, Region region, boolean pad, Value fill) {
        return Results.strings(stackedVariable(variable, rows, region, pad, fill));
    }

    /**
     * Reads the same region of a variable of bytes of many datasets, stacked.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @param region of each
     * @param pad whether what is missing is filled; if not, it is a failure
     * @param fill what it is filled with; null: each array's fill value, or nothing
     * @return their bytes
     */
    public List<byte[]> readStackedBinary(String variable, long[] rows, Region region, boolean pad, Value fill) {
        return VariableElements.take(stackedVariable(variable, rows, region, pad, fill), bytes -> bytes);
    }

    private long stackedVariable(String variable, long[] rows, Region region, boolean pad, Value fill) {
        dense(region);
        return Value.with(fill, value -> call(
            atlas -> Raw.af_atlas_read_stacked_variable(atlas, Text.utf8(variable), rows, countOfAll(rows), region.start, region.shape,
                region.rank(), pad, value)));
    }

    /**
     * The least shape that a variable of many datasets fits into.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @return the extents
     */
    public long[] stackShape(String variable, long[] rows) {
        long[] shape = new long[MAX_RANK];
        long rank = call(atlas -> Raw.af_atlas_stack_shape(atlas, Text.utf8(variable), rows, countOfAll(rows), shape));
        return Arrays.copyOf(shape, (int) rank);
    }

    /**
     * One attribute of many datasets.
     *
     * @param variable the array it belongs to; null: the dataset itself
     * @param key the attribute
     * @param rows which datasets; null for all
     * @return each dataset's name and value
     */
    public List<NamedValue> attributeAcross(String variable, String key, long[] rows) {
        return Results.column(call(atlas -> Raw.af_atlas_attribute_across(atlas, Text.utf8OrNull(variable), Text.utf8(key), rows,
            countOfAll(rows))));
    }

    /**
     * Statistics of a variable in many datasets.
     *
     * @param variable its name
     * @param rows which datasets; null for all
     * @return one line each, with the dataset's name
     */
    public List<Statistics> statisticsAcross(String variable, long[] rows) {
        return Results.statistics(
            call(atlas -> Raw.af_atlas_stats_across(atlas, Text.utf8(variable), rows, countOfAll(rows))));
    }

    /**
     * Chooses datasets by statistics and attributes, without reading data.
     *
     * @param predicate such as {@code temp < 5 and @region = 'arctic'}; each ? stands for the next parameter
     * @param parameters scalars
     * @return the rows of the datasets for which it may hold, in rising order
     */
    public long[] select(String predicate, Value... parameters) {
        long[] values = new long[parameters.length];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = parameters[i].toNative();
            }
            return Results.rows(call(atlas -> Raw.af_atlas_select(atlas, Text.utf8(predicate), values)));
        } finally {
            for (long value : values) {
                Raw.af_value_free(value);
            }
        }
    }

    private int countOfAll(long[] rows) {
        return rows != null ? rows.length : Math.toIntExact(info().datasetCount());
    }

    private static void dense(Region region) {
        if (region.strides != null) {
            throw new IllegalArgumentException("reads across datasets have no strides");
        }
    }

    private static boolean[] booleans(byte[] bytes) {
        boolean[] all = new boolean[bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes[i] != 0;
        }
        return all;
    }

    // -- the store

    /**
     * Commits all changes to all datasets: readers see all of them or, when it throws, none.
     */
    public void flush() {
        call(Raw::af_atlas_flush);
    }

    /** {@return whether there are unflushed changes} */
    public boolean isDirty() {
        return call(Raw::af_atlas_is_dirty) != 0;
    }

    /** Flushes, then compacts every stack and forgets deleted datasets: rows move up. */
    public void compact() {
        call(Raw::af_atlas_compact);
    }

    /**
     * Drops unflushed changes and moves to the newest commit.
     *
     * @return whether there was one
     */
    public boolean refresh() {
        return call(Raw::af_atlas_refresh) != 0;
    }

    /** {@return what a check of metadata and every stack found} */
    public List<Finding> verify() {
        return Results.report(call(Raw::af_atlas_verify));
    }

    /**
     * Writes the store as this handle sees it, unflushed changes included, as a new one.
     *
     * @param location a folder, or a URL as in {@link Store#url}
     * @param options generation, metadata form, codec and block size of the new one; null for defaults
     */
    public void copy(String location, AtlasOptions options) {
        call(atlas -> AtlasOptions.with(options, struct -> Raw.af_atlas_copy(atlas, Text.utf8(location), struct)));
    }

    /**
     * Writes the store as this handle sees it, unflushed changes included, as a new one in a store of objects.
     *
     * @param store where
     * @param prefix what its keys begin with; "" for the whole store
     * @param options generation, metadata form, codec and block size of the new one; null for defaults
     */
    public void copy(Store store, String prefix, AtlasOptions options) {
        call(atlas -> store.call(
            place -> AtlasOptions.with(options, struct -> Raw.af_atlas_copy_in(atlas, place, Text.utf8(prefix), struct))));
    }

    /**
     * A commit that {@link AtlasOptions#atCommit} can go back to.
     *
     * @param number its number
     * @param nanoseconds when it was made, since 1970-01-01T00:00:00Z
     */
    public record Commit(long number, long nanoseconds) {}

    /** {@return the commits that can be gone back to, oldest first} */
    public List<Commit> commits() {
        return Results.column(call(Raw::af_atlas_commits)).stream()
            .map(one -> new Commit(Long.parseLong(one.name()), one.value().asLong())).toList();
    }

    /**
     * Empties layers that belong to no commit, left by writers that died.
     *
     * @return the bytes given back
     */
    public long collectGarbage() {
        return call(Raw::af_atlas_gc);
    }
}
