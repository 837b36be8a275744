/**
 * Very many n-dimensional arrays in few files.
 *
 * <p>{@link org.arrayformat.ArrayFile} is many arrays in one stack of files, {@link org.arrayformat.Atlas} many datasets that have variables in
 * common, {@link org.arrayformat.MmapArray} one array in a mapped file. A {@link org.arrayformat.Store} says where files and atlases live.
 * Each is closed by {@code close}, or else when it is collected, and may be used by any number of threads; the C library's header
 * says of each call what it does and how it may fail.
 */
package org.arrayformat;
