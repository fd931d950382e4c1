package dev.carillon.transport.websocket;

import io.netty.buffer.ByteBuf;

/**
 * Checks text that arrives in pieces, which may end within a character. Takes what RFC 3629 calls well formed: no
 * overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
final class Utf8 {
    /** Bytes of the current character that are still to come, and the range that the next one must be in. */
    private int missing;

    private int low = 0x80;
    private int high = 0xbf;

    /** @return false if the text is no UTF-8, whatever may follow */
    boolean accept(ByteBuf piece) {
        return piece.forEachByte(this::accept) < 0;
    }

    /** Whether the text may end here. */
    boolean isComplete() {
        return missing == 0;
    }

    private boolean accept(byte signed) {
        int b = signed & 0xff;
        if (missing == 0) {
            return b < 0x80 || lead(b);
        }
        if (b < low || b > high) {
            return false;
        }
        missing--;
        low = 0x80;
        high = 0xbf;
        return true;
    }

    private boolean lead(int b) {
        if (b < 0xc2 || b > 0xf4) {
            return false;
        }
        missing = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
        switch (b) {
            case 0xe0 -> low = 0xa0;
            case 0xed -> high = 0x9f;
            case 0xf0 -> low = 0x90;
            case 0xf4 -> high = 0x8f;
            default -> {}
        }
        return true;
    }
}
