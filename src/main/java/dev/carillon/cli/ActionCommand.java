package dev.carillon.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that changes something; the node writes it into its audit log. */
abstract class ActionCommand extends ApiCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit log.")
    private @Nullable String reason;

    /** A body that says why, if the operator does. */
    final ObjectNode reasoned() {
        ObjectNode body = ofTenant();
        return reason == null ? body : body.put("reason", reason);
    }
}
