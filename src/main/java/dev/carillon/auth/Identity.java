package dev.carillon.auth;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Tenant;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Who a token speaks for.
 *
 * @param tenant its {@code tenant}, empty for none
 * @param userId its {@code sub}
 * @param tokenId its {@code jti}, empty for none
 * @param issuedAt its {@code iat}, {@link Instant#EPOCH} for none: then a revocation of the user takes it as old
 * @param expiresAt its {@code exp}
 * @param channels its {@code channels} claim: names it may subscribe to, a trailing {@code *} for any ending
 * @param publish its {@code publish} claim: names it may publish to, likewise
 * @param scopes its {@code scope} claim, split at white space
 * @param info its {@code info} claim, as one JSON object
 */
public record Identity(
        String tenant,
        String userId,
        String tokenId,
        Instant issuedAt,
        Instant expiresAt,
        List<String> channels,
        List<String> publish,
        Set<String> scopes,
        String info) {
    /** The scope that {@code /api} asks for. */
    public static final String API_SCOPE = "carillon:api";

    /** The scope that shows operators the data of what they trace, beside {@link #API_SCOPE}. */
    public static final String PAYLOADS_SCOPE = "carillon:payloads";

    public Identity {
        channels = List.copyOf(channels);
        publish = List.copyOf(publish);
        scopes = Set.copyOf(scopes);
    }

    /** The user, told apart from those of other tenants. */
    public String userKey() {
        return Tenant.key(tenant, userId);
    }

    /** The token, told apart from those of other tenants; of one without an id, nobody's. */
    public String tokenKey() {
        return Tenant.key(tenant, tokenId);
    }

    /** The channel that the user alone is subscribed to. */
    public ChannelName personalChannel() {
        return ChannelName.ofUser(userId).in(tenant);
    }
}
