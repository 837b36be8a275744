package org.arrayformat;

/** The kinds of stores of datasets. */
public enum Generation {
    /** A folder that atlas 0.9 and 0.10 read. */
    SCHEMA_1(1),
    /** Atlas 0.12; opened and written, never created. */
    SCHEMA_2(2),
    /** Atlas 0.13 and 0.14. */
    SCHEMA_3(3),
    /** data.atlas of atlas 0.16. */
    CONTAINER_1(101),
    /** data.atlas of atlas 0.17. */
    CONTAINER_8(108);

    private final int code;

    Generation(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Generation of(int code) {
        for (Generation generation : values()) {
            if (generation.code == code) {
                return generation;
            }
        }
        throw new ArrayFormatException.Unsupported("generation " + code + " is not known to this version of the binding");
    }
}
