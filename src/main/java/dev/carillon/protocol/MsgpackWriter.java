package dev.carillon.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** A frame in JSON as the same frame in MessagePack. Confined to its thread. */
final class MsgpackWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MessageBufferPacker out = MessagePack.newDefaultBufferPacker();

    private MsgpackWriter() {}

    /**
     * @param frame written by {@link JsonFrames}
     * @param bytes what a binary publication carries; null if the frame is none
     */
    static byte[] pack(byte[] frame, byte @Nullable [] bytes) {
        MsgpackWriter writer = new MsgpackWriter();
        try {
            JsonNode tree = JSON.readTree(frame);
            if (bytes == null) {
                writer.frame(tree);
            } else {
                writer.binary(tree, bytes);
            }
            return writer.out.toByteArray();
        } catch (IOException e) {
            throw new AssertionError("what was written as JSON is JSON", e);
        }
    }

    // Publications may be bytes wherever a frame lists them; what they carry is not looked into.
    private void frame(JsonNode frame) throws IOException {
        out.packMapHeader(frame.size());
        for (Iterator<Map.Entry<String, JsonNode>> fields = frame.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            out.packString(field.getKey());
            switch (field.getKey()) {
                case "subscriptions" -> {
                    out.packArrayHeader(field.getValue().size());
                    for (JsonNode subscribed : field.getValue()) {
                        frame(subscribed);
                    }
                }
                case "messages" -> {
                    out.packArrayHeader(field.getValue().size());
                    for (JsonNode publication : field.getValue()) {
                        publication(publication);
                    }
                }
                default -> value(field.getValue());
            }
        }
    }

    private void publication(JsonNode publication) throws IOException {
        if (publication.path("binary").asBoolean()) {
            binary(publication, publication.path("bytes").binaryValue());
        } else {
            value(publication);
        }
    }

    private void binary(JsonNode publication, byte[] bytes) throws IOException {
        // "data" takes the place of "binary".
        out.packMapHeader(publication.size() - (publication.has("bytes") ? 1 : 0));
        for (Iterator<Map.Entry<String, JsonNode>> fields = publication.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            if (field.getKey().equals("binary")) {
                out.packString("data");
                out.packBinaryHeader(bytes.length);
                out.writePayload(bytes);
            } else if (!field.getKey().equals("bytes")) {
                out.packString(field.getKey());
                value(field.getValue());
            }
        }
    }

    private void value(JsonNode value) throws IOException {
        switch (value.getNodeType()) {
            case OBJECT -> {
                out.packMapHeader(value.size());
                for (Iterator<Map.Entry<String, JsonNode>> fields = value.fields(); fields.hasNext(); ) {
                    Map.Entry<String, JsonNode> field = fields.next();
                    out.packString(field.getKey());
                    value(field.getValue());
                }
            }
            case ARRAY -> {
                out.packArrayHeader(value.size());
                for (JsonNode element : value) {
                    value(element);
                }
            }
            case STRING -> out.packString(value.textValue());
            case BOOLEAN -> out.packBoolean(value.booleanValue());
            case NUMBER -> number(value);
            case NULL -> out.packNil();
            default -> throw new AssertionError(value.getNodeType());
        }
    }

    private void number(JsonNode number) throws IOException {
        BigInteger integer = number.isBigInteger() ? number.bigIntegerValue() : null;
        if (integer == null && number.isIntegralNumber()) {
            out.packLong(number.longValue());
        } else if (integer != null && integer.signum() > 0 && integer.bitLength() <= Long.SIZE) {
            out.packBigInteger(integer);
        } else {
            out.packDouble(number.doubleValue());
        }
    }
}
