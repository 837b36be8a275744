package org.arrayformat;

/** The native library. */
public final class Library {
    private Library() {}

    /** {@return its version, such as "0.1.0"} */
    public static String version() {
        return Text.of(Raw.af_version_text());
    }

    /** {@return its version as major * 1,000,000 + minor * 1,000 + patch} */
    public static int versionNumber() {
        return Raw.af_version();
    }

    /** {@return the number in its SONAME} */
    public static int abiVersion() {
        return Raw.af_abi_version();
    }
}
