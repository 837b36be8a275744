package org.arrayformat;

/**
 * One layer of a stack.
 *
 * @param foreign whether another library wrote it: no checksums, no index
 * @param number 0 for the base, else the number in the sidecar's name
 * @param size in bytes
 * @param arrayCount arrays mentioned, deleted ones included
 * @param blockCount blocks
 * @param id 16 bytes
 */
public record LayerInfo(boolean foreign, long number, long size, long arrayCount, long blockCount, byte[] id) {}
