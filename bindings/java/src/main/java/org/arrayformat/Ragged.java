package org.arrayformat;

/**
 * How one variable of many datasets lies one after the other.
 *
 * @param offsets where each dataset's begin, in bytes, and where the last one's end
 * @param present whether each dataset has the variable
 */
public record Ragged(long[] offsets, boolean[] present) {}
