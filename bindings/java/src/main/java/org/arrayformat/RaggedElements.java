package org.arrayformat;

import java.util.List;

/**
 * One variable of variable length of many datasets.
 *
 * @param <T> of one element
 * @param elements of all datasets, one after the other
 * @param offsets where each dataset's begin, in elements, and where the last one's end
 * @param present whether each dataset has the variable
 */
public record RaggedElements<T>(List<T> elements, long[] offsets, boolean[] present) {}
