package org.arrayformat;

/**
 * One array, as in a listing.
 *
 * @param name its name; across datasets the dataset's
 * @param dataType its type; null where a dataset does not have the variable
 * @param shape its extents
 */
public record ArrayInfo(String name, DataType dataType, long[] shape) {}
