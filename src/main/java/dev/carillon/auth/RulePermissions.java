package dev.carillon.auth;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.NamespaceSettings.Access;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Permissions by the rules of namespaces. Any rule that says yes is enough; those that cost nothing are asked first, the
 * application last. Personal channels belong to the node: nobody subscribes or publishes there by command. Nor does
 * anybody publish on {@link ChannelName#ONLINE}, or others' presence could be invented. The operators' channels are read by
 * their scopes alone, and by nobody who is of a tenant.
 */
public final class RulePermissions implements Permissions {
    private static final Logger LOG = LoggerFactory.getLogger(RulePermissions.class);
    static final String WITH_DATA = "$payloads";
    private static final Future<Boolean> YES = Future.succeededFuture(true);
    private static final Future<Boolean> NO = Future.succeededFuture(false);

    private final Map<String, NamespaceSettings> namespaces;
    private final Authenticator authenticator;
    private final Authorizer authorizer;

    /** @param namespaces by name, as they are at each question; in others nothing is permitted */
    public RulePermissions(
            Map<String, NamespaceSettings> namespaces, Authenticator authenticator, Authorizer authorizer) {
        this.namespaces = namespaces;
        this.authenticator = authenticator;
        this.authorizer = authorizer;
    }

    @Override
    public Future<Boolean> maySubscribe(
            Identity who, String sessionId, ChannelName channel, @Nullable String channelToken) {
        if (channel.isReserved()) {
            return isOperator(who, channel) ? YES : NO;
        }
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace == null || isPersonal(channel)) {
            return NO;
        }
        List<Access> rules = namespace.subscribe();
        if (allows(rules, who, channel, who.channels())) {
            return YES;
        }
        if (channelToken == null || !rules.contains(Access.TOKEN)) {
            return ask(rules, namespace, Authorizer.SUBSCRIBE, who, sessionId, channel);
        }
        return authenticator
                .channelGrant(channelToken, who.userKey())
                .map(grant -> matches(grant.channel(), channel))
                .recover(RulePermissions::unbelieved)
                .compose(granted ->
                        granted ? YES : ask(rules, namespace, Authorizer.SUBSCRIBE, who, sessionId, channel));
    }

    @Override
    public Future<Boolean> mayPublish(Identity who, String sessionId, ChannelName channel) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace == null || isPersonal(channel) || channel.isOnline()) {
            return NO;
        }
        List<Access> rules = namespace.publish();
        return allows(rules, who, channel, who.publish())
                ? YES
                : ask(rules, namespace, Authorizer.PUBLISH, who, sessionId, channel);
    }

    private static boolean isOperator(Identity who, ChannelName channel) {
        return who.tenant().isEmpty()
                && who.scopes().contains(Identity.API_SCOPE)
                && (!channel.namespace().equals(WITH_DATA) || who.scopes().contains(Identity.PAYLOADS_SCOPE));
    }

    static boolean isPersonal(ChannelName channel) {
        return channel.namespace().equals(ChannelName.USER_NAMESPACE);
    }

    private static boolean allows(List<Access> rules, Identity who, ChannelName channel, List<String> claimed) {
        return rules.contains(Access.ANY)
                || rules.contains(Access.OWN) && isOwn(who.userId(), channel.rest())
                || rules.contains(Access.CLAIM) && claimed.stream().anyMatch(pattern -> matches(pattern, channel));
    }

    static boolean isOwn(String userId, String rest) {
        return rest.startsWith(userId) && (rest.length() == userId.length() || rest.charAt(userId.length()) == ':');
    }

    /** A pattern is a name, or a beginning ended by {@code *}. */
    private static boolean matches(String pattern, ChannelName channel) {
        return pattern.endsWith("*")
                ? channel.value().startsWith(pattern.substring(0, pattern.length() - 1))
                : channel.value().equals(pattern);
    }

    private Future<Boolean> ask(
            List<Access> rules,
            NamespaceSettings namespace,
            String action,
            Identity who,
            String sessionId,
            ChannelName channel) {
        if (!rules.contains(Access.ASK)) {
            return NO;
        }
        try {
            return authorizer
                    .ask(namespace.authorize(), action, who, sessionId, channel)
                    .map(Boolean.TRUE::equals)
                    .recover(cause -> noAnswer(namespace, sessionId, channel, cause));
        } catch (RuntimeException cause) {
            return noAnswer(namespace, sessionId, channel, cause);
        }
    }

    private static Future<Boolean> unbelieved(Throwable cause) {
        return cause instanceof AuthException refused && refused.kind() == AuthException.Kind.BUSY
                ? Future.failedFuture(new UnavailableException("too many tokens wait for verification"))
                : NO;
    }

    private static Future<Boolean> noAnswer(
            NamespaceSettings namespace, String sessionId, ChannelName channel, Throwable cause) {
        LOG.atDebug()
                .addKeyValue("session", sessionId)
                .addKeyValue("channel", channel)
                .setCause(cause)
                .log("no answer from {}", namespace.authorize());
        return Future.failedFuture(
                cause instanceof UnavailableException
                        ? cause
                        : new UnavailableException("no answer from " + namespace.authorize(), cause));
    }
}
