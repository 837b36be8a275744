package org.arrayformat;

/**
 * Statistics of one array.
 *
 * @param name its name; across datasets the dataset's
 * @param known whether there are any: layers of other writers may have none, and then the rest says nothing
 * @param rowCount the number of elements, written or not; unsigned
 * @param nullCount the number of elements that equal the fill value or were never written; unsigned
 * @param min the least element that was written and is not the fill value; null if there is none
 * @param max the greatest one
 */
public record Statistics(String name, boolean known, long rowCount, long nullCount, Value min, Value max) {}
