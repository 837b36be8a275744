package org.arrayformat;

/** Told now and then how far a long call is, on the thread that made it. */
@FunctionalInterface
public interface Progress {
    /**
     * Takes note, and says whether to go on. It must not call methods of the same file or atlas, but for close.
     *
     * @param done units of work that are done
     * @param total units of work in all; may grow
     * @return false to cancel: the call ends with {@link ArrayFormatException.Cancelled}, and nothing is changed on disk. Something thrown
     *     cancels as well, and becomes the cause
     */
    boolean update(long done, long total);
}
