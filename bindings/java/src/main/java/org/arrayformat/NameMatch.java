package org.arrayformat;

/** How names are compared with a pattern. */
public enum NameMatch {
    /** Names that begin with it. */
    PREFIX,
    /** Names that match it from end to end: * any text, ? one character, [a-z] one of these, [!a-z] one that is none of them. */
    GLOB
}
