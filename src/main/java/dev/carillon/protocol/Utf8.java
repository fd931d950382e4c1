package dev.carillon.protocol;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks text that is there as a whole or arrives in pieces, which may end within a character. Takes what RFC 3629 calls
 * well formed: no overlong forms, no surrogates, nothing beyond U+10FFFF. Not thread-safe.
 */
public final class Utf8 {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long NOT_ASCII = 0x8080808080808080L;

    /** Bytes of the current character that are still to come, and the range that the next one must be in. */
    private int missing;

    private int low = 0x80;
    private int high = 0xbf;

    /** Of a text that has come whole: eight bytes at a time where they are ASCII, as nearly all of JSON is. */
    public static boolean isText(byte[] whole) {
        Utf8 text = new Utf8();
        int next = 0;
        while (next < whole.length) {
            if (text.isComplete()
                    && next + Long.BYTES <= whole.length
                    && ((long) WORDS.get(whole, next) & NOT_ASCII) == 0) {
                next += Long.BYTES;
            } else if (!text.accept(whole[next++])) {
                return false;
            }
        }
        return text.isComplete();
    }

    /** @return false if the text is no UTF-8, whatever may follow */
    public boolean accept(ByteBuf piece) {
        return piece.forEachByte(this::accept) < 0;
    }

    /** Whether the text may end here. */
    public boolean isComplete() {
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
