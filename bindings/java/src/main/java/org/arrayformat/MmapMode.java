package org.arrayformat;

/** What may be done with the elements of a mapped array. */
public enum MmapMode {
    /** They are read. */
    READ_ONLY,
    /** Changes go to the file, and to everyone who has it mapped. */
    READ_WRITE,
    /** Changes are this handle's own and go with it. */
    COPY_ON_WRITE
}
