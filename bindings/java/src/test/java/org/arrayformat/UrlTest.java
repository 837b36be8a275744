package org.arrayformat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A web server over a folder. */
class UrlTest {
    @TempDir
    Path folder;

    private HttpServer server;
    private String url;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        try (ArrayFile file = ArrayFile.create(folder.resolve("stack.af"))) {
            file.define("array", Schema.of(DataType.INT32, 3));
            file.write("array", new int[] {1, 2, 3});
            file.flush();
            file.compact();
        }
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path path = folder.resolve(exchange.getRequestURI().getPath().substring(1));
            if (!Files.isRegularFile(path)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] whole = Files.readAllBytes(path);
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = 0;
            int to = whole.length;
            if (range != null) {
                String[] ends = range.substring("bytes=".length()).split("-", 2);
                from = ends[0].isEmpty() ? Math.max(0, whole.length - Integer.parseInt(ends[1])) : Integer.parseInt(ends[0]);
                to = ends[0].isEmpty() || ends[1].isEmpty() ? whole.length : Math.min(whole.length, Integer.parseInt(ends[1]) + 1);
                exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + whole.length);
            }
            exchange.getResponseHeaders().set("ETag", "\"" + whole.length + "-" + Arrays.hashCode(whole) + "\"");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(to - from));
            }
            exchange.sendResponseHeaders(range != null ? 206 : 200, head ? -1 : to - from);
            if (!head) {
                exchange.getResponseBody().write(whole, from, to - from);
            }
        }
    }

    @Test
    void filesAreReadAtUrls() {
        try (ArrayFile file = ArrayFile.open(url + "/stack.af", null)) {
            assertArrayEquals(new int[] {1, 2, 3}, file.readInts("array"));
        }
        try (Store store = Store.url(url, Map.of()); ArrayFile file = ArrayFile.open(store, "stack.af", null)) {
            assertArrayEquals(new int[] {1, 2, 3}, file.readInts("array"));
        }
        var missing = assertThrows(ArrayFormatException.NotFound.class, () -> ArrayFile.open(url + "/none.af", null));
        assertEquals(Status.NOT_FOUND, missing.status());
    }

    @Test
    void optionsAreOneLineEach() {
        assertThrows(ArrayFormatException.InvalidArgument.class, () -> Store.url(url, Map.of("no.such.option", "1")));
        assertThrows(IllegalArgumentException.class, () -> Store.url(url, Map.of("a", "1\nb=2")));
        assertThrows(IllegalArgumentException.class, () -> Store.url(url, Map.of("a=b", "1")));
        assertThrows(ArrayFormatException.Unsupported.class, () -> Store.url("gopher://host/path", Map.of()));
    }
}
