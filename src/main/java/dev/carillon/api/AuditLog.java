package dev.carillon.api;

import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.core.net.SocketAddress;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what operators and servers do: one line of the logger {@value #LOGGER} for each action, whatever came of
 * it. Neither tokens nor data come here. Safe on any thread.
 */
final class AuditLog {
    static final String LOGGER = "carillon.audit";

    /** Most of a value that a line shows. */
    private static final int MAX_CHARS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final Pattern PLAIN = Pattern.compile("[\\w:.@/*+$-]+");

    /** The field of a body that says why. */
    private static final String REASON = "reason";

    private AuditLog() {}

    /**
     * The operation, written down once it is done or refused.
     *
     * @param action what is done, in one word
     * @param target on whom or what; may refuse the call
     */
    static Call.Operation of(String action, Function<Call, String> target, Call.Operation operation) {
        return call -> {
            String[] on = {""};
            return Future.succeededFuture(call)
                    .compose(asked -> {
                        on[0] = target.apply(asked);
                        return operation.run(asked);
                    })
                    .onComplete(done -> write(
                            call,
                            action,
                            on[0],
                            done.succeeded() ? "ok" : Refusal.of(done.cause()).audited()));
        };
    }

    /** The same of what servers do a thousand times a second: only if a person does it, or gives a reason. */
    static Call.Operation ofPeople(String action, Function<Call, String> target, Call.Operation operation) {
        Call.Operation audited = of(action, target, operation);
        return call -> call.caller().person() || call.body().has(REASON) ? audited.run(call) : operation.run(call);
    }

    private static void write(Call call, String action, String target, String outcome) {
        SocketAddress from = call.http().request().remoteAddress();
        String reason = reason(call);
        String tenant = call.body().tenant();
        LOG.info(
                "action={} on={}{} by={} from={} outcome={}{}",
                action,
                value(target),
                tenant.isEmpty() ? "" : " tenant=" + value(tenant),
                value(call.caller().name()),
                from == null ? "-" : value(String.valueOf(from.hostAddress())),
                outcome,
                reason.isEmpty() ? "" : " reason=" + value(reason));
    }

    private static String reason(Call call) {
        try {
            String reason = call.body().optionalString(REASON, Integer.MAX_VALUE);
            return reason == null ? "" : reason;
        } catch (RuntimeException e) {
            return ""; // It was refused for that, or it is none.
        }
    }

    /** One word stays as it is; anything else is quoted, so that a line is one line and says nothing of its own. */
    private static String value(String text) {
        String shown = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text;
        return PLAIN.matcher(shown).matches() ? shown : Json.encode(shown);
    }
}
