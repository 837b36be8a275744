package org.arrayformat;

/** How blocks are compressed. */
public enum Codec {
    /** Zstandard at level 3. */
    DEFAULT,
    /** Not at all. */
    NONE,
    /** LZ4. */
    LZ4,
    /** Zstandard; the level is an option. */
    ZSTD;

    private static final Codec[] ALL = values();

    static Codec of(int code) {
        return ALL[code];
    }
}
