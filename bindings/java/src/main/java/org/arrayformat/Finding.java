package org.arrayformat;

/**
 * What a check found.
 *
 * @param problem whether data are damaged or missing; if not, it is only worth knowing
 * @param text what and where, one line
 */
public record Finding(boolean problem, String text) {}
