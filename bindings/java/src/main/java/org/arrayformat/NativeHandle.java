package org.arrayformat;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * A living handle of the library. It may be closed at any time, by anyone and more than once; what nobody closes is closed when it is
 * collected. Calls under way end as they would have, later ones are IllegalStateException.
 */
abstract class NativeHandle implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final State state;
    private final Cleaner.Cleanable cleanable;

    /** What is done with a handle. */
    @FunctionalInterface
    interface Call {
        long on(long handle);
    }

    // It must not refer to its owner, which would never be collected.
    private static final class State extends AtomicLong implements Runnable {
        private static final long serialVersionUID = 1;
        private final transient LongConsumer closer;
        private transient volatile long progress;

        State(long handle, LongConsumer closer) {
            super(handle);
            this.closer = closer;
        }

        @Override
        public void run() {
            long handle = getAndSet(0);
            if (handle != 0) {
                closer.accept(handle);
                Outstanding.closed();
            }
            Callbacks.forget(progress);
        }
    }

    NativeHandle(long handle, LongConsumer closer) {
        state = new State(handle, closer);
        cleanable = CLEANER.register(this, state);
        Outstanding.opened();
    }

    /** Calls a function with the handle, which is not collected meanwhile. */
    final long call(Call call) {
        long handle = state.get();
        if (handle == 0) {
            throw closed(null);
        }
        try {
            return call.on(handle);
        } catch (ArrayFormatException.InvalidArgument e) {
            if (state.get() == 0) {
                throw closed(e);
            }
            throw e;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private IllegalStateException closed(Throwable cause) {
        return new IllegalStateException("this " + getClass().getSimpleName() + " is closed", cause);
    }

    /** Forgets the callback when the handle is closed. */
    final void keepProgress(long number) {
        long before = state.progress;
        state.progress = number;
        Callbacks.forget(before);
        if (state.get() == 0) {
            Callbacks.forget(number);
        }
    }

    /**
     * Ends the handle. Closing again does nothing; what depends on it goes on; calls under way on other threads end as they would have.
     * What was not flushed is dropped.
     */
    @Override
    public void close() {
        cleanable.clean();
    }

    static Cleaner cleaner() {
        return CLEANER;
    }
}
