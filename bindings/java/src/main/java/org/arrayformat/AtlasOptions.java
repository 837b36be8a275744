package org.arrayformat;

import java.util.function.LongUnaryOperator;

/** Options of an {@link Atlas}. What is not set is the library's default. Each method answers the same options. */
public final class AtlasOptions {
    private boolean writable;
    private Generation generation;
    private MetadataFormat metadataFormat;
    private Codec metadataCodec;
    private Codec codec;
    private int codecLevel;
    private TypeMismatch typeMismatch;
    private Durability durability;
    private int threads;
    private long blockSize;
    private long writeBufferSize;
    private long cacheSize;
    private long maxLayers;
    private long maxArrays;
    private long maxAllocation;
    private long maxDatasets;
    private long keepCommits;
    private long atCommit;

    /**
     * Opening: whether it may be changed through this handle.
     *
     * @param value whether
     * @return these options
     */
    public AtlasOptions writable(boolean value) {
        writable = value;
        return this;
    }

    /**
     * Creating: {@link Generation#SCHEMA_1} or {@link Generation#SCHEMA_3}.
     *
     * @param value the choice
     * @return these options
     */
    public AtlasOptions generation(Generation value) {
        generation = value;
        return this;
    }

    /**
     * Creating: how metadata are written.
     *
     * @param value the choice
     * @return these options
     */
    public AtlasOptions metadataFormat(MetadataFormat value) {
        metadataFormat = value;
        return this;
    }

    /**
     * Creating: how the metadata document is compressed: not at all by default.
     *
     * @param value the choice
     * @return these options
     */
    public AtlasOptions metadataCodec(Codec value) {
        metadataCodec = value;
        return this;
    }

    /**
     * Creating: the codec of the data.
     *
     * @param value the choice
     * @return these options
     */
    public AtlasOptions codec(Codec value) {
        codec = value;
        return this;
    }

    /**
     * Level of {@link Codec#ZSTD}.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions codecLevel(int value) {
        codecLevel = value;
        return this;
    }

    /**
     * What happens when a dataset gives a variable another type than the others do.
     *
     * @param value the choice
     * @return these options
     */
    public AtlasOptions typeMismatch(TypeMismatch value) {
        typeMismatch = value;
        return this;
    }

    /**
     * What success means for the disk.
     *
     * @param value the choice
     * @return these options
     */
    public AtlasOptions durability(Durability value) {
        durability = value;
        return this;
    }

    /**
     * Threads for long calls, the caller included: one for each core by default.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions threads(int value) {
        threads = value;
        return this;
    }

    /**
     * Bytes of chunk data gathered in a block before it is compressed: 256 KiB by default.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions blockSize(long value) {
        blockSize = value;
        return this;
    }

    /**
     * Bytes of unflushed chunk data kept in memory before they are packed into blocks on disk: 64 MiB by default.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions writeBufferSize(long value) {
        writeBufferSize = value;
        return this;
    }

    /**
     * Bytes of decoded blocks kept when there is no {@link BlockCache}: 64 MiB by default, negative for none.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions cacheSize(long value) {
        cacheSize = value;
        return this;
    }

    /**
     * The most layers of a stack that are opened.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions maxLayers(long value) {
        maxLayers = value;
        return this;
    }

    /**
     * The most datasets that have one variable.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions maxArrays(long value) {
        maxArrays = value;
        return this;
    }

    /**
     * The largest buffer allocated on behalf of the store, in bytes.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions maxAllocation(long value) {
        maxAllocation = value;
        return this;
    }

    /**
     * The most datasets.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions maxDatasets(long value) {
        maxDatasets = value;
        return this;
    }

    /**
     * How many commits of this handle stay open to {@link #atCommit}.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions keepCommits(long value) {
        keepCommits = value;
        return this;
    }

    /**
     * Opening to read: the store as of this commit; 0: as it is now.
     *
     * @param value how much
     * @return these options
     */
    public AtlasOptions atCommit(long value) {
        atCommit = value;
        return this;
    }

    /** Calls a function with the library's form of the options; 0 for null. */
    static long with(AtlasOptions options, LongUnaryOperator call) {
        if (options == null) {
            return call.applyAsLong(0);
        }
        try (af_atlas_options struct = new af_atlas_options()) {
            long address = af_atlas_options.getCPtr(struct);
            Raw.af_atlas_options_init(address);
            options.fill(struct);
            return call.applyAsLong(address);
        }
    }

    private void fill(af_atlas_options struct) {
        struct.setWritable(writable);
        if (generation != null) {
            struct.setGeneration(generation.code());
        }
        if (metadataFormat != null) {
            struct.setMetadata_format(metadataFormat.code());
        }
        if (metadataCodec != null) {
            struct.setMetadata_codec(metadataCodec.ordinal());
        }
        if (codec != null) {
            struct.setCodec(codec.ordinal());
        }
        struct.setCodec_level(codecLevel);
        if (typeMismatch != null) {
            struct.setType_mismatch(typeMismatch.ordinal());
        }
        if (durability != null) {
            struct.setDurability(durability.ordinal());
        }
        struct.setThreads(threads);
        struct.setBlock_size(blockSize);
        struct.setWrite_buffer_size(writeBufferSize);
        struct.setCache_size(cacheSize);
        struct.setMax_layers(maxLayers);
        struct.setMax_arrays(maxArrays);
        struct.setMax_allocation(maxAllocation);
        struct.setMax_datasets(maxDatasets);
        struct.setKeep_commits(keepCommits);
        struct.setAt_commit(atCommit);
    }
}
