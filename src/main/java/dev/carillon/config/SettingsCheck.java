package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** What one section cannot see for itself: whether the sections, and the files they name, fit together. */
final class SettingsCheck {
    private SettingsCheck() {}

    static void check(Settings settings, Path directory) {
        AuthSettings auth = settings.auth();
        require(
                !auth.secret().isEmpty() || !auth.keys().isEmpty(),
                "auth.secret or auth.keys must be set, because without them no token can be believed: set"
                        + " CARILLON_AUTH_SECRET (make one with: openssl rand -base64 48), name PEM or JWKS files in"
                        + " auth.keys, or try it with --dev");
        for (String key : auth.keys()) {
            require(
                    isUrl(key) || isReadable(directory, key),
                    "auth.keys names a file that cannot be read, was " + key
                            + ": give the path of a PEM or JWKS file that this user may read, or an https:// URL");
        }
        checkFile(directory, "tls.certificate", settings.tls().certificate());
        checkFile(directory, "tls.key", settings.tls().key());
        checkFile(directory, "tls.bus-certificate", settings.tls().busCertificate());
        checkFile(directory, "tls.bus-key", settings.tls().busKey());
        checkFile(directory, "tls.bus-ca", settings.tls().busCa());
        String file = settings.cluster().file();
        require(
                file.isEmpty() || isReadable(directory, file),
                "cluster.file cannot be read, was " + file
                        + ": give the path of a Hazelcast file, such as cluster/hazelcast-tcp-ip.yaml");
        settings.bus().bridges().forEach((address, channel) -> checkBridge(settings, address, channel));
    }

    private static void checkFile(Path directory, String key, String file) {
        require(
                file.isEmpty() || isReadable(directory, file),
                key + " cannot be read, was " + file + ": give the path of a PEM file that this user may read");
    }

    private static void checkBridge(Settings settings, String address, String channel) {
        String key = "bus.bridges." + address;
        require(
                !address.startsWith("carillon.") && !address.startsWith("__vertx."),
                key + " is an address of Carillon's own: publish to another one");
        int colon = channel.indexOf(':');
        String namespace = colon < 0 ? channel : channel.substring(0, colon);
        require(
                settings.namespaces().containsKey(namespace),
                key + " must be a channel of a known namespace, was " + channel + ": add namespaces." + namespace
                        + " or choose one of "
                        + String.join(
                                ", ",
                                settings.namespaces().keySet().stream().sorted().toList()));
    }

    private static boolean isUrl(String key) {
        try {
            String scheme = URI.create(key).getScheme();
            return "https".equals(scheme) || "http".equals(scheme);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isReadable(Path directory, String file) {
        Path path = directory.resolve(file);
        return Files.isRegularFile(path) && Files.isReadable(path);
    }
}
