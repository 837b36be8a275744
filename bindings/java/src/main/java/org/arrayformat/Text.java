package org.arrayformat;

import java.nio.charset.StandardCharsets;

/** Text as the library wants it: UTF-8, every code point as itself. */
final class Text {
    private Text() {}

    static byte[] utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                i = endOfPair(text, i);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Null stays null. */
    static byte[] utf8OrNull(String text) {
        return text == null ? null : utf8(text);
    }

    // Java would write '?' for half a pair, and that is another name.
    private static int endOfPair(String text, int i) {
        boolean whole = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!whole) {
            throw new ArrayFormatException.InvalidName("text with half a surrogate pair at index " + i + " is not Unicode");
        }
        return i + 1;
    }

    static String of(byte[] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }
}
