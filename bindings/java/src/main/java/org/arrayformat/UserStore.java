package org.arrayformat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A store of the user's own. Its methods are called from several threads at once, some of them not Java's. What they throw becomes the cause
 * of the failing call's exception; an {@link ArrayFormatException} decides its status, a {@link java.nio.file.NoSuchFileException} is
 * not-found, everything else is {@link Status#IO}.
 *
 * <p>A version token is text of at most 63 bytes that changes whenever the object does and never comes back. A put must be atomic and,
 * when it returns, durable. A store that does not honour conditions loses data as soon as there are two writers.
 *
 * <p>Buffers belong to the call: they must not be kept.
 */
public interface UserStore {
    /**
     * An object.
     *
     * @param size in bytes
     * @param token its version token
     */
    record Stat(long size, String token) {}

    /**
     * A key and what it holds.
     *
     * @param key the key
     * @param size in bytes
     */
    record Entry(String key, long size) {}

    /** When a put goes through. */
    enum Condition {
        /** Replace what is there. */
        ALWAYS,
        /** {@link ArrayFormatException.Conflict} if the key is there. */
        IF_ABSENT,
        /** {@link ArrayFormatException.Conflict} if the object's token is not the given one. */
        IF_MATCH
    }

    /**
     * Tells of an object.
     *
     * @param key the key
     * @return its size and token; null if it is not there
     * @throws IOException if it cannot be told
     */
    Stat stat(String key) throws IOException;

    /**
     * Fills a buffer from an object, which must still have this token, else {@link ArrayFormatException.Stale}.
     *
     * @param key the key
     * @param token the token it had
     * @param offset where to begin
     * @param dst to be filled whole
     * @throws IOException if it cannot be read
     */
    void get(String key, String token, long offset, ByteBuffer dst) throws IOException;

    /**
     * Stores an object whole.
     *
     * @param key the key
     * @param parts its bytes: one buffer, more for objects of 1 GiB and more
     * @param condition when to do it
     * @param token for {@link Condition#IF_MATCH} what the object must have, else null
     * @return the version token of what was stored here
     * @throws IOException if it cannot be stored
     */
    String put(String key, List<ByteBuffer> parts, Condition condition, String token) throws IOException;

    /**
     * Removes an object: {@link ArrayFormatException.NotFound} if it is not there, {@link ArrayFormatException.Conflict} if it has another
     * token.
     *
     * @param key the key
     * @param token its token; null for any
     * @throws IOException if it cannot be removed
     */
    void remove(String key, String token) throws IOException;

    /**
     * Lists objects.
     *
     * @param prefix what their keys begin with
     * @return keys and sizes in any order
     * @throws IOException if they cannot be listed
     */
    List<Entry> list(String prefix) throws IOException;

    /** Called when the last user of the store is gone. */
    default void released() {}
}
