package org.arrayformat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Loads the native libraries: those in the folder that the property {@code arrayformat.native.path} names, else those in the jar,
 * which are copied to a folder of their own first.
 */
final class Natives {
    static final String PATH_PROPERTY = "arrayformat.native.path";
    private static final List<String> LIBRARIES = List.of("libarrayformat.so.1", "libarrayformat_jni.so");

    static {
        loadAll();
    }

    private Natives() {}

    /** Returns when they are loaded. */
    static void load() {}

    private static void loadAll() {
        String folder = System.getProperty(PATH_PROPERTY);
        if (folder != null) {
            LIBRARIES.forEach(library -> System.load(Path.of(folder, library).toAbsolutePath().toString()));
            return;
        }
        try {
            loadCopies(Files.createTempDirectory("arrayformat-"));
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("the native libraries of arrayformat could not be copied: " + e);
        }
    }

    private static void loadCopies(Path folder) throws IOException {
        try {
            for (String library : LIBRARIES) {
                Path copy = folder.resolve(library);
                try (InputStream packed = Natives.class.getResourceAsStream("/natives/" + platform() + "/" + library)) {
                    if (packed == null) {
                        throw new UnsatisfiedLinkError("arrayformat has no native libraries for " + platform() + "; -D" + PATH_PROPERTY
                            + "=FOLDER names others");
                    }
                    Files.copy(packed, copy);
                }
                System.load(copy.toString());
            }
        } finally {
            // What is loaded needs no name any more.
            for (String library : LIBRARIES) {
                Files.deleteIfExists(folder.resolve(library));
            }
            Files.deleteIfExists(folder);
        }
    }

    private static String platform() {
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        return System.getProperty("os.name").toLowerCase(Locale.ROOT) + "-" + machine;
    }
}
