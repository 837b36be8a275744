package org.arrayformat;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the native code calls back, known to it by numbers: a number that is no longer known does no harm, however late it comes. Nothing
 * leaves these methods but a status; what was thrown waits here for the exception that the status becomes.
 */
final class Callbacks {
    private static final int KEPT = 64;
    private static final int TOKEN_SIZE = 64;
    private static final UserStore.Condition[] CONDITIONS = UserStore.Condition.values();

    private static final AtomicLong LAST_NUMBER = new AtomicLong();
    // Weak, for a callback that refers to its own file would keep it from being collected: the file holds it.
    private static final Map<Long, WeakReference<Progress>> PROGRESS = new ConcurrentHashMap<>();
    private static final Map<Long, UserStore> STORES = new ConcurrentHashMap<>();
    private static final Map<Long, Object> HELD = new ConcurrentHashMap<>();
    private static final ConcurrentLinkedDeque<Raised> RAISED = new ConcurrentLinkedDeque<>();

    private record Raised(Thread thread, Status status, String said, Throwable what) {}

    @FunctionalInterface
    private interface Operation {
        void on(UserStore store) throws Exception;
    }

    private Callbacks() {}

    /** 0 for null. */
    static long register(Progress progress) {
        if (progress == null) {
            return 0;
        }
        long number = LAST_NUMBER.incrementAndGet();
        PROGRESS.put(number, new WeakReference<>(progress));
        return number;
    }

    static long register(UserStore store) {
        long number = LAST_NUMBER.incrementAndGet();
        STORES.put(number, store);
        return number;
    }

    /** Keeps an object until the library releases it. */
    static long hold(Object object) {
        long number = LAST_NUMBER.incrementAndGet();
        HELD.put(number, object);
        return number;
    }

    static void forget(long number) {
        if (number != 0) {
            PROGRESS.remove(number);
            STORES.remove(number);
            HELD.remove(number);
        }
    }

    /** What a callback threw that led to this failure, null if none did: the message of the library names the call. */
    static Throwable takeRaised(Status status, String message) {
        Raised best = null;
        for (Iterator<Raised> all = RAISED.descendingIterator(); all.hasNext(); ) {
            Raised one = all.next();
            boolean fits = one.status == status && (one.said.isEmpty() ? mine(one) : message.contains(one.said));
            if (fits && (best == null || (mine(one) && !mine(best)))) {
                best = one;
            }
        }
        if (best == null) {
            return null;
        }
        RAISED.remove(best);
        return best.what;
    }

    private static boolean mine(Raised one) {
        return one.thread == Thread.currentThread();
    }

    private static int raise(Status status, String said, Throwable what) {
        RAISED.add(new Raised(Thread.currentThread(), status, said, what));
        if (RAISED.size() > KEPT) {
            RAISED.poll();
        }
        return status.code();
    }

    // -- called by the native code

    static int progress(long number, long done, long total) {
        WeakReference<Progress> known = PROGRESS.get(number);
        Progress progress = known == null ? null : known.get();
        try {
            if (progress == null || progress.update(done, total)) {
                return 0;
            }
            RAISED.removeIf(one -> one.said.isEmpty() && mine(one));
            return 1;
        } catch (Throwable t) {
            return raise(Status.CANCELLED, "", t);
        }
    }

    static int stat(long number, byte[] key, long[] size, byte[] token) {
        return answer(number, "stat", key, store -> {
            UserStore.Stat stat = store.stat(Text.of(key));
            if (stat == null) {
                throw new ArrayFormatException.NotFound("no object " + Text.of(key));
            }
            size[0] = stat.size();
            give(stat.token(), token);
        });
    }

    static int get(long number, byte[] key, byte[] token, long offset, ByteBuffer dst) {
        return answer(number, "get", key, store -> {
            store.get(Text.of(key), Text.of(token), offset, dst);
            if (dst.hasRemaining()) {
                throw new IllegalStateException("get left " + dst.remaining() + " bytes of " + dst.capacity() + " unfilled");
            }
        });
    }

    static int put(long number, byte[] key, ByteBuffer[] parts, int condition, byte[] token, byte[] newToken) {
        return answer(number, "put", key, store -> {
            for (int i = 0; i < parts.length; i++) {
                parts[i] = parts[i].asReadOnlyBuffer();
            }
            give(store.put(Text.of(key), List.of(parts), CONDITIONS[condition], Text.of(token)), newToken);
        });
    }

    static int remove(long number, byte[] key, byte[] token) {
        return answer(number, "remove", key, store -> store.remove(Text.of(key), Text.of(token)));
    }

    static int list(long number, byte[] prefix, long emit, long context) {
        return answer(number, "list", prefix, store -> {
            for (UserStore.Entry entry : store.list(Text.of(prefix))) {
                int status = emit(emit, context, Text.utf8(entry.key()), entry.size());
                if (status != 0) {
                    throw ArrayFormatException.of(Status.of(status), "the list was cut short");
                }
            }
        });
    }

    static void release(long number) {
        HELD.remove(number);
        UserStore store = STORES.remove(number);
        if (store != null) {
            store.released();
        }
    }

    private static native int emit(long emit, long context, byte[] key, long size);

    private static int answer(long number, String call, byte[] key, Operation operation) {
        try {
            operation.on(STORES.get(number));
            return 0;
        } catch (ArrayFormatException.NotFound | ArrayFormatException.Conflict | NoSuchFileException e) {
            // Answers that the library asks for, not failures.
            return (e instanceof ArrayFormatException.Conflict ? Status.CONFLICT : Status.NOT_FOUND).code();
        } catch (ArrayFormatException e) {
            return raise(e.status(), said(call), e);
        } catch (OutOfMemoryError e) {
            return raise(Status.OUT_OF_MEMORY, said(call), e);
        } catch (Throwable t) {
            return raise(Status.IO, said(call), t);
        }
    }

    private static String said(String call) {
        return "the store's " + call + " of ";
    }

    private static void give(String token, byte[] into) {
        byte[] text = Text.utf8(token);
        if (text.length >= TOKEN_SIZE) {
            throw new IllegalArgumentException("a version token of " + text.length + " bytes; at most " + (TOKEN_SIZE - 1));
        }
        System.arraycopy(text, 0, into, 0, text.length);
    }
}
