package org.arrayformat;

/** Which cells of an array, and how they lie in the caller's memory. Immutable. */
public final class Region {
    /** All cells, in C order. */
    public static final Region WHOLE = new Region(null, null, null);

    final long[] start;
    final long[] shape;
    final long[] strides;

    private Region(long[] start, long[] shape, long[] strides) {
        this.start = start;
        this.shape = shape;
        this.strides = strides;
    }

    /**
     * A box of cells.
     *
     * @param start the first cell along each axis
     * @param shape the number of cells along each axis
     * @return it, in C order in memory
     */
    public static Region of(long[] start, long[] shape) {
        if (start.length != shape.length) {
            throw new IllegalArgumentException("a start of rank " + start.length + " and a shape of rank " + shape.length);
        }
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("an extent of " + extent);
            }
        }
        return new Region(start.clone(), shape.clone(), null);
    }

    /**
     * The same cells, otherwise laid out in memory.
     *
     * @param strides bytes from one element to the next along each axis; negative and 0 too. What is given as memory then begins at the lowest
     *     address of the region
     * @return them
     */
    public Region withStrides(long... strides) {
        if (start != null && strides.length != start.length) {
            throw new IllegalArgumentException("strides of rank " + strides.length + " for a region of rank " + start.length);
        }
        return new Region(start, shape, strides.clone());
    }

    // The rank that the library wants to be told: of the whole array only beside strides.
    int rank() {
        return start != null ? start.length : strides != null ? strides.length : 0;
    }
}
