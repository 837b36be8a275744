package org.arrayformat;

/** How the metadata of a store of datasets are written. */
public enum MetadataFormat {
    /** JSON. */
    JSON,
    /** MessagePack. */
    MSGPACK;

    int code() {
        return ordinal() + 1;
    }

    /** Null for containers, which have none. */
    static MetadataFormat of(int code) {
        return code == 0 ? null : values()[code - 1];
    }
}
