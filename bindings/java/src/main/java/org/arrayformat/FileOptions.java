package org.arrayformat;

import java.util.function.LongUnaryOperator;

/** Options of an {@link ArrayFile}. What is not set is the library's default. Each method answers the same options. */
public final class FileOptions {
    private boolean writable;
    private boolean replace;
    private int footerVersion;
    private Codec codec;
    private int codecLevel;
    private Durability durability;
    private int threads;
    private int layers;
    private long blockSize;
    private long writeBufferSize;
    private long cacheSize;
    private long maxLayers;
    private long maxArrays;
    private long maxAllocation;
    private long compactAt;

    /**
     * Opening: whether it may be changed through this handle.
     *
     * @param value whether
     * @return these options
     */
    public FileOptions writable(boolean value) {
        writable = value;
        return this;
    }

    /**
     * Creating: whether an existing stack of this name is replaced whole.
     *
     * @param value whether
     * @return these options
     */
    public FileOptions replace(boolean value) {
        replace = value;
        return this;
    }

    /**
     * Creating: 4 or 5; copying: also 6.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions footerVersion(int value) {
        footerVersion = value;
        return this;
    }

    /**
     * Of blocks written through this handle.
     *
     * @param value the choice
     * @return these options
     */
    public FileOptions codec(Codec value) {
        codec = value;
        return this;
    }

    /**
     * Level of {@link Codec#ZSTD}.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions codecLevel(int value) {
        codecLevel = value;
        return this;
    }

    /**
     * What success means for the disk.
     *
     * @param value the choice
     * @return these options
     */
    public FileOptions durability(Durability value) {
        durability = value;
        return this;
    }

    /**
     * Threads for long calls, the caller included: one for each core by default.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions threads(int value) {
        threads = value;
        return this;
    }

    /**
     * Opening: the first so many layers only, read-only.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions layers(int value) {
        layers = value;
        return this;
    }

    /**
     * Bytes of chunk data gathered in a block before it is compressed: 256 KiB by default.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions blockSize(long value) {
        blockSize = value;
        return this;
    }

    /**
     * Bytes of unflushed chunk data kept in memory before they are packed into blocks on disk: 64 MiB by default.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions writeBufferSize(long value) {
        writeBufferSize = value;
        return this;
    }

    /**
     * Bytes of decoded blocks kept when there is no {@link BlockCache}: 64 MiB by default, negative for none.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions cacheSize(long value) {
        cacheSize = value;
        return this;
    }

    /**
     * The most layers that are opened.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions maxLayers(long value) {
        maxLayers = value;
        return this;
    }

    /**
     * The most arrays that are opened.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions maxArrays(long value) {
        maxArrays = value;
        return this;
    }

    /**
     * The largest buffer allocated on behalf of the file, in bytes.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions maxAllocation(long value) {
        maxAllocation = value;
        return this;
    }

    /**
     * The stack is compacted after a flush that leaves so many layers; 0 for never.
     *
     * @param value how much
     * @return these options
     */
    public FileOptions compactAt(long value) {
        compactAt = value;
        return this;
    }

    /** Calls a function with the library's form of the options; 0 for null. */
    static long with(FileOptions options, LongUnaryOperator call) {
        if (options == null) {
            return call.applyAsLong(0);
        }
        try (af_file_options struct = new af_file_options()) {
            long address = af_file_options.getCPtr(struct);
            Raw.af_file_options_init(address);
            options.fill(struct);
            return call.applyAsLong(address);
        }
    }

    private void fill(af_file_options struct) {
        struct.setWritable(writable);
        struct.setReplace(replace);
        struct.setFooter_version(footerVersion);
        if (codec != null) {
            struct.setCodec(codec.ordinal());
        }
        struct.setCodec_level(codecLevel);
        if (durability != null) {
            struct.setDurability(durability.ordinal());
        }
        struct.setThreads(threads);
        struct.setLayers(layers);
        struct.setBlock_size(blockSize);
        struct.setWrite_buffer_size(writeBufferSize);
        struct.setCache_size(cacheSize);
        struct.setMax_layers(maxLayers);
        struct.setMax_arrays(maxArrays);
        struct.setMax_allocation(maxAllocation);
        struct.setCompact_at(compactAt);
    }
}
