package dev.carillon.auth;

import dev.carillon.channel.ChannelName;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.NamespaceSettings.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says in words what {@link RulePermissions} answers to a user, and on what it depends. Stateless: safe on any thread. */
public final class Explanation {
    private static final String NO_NAMESPACE = "no: the settings have no such namespace";

    private Explanation() {}

    /** Whether a user may subscribe to a channel: a line that begins with yes, no or if. */
    public static String ofSubscribing(Map<String, NamespaceSettings> namespaces, String userId, ChannelName channel) {
        if (channel.isReserved()) {
            boolean withData = channel.namespace().equals(RulePermissions.WITH_DATA);
            return "if the token's scope holds " + Identity.API_SCOPE
                    + (withData ? " and " + Identity.PAYLOADS_SCOPE : "") + ", and it has no tenant";
        }
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace == null) {
            return NO_NAMESPACE;
        }
        if (RulePermissions.isPersonal(channel)) {
            return channel.rest().equals(userId)
                    ? "yes: the node does it when the user comes"
                    : "no: it is another user's";
        }
        return outcome(namespace, namespace.subscribe(), "channels", userId, channel);
    }

    /** Whether a user may publish on a channel: a line that begins with yes, no or if. */
    public static String ofPublishing(Map<String, NamespaceSettings> namespaces, String userId, ChannelName channel) {
        if (channel.isReserved() || channel.isOnline()) {
            return "no: only nodes do";
        }
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace == null) {
            return NO_NAMESPACE;
        }
        return RulePermissions.isPersonal(channel)
                ? "no: only servers do"
                : outcome(namespace, namespace.publish(), "publish", userId, channel);
    }

    private static String outcome(
            NamespaceSettings namespace, List<Access> rules, String claim, String userId, ChannelName channel) {
        if (rules.contains(Access.ANY)) {
            return "yes: any user may";
        }
        if (rules.contains(Access.OWN) && RulePermissions.isOwn(userId, channel.rest())) {
            return "yes: it is the user's own";
        }
        List<String> conditions = new ArrayList<>();
        if (rules.contains(Access.CLAIM)) {
            conditions.add("the token's claim '" + claim + "' names the channel");
        }
        if (rules.contains(Access.TOKEN) && claim.equals("channels")) {
            conditions.add("a channel token is given");
        }
        if (rules.contains(Access.ASK)) {
            conditions.add("the verticle at " + namespace.authorize() + " says so");
        }
        if (!conditions.isEmpty()) {
            return "if " + String.join(", or ", conditions);
        }
        return rules.contains(Access.OWN) ? "no: it is not the user's own" : "no: only servers do";
    }
}
