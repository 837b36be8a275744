package org.arrayformat;

/** Makes exceptions of the library's failures. Called by the native code. */
final class Failures {
    private Failures() {}

    static Throwable of(int code, byte[] message, int osErrno, int httpStatus) {
        Status status = Status.of(code);
        String text = Text.of(message);
        return ArrayFormatException.of(status, text).with(osErrno, httpStatus, Callbacks.takeRaised(status, text));
    }
}
