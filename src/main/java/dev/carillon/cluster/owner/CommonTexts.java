package dev.carillon.cluster.owner;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Short texts that come again and again, the names of nodes above all, as strings that are made once: an owner keeps one
 * for each user and channel. A table without locks, in which a text takes the place of another: threads may see it late,
 * or not, and make one more.
 */
final class CommonTexts {
    private static final int LONGEST = 64;
    private static final @Nullable String[] TABLE = new String[256];

    private CommonTexts() {}

    /** @param bytes UTF-8 */
    static String of(byte[] bytes, int from, int length) {
        if (length == 0) {
            return "";
        }
        if (length > LONGEST) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int hash = 0;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        int slot = (hash ^ hash >>> 16) & TABLE.length - 1;
        String there = TABLE[slot];
        if (there != null && isSame(there, bytes, from, length)) {
            return there;
        }
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        TABLE[slot] = text;
        return text;
    }

    /** Of ASCII; what is not never is the same, a byte above it being less than nought. */
    private static boolean isSame(String text, byte[] bytes, int from, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
