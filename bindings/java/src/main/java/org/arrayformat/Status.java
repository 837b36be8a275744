package org.arrayformat;

/** What a call of the library ended with. The order is that of the numbers, which never change. */
public enum Status {
    /** Success. */
    OK,
    /** No such file, object or store. */
    NOT_FOUND,
    /** The file or object is there already. */
    ALREADY_EXISTS,
    /** No such array. */
    ARRAY_NOT_FOUND,
    /** There is an array of this name. */
    ARRAY_ALREADY_EXISTS,
    /** No such dataset. */
    DATASET_NOT_FOUND,
    /** There is a dataset of this name. */
    DATASET_ALREADY_EXISTS,
    /** No such attribute. */
    ATTRIBUTE_NOT_FOUND,
    /** Text that is not Unicode, a path that cannot be a file of this kind. */
    INVALID_NAME,
    /** An argument that is not allowed. */
    INVALID_ARGUMENT,
    /** The call does not fit the array's data type. */
    DTYPE_MISMATCH,
    /** A region, index or coordinate outside the array. */
    OUT_OF_BOUNDS,
    /** A limit of the format, or one that the caller set. */
    LIMIT_EXCEEDED,
    /** The bytes are not what the format says, or a checksum does not match. */
    CORRUPT,
    /** Valid, but not known to this library. */
    UNSUPPORTED,
    /** The handle is for reading. */
    READ_ONLY,
    /** Another writer changed the same thing first; nothing was written. */
    CONFLICT,
    /** What the handle reads was replaced; a refresh moves on. */
    STALE,
    /** The progress callback said so. */
    CANCELLED,
    /** It took too long. */
    TIMED_OUT,
    /** Who are you? */
    UNAUTHENTICATED,
    /** You may not. */
    PERMISSION_DENIED,
    /** The operating system, a server or a user's store failed. */
    IO,
    /** There is no memory. */
    OUT_OF_MEMORY,
    /** The handle belongs to the parent process. */
    FORKED,
    /** A defect in the library. */
    INTERNAL;

    private static final Status[] ALL = values();

    /** {@return the number that the C library and the stores of users know it by} */
    public int code() {
        return ordinal();
    }

    static Status of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : INTERNAL;
    }

    /** {@return its name in the C library, such as "not-found"} */
    @Override
    public String toString() {
        return Text.of(Raw.af_status_name(code()));
    }
}
