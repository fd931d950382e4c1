package dev.carillon.config;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings in force, of which some may be replaced while the node runs; see {@link Reload}. Safe on any thread. */
public final class LiveSettings {
    private final Map<String, NamespaceSettings> namespaces = new Namespaces();
    private volatile Settings now;

    public LiveSettings(Settings settings) {
        now = settings;
    }

    public Settings now() {
        return now;
    }

    /** From here on these are in force. */
    public void use(Settings settings) {
        now = settings;
    }

    public LimitSettings limits() {
        return now.limits();
    }

    /** Those in force at each call, by name; cannot be changed through this map. */
    public Map<String, NamespaceSettings> namespaces() {
        return namespaces;
    }

    private final class Namespaces extends AbstractMap<String, NamespaceSettings> {
        @Override
        public @Nullable NamespaceSettings get(Object name) {
            return now.namespaces().get(name);
        }

        @Override
        public boolean containsKey(Object name) {
            return now.namespaces().containsKey(name);
        }

        @Override
        public Set<Entry<String, NamespaceSettings>> entrySet() {
            return now.namespaces().entrySet();
        }
    }
}
