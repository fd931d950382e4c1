package dev.carillon.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events. */
public final class EventText {
    /** A comment, for proxies that take a silent connection as dead; never changed. */
    public static final byte[] HEARTBEAT = ascii(":\n\n");

    private EventText() {}

    /** An event with a name; line breaks in its data make several lines of it. */
    public static void write(ByteArrayOutputStream out, String name, byte[] data) {
        out.writeBytes(ascii("event: " + name + "\n"));
        data(out, data);
        end(out);
    }

    /** Lines of data of an event that has begun. */
    public static void data(ByteArrayOutputStream out, byte[] data) {
        byte[] field = ascii("data: ");
        out.writeBytes(field);
        int line = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == '\n' || data[i] == '\r') {
                out.write(data, line, i - line);
                out.write('\n');
                out.writeBytes(field);
                line = i + 1;
            }
        }
        out.write(data, line, data.length - line);
        out.write('\n');
    }

    /** Ends an event. */
    public static void end(ByteArrayOutputStream out) {
        out.write('\n');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
