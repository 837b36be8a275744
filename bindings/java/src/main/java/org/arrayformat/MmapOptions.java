package org.arrayformat;

import java.util.function.LongUnaryOperator;

/** Options of a {@link MmapArray}. What is not set is the library's default. Each method answers the same options. */
public final class MmapOptions {
    private MmapMode mode;
    private Durability durability;
    private boolean replace;
    private boolean lock;
    private boolean strict;
    private boolean reserve;

    /**
     * Opening: what may be done with the elements.
     *
     * @param value the choice
     * @return these options
     */
    public MmapOptions mode(MmapMode value) {
        mode = value;
        return this;
    }

    /**
     * Creating: what success means for the disk.
     *
     * @param value the choice
     * @return these options
     */
    public MmapOptions durability(Durability value) {
        durability = value;
        return this;
    }

    /**
     * Creating: whether a file of this name is replaced.
     *
     * @param value whether
     * @return these options
     */
    public MmapOptions replace(boolean value) {
        replace = value;
        return this;
    }

    /**
     * Whether others that ask for the lock are kept out.
     *
     * @param value whether
     * @return these options
     */
    public MmapOptions lock(boolean value) {
        lock = value;
        return this;
    }

    /**
     * Opening: whether every byte of the header must be what a writer gives it.
     *
     * @param value whether
     * @return these options
     */
    public MmapOptions strict(boolean value) {
        strict = value;
        return this;
    }

    /**
     * Creating: whether all disk space is taken at once.
     *
     * @param value whether
     * @return these options
     */
    public MmapOptions reserve(boolean value) {
        reserve = value;
        return this;
    }

    /** Calls a function with the library's form of the options; 0 for null. */
    static long with(MmapOptions options, LongUnaryOperator call) {
        if (options == null) {
            return call.applyAsLong(0);
        }
        try (af_mmap_options struct = new af_mmap_options()) {
            long address = af_mmap_options.getCPtr(struct);
            Raw.af_mmap_options_init(address);
            options.fill(struct);
            return call.applyAsLong(address);
        }
    }

    private void fill(af_mmap_options struct) {
        if (mode != null) {
            struct.setMode(mode.ordinal());
        }
        if (durability != null) {
            struct.setDurability(durability.ordinal());
        }
        struct.setReplace(replace);
        struct.setLock(lock);
        struct.setStrict(strict);
        struct.setReserve(reserve);
    }
}
