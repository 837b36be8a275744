package org.arrayformat;

/** What success means for the disk. */
public enum Durability {
    /** What a successful call wrote survives a crash and a loss of power. */
    FULL,
    /** Scratch data: nothing waits for the disk. */
    NONE
}
