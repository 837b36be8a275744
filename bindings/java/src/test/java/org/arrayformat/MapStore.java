package org.arrayformat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store in a map, which fails when told to. */
class MapStore implements UserStore {
    private record Held(byte[] bytes, String token) {}

    private final Map<String, Held> objects = new TreeMap<>();
    private long lastToken;
    volatile Exception failure;
    volatile String failing;
    volatile boolean released;

    private void mayFail(String call) throws IOException {
        if (call.equals(failing)) {
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            throw (IOException) failure;
        }
    }

    @Override
    public synchronized Stat stat(String key) throws IOException {
        mayFail("stat");
        Held held = objects.get(key);
        return held == null ? null : new Stat(held.bytes.length, held.token);
    }

    @Override
    public synchronized void get(String key, String token, long offset, ByteBuffer dst) throws IOException {
        mayFail("get");
        Held held = objects.get(key);
        if (held == null) {
            throw new ArrayFormatException.NotFound(key);
        }
        if (!held.token.equals(token)) {
            throw new ArrayFormatException.Stale(key);
        }
        dst.put(held.bytes, Math.toIntExact(offset), dst.remaining());
    }

    @Override
    public synchronized String put(String key, List<ByteBuffer> parts, Condition condition, String token) throws IOException {
        mayFail("put");
        Held held = objects.get(key);
        boolean goes = switch (condition) {
            case ALWAYS -> true;
            case IF_ABSENT -> held == null;
            case IF_MATCH -> held != null && held.token.equals(token);
        };
        if (!goes) {
            throw new ArrayFormatException.Conflict(key);
        }
        byte[] bytes = new byte[parts.stream().mapToInt(ByteBuffer::remaining).sum()];
        int end = 0;
        for (ByteBuffer part : parts) {
            int length = part.remaining();
            part.get(bytes, end, length);
            end += length;
        }
        objects.put(key, new Held(bytes, "token " + ++lastToken));
        return "token " + lastToken;
    }

    @Override
    public synchronized void remove(String key, String token) throws IOException {
        mayFail("remove");
        Held held = objects.get(key);
        if (held == null) {
            throw new ArrayFormatException.NotFound(key);
        }
        if (token != null && !held.token.equals(token)) {
            throw new ArrayFormatException.Conflict(key);
        }
        objects.remove(key);
    }

    @Override
    public synchronized List<Entry> list(String prefix) throws IOException {
        mayFail("list");
        return objects.entrySet().stream().filter(e -> e.getKey().startsWith(prefix))
            .map(e -> new Entry(e.getKey(), e.getValue().bytes.length)).toList();
    }

    @Override
    public void released() {
        released = true;
    }
}
