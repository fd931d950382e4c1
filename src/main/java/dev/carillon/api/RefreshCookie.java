package dev.carillon.api;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The refresh token where no script can read it: sent by the browser to the token endpoints of this site alone. */
final class RefreshCookie {
    static final String NAME = "carillon_refresh";
    private static final String PATH = "/api/token";

    private RefreshCookie() {}

    static @Nullable String read(RoutingContext http) {
        Cookie cookie = http.request().getCookie(NAME);
        return cookie == null || cookie.getValue().isEmpty() ? null : cookie.getValue();
    }

    /** Hands the grant's refresh token to the browser, if there is one. */
    static void set(RoutingContext http, Tokens.Grant grant, Duration life) {
        String refreshToken = grant.refresh();
        if (refreshToken == null) {
            return;
        }
        http.response()
                .addCookie(Cookie.cookie(NAME, refreshToken)
                        .setHttpOnly(true)
                        .setSameSite(CookieSameSite.STRICT)
                        .setSecure(CookieOrigins.isTls(http.request()))
                        .setPath(PATH)
                        .setMaxAge(life.toSeconds()));
    }
}
