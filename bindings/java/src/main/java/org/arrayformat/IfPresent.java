package org.arrayformat;

/** What becomes of an array that is there already. */
public enum IfPresent {
    /** {@link ArrayFormatException.ArrayAlreadyExists}, and nothing is done. */
    REFUSE,
    /** It stays; merging only. */
    SKIP,
    /** It is replaced. */
    REPLACE
}
