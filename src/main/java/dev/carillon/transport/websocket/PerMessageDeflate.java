package dev.carillon.transport.websocket;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node makes of a client's offers of permessage-deflate (RFC 7692, section 7.1). */
final class PerMessageDeflate {
    private static final String NAME = "permessage-deflate";
    private static final String AGREED = NAME + "; server_no_context_takeover; client_no_context_takeover";

    /** The one window that the platform's deflate has. */
    private static final String WINDOW_BITS = "15";

    private PerMessageDeflate() {}

    /**
     * @param headers the values of {@code Sec-WebSocket-Extensions}
     * @return what is agreed on: the first offer that the node can keep to; null if there is none
     */
    static @Nullable String answer(List<String> headers) {
        for (String header : headers) {
            for (String offer : header.split(",", -1)) {
                String[] parts = offer.split(";", -1);
                if (parts[0].trim().equalsIgnoreCase(NAME)) {
                    String agreed = agree(parts);
                    if (agreed != null) {
                        return agreed;
                    }
                }
            }
        }
        return null;
    }

    private static @Nullable String agree(String[] parts) {
        Set<String> seen = new HashSet<>();
        String window = "";
        for (int i = 1; i < parts.length; i++) {
            String[] parameter = parts[i].split("=", 2);
            String name = parameter[0].trim().toLowerCase(Locale.ROOT);
            String value = parameter.length == 1 ? null : unquoted(parameter[1].trim());
            boolean known =
                    switch (name) {
                        case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
                        // However small the client's window is, what it deflates is inflated.
                        case "client_max_window_bits" -> value == null || value.matches("[89]|1[0-5]");
                        case "server_max_window_bits" -> WINDOW_BITS.equals(value);
                        default -> false;
                    };
            if (!known || !seen.add(name)) {
                return null;
            }
            if (name.equals("server_max_window_bits")) {
                window = "; server_max_window_bits=" + WINDOW_BITS;
            }
        }
        return AGREED + window;
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
