package org.arrayformat;

/**
 * One attribute of one array or dataset.
 *
 * @param name of the array or dataset
 * @param value the attribute; null where there is none
 */
public record NamedValue(String name, Value value) {}
