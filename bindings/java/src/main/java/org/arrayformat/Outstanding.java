package org.arrayformat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts what is open. The collector does not know how much native memory hangs on a small object of Java's: when much more is open than
 * after the last look, it is asked to look itself.
 */
final class Outstanding {
    private static final long FEW = 20_000;
    private static final long PATIENCE_NS = 100_000_000;
    private static final long NAP_NS = 1_000_000;

    private static final AtomicLong COUNT = new AtomicLong();
    private static volatile long many = FEW;

    private Outstanding() {}

    static void opened() {
        if (COUNT.incrementAndGet() > many) {
            collect();
        }
    }

    static void closed() {
        COUNT.decrementAndGet();
    }

    private static synchronized void collect() {
        if (COUNT.get() <= many) {
            return;
        }
        System.gc();
        // As long as the cleaner gets on with it.
        long least = COUNT.get();
        for (long waited = 0; waited < PATIENCE_NS && least > FEW / 2; waited += NAP_NS) {
            LockSupport.parkNanos(NAP_NS);
            long now = COUNT.get();
            if (now < least) {
                least = now;
                waited = 0;
            }
        }
        many = Math.max(FEW, 2 * COUNT.get());
    }
}
