package org.arrayformat;

/** How elements are going to be used. */
public enum Advice {
    /** No special way. */
    NORMAL,
    /** From first to last. */
    SEQUENTIAL,
    /** Here and there. */
    RANDOM,
    /** Soon: fetch them. */
    WILL_NEED,
    /** Not for now: give their memory back. Nothing is lost by it. */
    DONT_NEED
}
