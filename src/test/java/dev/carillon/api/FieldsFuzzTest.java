package dev.carillon.api;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.carillon.protocol.ProtocolException;

/** Whatever is posted is fields of the right kinds or a refusal. */
class FieldsFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void parse(byte[] body) {
        try {
            Fields fields = Fields.parse(body).in("");
            read(fields);
            Fields inner = fields.object("since");
            if (inner != null) {
                read(inner);
            }
        } catch (ProtocolException refused) {
            // As it should be.
        }
    }

    private static void read(Fields fields) {
        boolean unused = fields.has("data") && fields.data().isBinary();
        Object[] read = {
            fields.optionalString("user_id", 10),
            fields.flag("reverse"),
            fields.integer("limit", 1, 5, 1),
            fields.instant("before"),
            fields.strings("channels", 3),
            fields.key(),
            fields.has("channel") ? fields.channel() : ""
        };
        if (read.length == 0) {
            throw new AssertionError();
        }
    }
}
