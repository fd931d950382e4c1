package dev.carillon.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes JSON straight into bytes. The caller keeps objects and arrays balanced. Confined to its thread. */
final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int size;
    private boolean comma;

    JsonWriter(int expectedBytes) {
        bytes = new byte[expectedBytes];
    }

    /** Begins a frame. */
    static JsonWriter frame(String type, int expectedBytes) {
        return new JsonWriter(expectedBytes).beginObject().field("type", type);
    }

    JsonWriter beginObject() {
        separate();
        put('{');
        comma = false;
        return this;
    }

    JsonWriter endObject() {
        put('}');
        comma = true;
        return this;
    }

    JsonWriter beginArray() {
        separate();
        put('[');
        comma = false;
        return this;
    }

    JsonWriter endArray() {
        put(']');
        comma = true;
        return this;
    }

    JsonWriter name(String name) {
        separate();
        put('"');
        ascii(name);
        put('"');
        put(':');
        comma = false;
        return this;
    }

    JsonWriter field(String name, String value) {
        return name(name).string(value);
    }

    JsonWriter field(String name, long value) {
        return name(name).number(value);
    }

    JsonWriter field(String name, boolean value) {
        JsonWriter unused = name(name);
        ascii(value ? "true" : "false");
        comma = true;
        return this;
    }

    /** A value that is JSON already. */
    JsonWriter raw(String name, byte[] json) {
        JsonWriter unused = name(name);
        ensure(json.length);
        System.arraycopy(json, 0, bytes, size, json.length);
        size += json.length;
        comma = true;
        return this;
    }

    JsonWriter string(String value) {
        separate();
        put('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x80) {
                escaped(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                fourBytes(Character.toCodePoint(c, value.charAt(++i)));
            } else if (Character.isSurrogate(c)) {
                threeBytes('\ufffd');
            } else if (c < 0x800) {
                put(0xc0 | c >> 6);
                put(0x80 | c & 0x3f);
            } else {
                threeBytes(c);
            }
        }
        put('"');
        comma = true;
        return this;
    }

    JsonWriter number(long value) {
        separate();
        ascii(Long.toString(value));
        comma = true;
        return this;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private void escaped(char c) {
        if (c >= ' ') {
            if (c == '"' || c == '\\') {
                put('\\');
            }
            put(c);
            return;
        }
        put('\\');
        switch (c) {
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            default -> {
                ascii("u00");
                put(HEX[c >> 4]);
                put(HEX[c & 0xf]);
            }
        }
    }

    private void threeBytes(char c) {
        put(0xe0 | c >> 12);
        put(0x80 | c >> 6 & 0x3f);
        put(0x80 | c & 0x3f);
    }

    private void fourBytes(int codePoint) {
        put(0xf0 | codePoint >> 18);
        put(0x80 | codePoint >> 12 & 0x3f);
        put(0x80 | codePoint >> 6 & 0x3f);
        put(0x80 | codePoint & 0x3f);
    }

    private void ascii(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    private void put(int b) {
        ensure(1);
        bytes[size++] = (byte) b;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
