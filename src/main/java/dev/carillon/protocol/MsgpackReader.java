package dev.carillon.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/**
 * A command in MessagePack as the JSON text of the same command. Bytes may stand in {@code data} alone, and are kept
 * aside. Confined to its thread.
 */
final class MsgpackReader {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_DEPTH = 128;

    private final MessageUnpacker in;
    private final int size;
    private final ByteArrayOutputStream text;
    private final JsonGenerator out;
    private byte @Nullable [] data;
    private long id;

    /** The top field that is being read, for errors. */
    private String field = "frame";

    private MsgpackReader(byte[] message) throws IOException {
        in = MessagePack.newDefaultUnpacker(message);
        size = message.length;
        text = new ByteArrayOutputStream(2 * message.length + 16);
        out = JSON.createGenerator(text);
    }

    /** @throws ProtocolException if it is no MessagePack map that JSON could hold */
    static MsgpackReader read(byte[] message) {
        long known = 0;
        try {
            MsgpackReader reader = new MsgpackReader(message);
            try {
                reader.frame();
            } catch (IOException | MessagePackException e) {
                known = reader.id;
                throw e;
            }
            return reader;
        } catch (IOException | MessagePackException e) {
            throw ProtocolException.field("frame", known, "is not valid MessagePack");
        }
    }

    /** In UTF-8; with {@code "binary":true} if there are bytes. */
    byte[] json() {
        return text.toByteArray();
    }

    /** The bytes in {@code data}; null if it holds JSON, or is not there. */
    byte @Nullable [] data() {
        return data;
    }

    private void frame() throws IOException {
        if (!in.hasNext() || in.getNextFormat().getValueType() != ValueType.MAP) {
            throw refused("must be a MessagePack map");
        }
        int fields = in.unpackMapHeader();
        out.writeStartObject();
        for (int i = 0; i < fields; i++) {
            String name = key();
            field = name;
            out.writeFieldName(name);
            boolean isData = name.equals("data");
            if (isData && in.getNextFormat().getValueType() == ValueType.BINARY) {
                data = in.readPayload(bounded(in.unpackBinaryHeader()));
                out.writeNull();
            } else {
                data = isData ? null : data;
                value(name.equals("id"), 1);
            }
            field = "frame";
        }
        if (data != null) {
            out.writeBooleanField("binary", true);
        }
        out.writeEndObject();
        out.close();
        if (in.hasNext()) {
            throw refused("must be one MessagePack map");
        }
    }

    private void value(boolean isId, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            field = "frame";
            throw refused("is nested too deep");
        }
        MessageFormat format = in.getNextFormat();
        switch (format.getValueType()) {
            case NIL -> {
                in.unpackNil();
                out.writeNull();
            }
            case BOOLEAN -> out.writeBoolean(in.unpackBoolean());
            case INTEGER -> integer(format, isId);
            case FLOAT -> number(format);
            case STRING -> out.writeString(text());
            case ARRAY -> {
                int elements = in.unpackArrayHeader();
                out.writeStartArray();
                for (int i = 0; i < elements; i++) {
                    value(false, depth + 1);
                }
                out.writeEndArray();
            }
            case MAP -> {
                int fields = in.unpackMapHeader();
                out.writeStartObject();
                for (int i = 0; i < fields; i++) {
                    out.writeFieldName(key());
                    value(false, depth + 1);
                }
                out.writeEndObject();
            }
            case BINARY -> throw refused("must not hold bytes within other data");
            default -> throw refused("must not hold an extension type");
        }
    }

    private void integer(MessageFormat format, boolean isId) throws IOException {
        BigInteger integer = format == MessageFormat.UINT64 ? in.unpackBigInteger() : null;
        if (integer != null && integer.bitLength() >= Long.SIZE) {
            out.writeNumber(integer);
            return;
        }
        long number = integer == null ? in.unpackLong() : integer.longValue();
        id = isId && number >= 1 && number <= Fields.MAX_SAFE_INTEGER ? number : id;
        out.writeNumber(number);
    }

    private void number(MessageFormat format) throws IOException {
        double number = format == MessageFormat.FLOAT32
                ? Double.parseDouble(Float.toString(in.unpackFloat()))
                : in.unpackDouble();
        if (!Double.isFinite(number)) {
            throw refused("must hold no number that JSON has not");
        }
        out.writeNumber(number);
    }

    private String key() throws IOException {
        if (in.getNextFormat().getValueType() != ValueType.STRING) {
            throw refused("must have text for all keys");
        }
        return text();
    }

    private String text() throws IOException {
        byte[] utf8 = in.readPayload(bounded(in.unpackRawStringHeader()));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("must hold text in UTF-8 only");
        }
    }

    // A header may promise more than there is, and its bytes would be allocated.
    private int bounded(int length) throws IOException {
        if (length > size - in.getTotalReadBytes()) {
            throw new IOException("cut off");
        }
        return length;
    }

    private ProtocolException refused(String must) {
        return ProtocolException.field(field, id, must);
    }
}
