package org.arrayformat;

/** Decoded blocks, shared by any number of files and atlases, which keep it alive. */
public final class BlockCache extends NativeHandle {
    private BlockCache(long handle) {
        super(handle, Raw::af_cache_close);
    }

    /**
     * An empty cache.
     *
     * @param capacity the most bytes it holds
     * @return it
     */
    public static BlockCache create(long capacity) {
        return new BlockCache(Raw.af_cache_create(capacity));
    }

    /** {@return the bytes it holds now} */
    public long size() {
        return call(Raw::af_cache_size);
    }
}
