package org.arrayformat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A place that holds objects under keys: a folder, memory, or what a {@link UserStore} reaches. Files and atlases in it keep it alive. */
public final class Store extends NativeHandle {
    private Store(long handle) {
        super(handle, Raw::af_store_close);
    }

    /**
     * A folder of the local file system.
     *
     * @param folder need not exist
     * @return it
     */
    public static Store local(Path folder) {
        return new Store(Raw.af_store_open_local(Text.utf8(folder.toString())));
    }

    /**
     * What lies below a URL, such as s3://bucket/prefix or https://host/path. Nothing is asked of the service yet.
     *
     * @param url where
     * @param options by name, on top of those in the environment's AF_STORE_OPTIONS; docs/stores.md lists them
     * @return it
     */
    public static Store url(String url, Map<String, String> options) {
        String lines = options.entrySet().stream().map(Store::line).collect(Collectors.joining("\n"));
        return new Store(Raw.af_store_open_url(Text.utf8(url), Text.utf8(lines)));
    }

    private static String line(Map.Entry<String, String> option) {
        if (option.getKey().matches("(?s).*[=\n].*") || option.getValue().contains("\n")) {
            throw new IllegalArgumentException("the option '" + option.getKey() + "' and its value must be one line");
        }
        return option.getKey() + "=" + option.getValue();
    }

    /** {@return an empty store in memory, gone with its last user} */
    public static Store memory() {
        return new Store(Raw.af_store_create_memory());
    }

    /**
     * A store of the user's own.
     *
     * @param store what does the work; held until the last user of the store is gone
     * @return it
     */
    public static Store of(UserStore store) {
        long number = Callbacks.register(store);
        try {
            return new Store(Raw.af_store_create_callbacks(number));
        } catch (ArrayFormatException e) {
            Callbacks.forget(number);
            throw e;
        }
    }

    /**
     * Reads an object whole.
     *
     * @param key its key
     * @return its bytes
     */
    public byte[] get(String key) {
        return VariableElements.take(call(store -> Raw.af_store_get(store, Text.utf8(key))), bytes -> bytes).get(0);
    }

    /**
     * Stores an object whole.
     *
     * @param key its key
     * @param bytes its bytes
     */
    public void put(String key, byte[] bytes) {
        Elements.from(bytes, (address, length) -> put(key, address, length, UserStore.Condition.ALWAYS));
    }

    /**
     * Stores an object whole if the key is free, else {@link ArrayFormatException.AlreadyExists}.
     *
     * @param key its key
     * @param bytes its bytes
     */
    public void putIfAbsent(String key, byte[] bytes) {
        Elements.from(bytes, (address, length) -> put(key, address, length, UserStore.Condition.IF_ABSENT));
    }

    /**
     * Stores an object whole.
     *
     * @param key its key
     * @param bytes a direct buffer
     */
    public void put(String key, ByteBuffer bytes) {
        Elements.inPlace(bytes, (address, length) -> put(key, address, length, UserStore.Condition.ALWAYS));
    }

    private long put(String key, long address, long length, UserStore.Condition condition) {
        return call(store -> Raw.af_store_put(store, Text.utf8(key), address, length, condition.ordinal()));
    }

    /**
     * Removes an object.
     *
     * @param key its key
     */
    public void remove(String key) {
        call(store -> Raw.af_store_remove(store, Text.utf8(key)));
    }

    /**
     * Lists keys.
     *
     * @param prefix what they begin with
     * @return those that have no '/' after it, sorted by their bytes
     */
    public List<String> list(String prefix) {
        return Results.strings(call(store -> Raw.af_store_list(store, Text.utf8(prefix))));
    }
}
