package dev.carillon.cli;

import dev.carillon.config.ConfigException;
import dev.carillon.config.Reload;
import dev.carillon.config.Settings;
import dev.carillon.verticle.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a node read its settings again, when it is asked to by {@link #reload} and when their file has changed. Whatever is
 * wrong with them, those in force stay. One thread does all of it.
 */
final class SettingsWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsWatch.class);
    private static final long LOOK_SECONDS = 5;

    private final Supplier<Settings> settings;
    private final @Nullable Path file;
    private final Node node;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "carillon-settings");
        daemon.setDaemon(true);
        return daemon;
    });

    private String seen;

    /**
     * @param settings reads them; throws {@link ConfigException} if they are none
     * @param file that is watched; null for none
     */
    SettingsWatch(Supplier<Settings> settings, @Nullable Path file, Node node) {
        this.settings = settings;
        this.file = file;
        this.node = node;
        seen = stamp();
        var unused = thread.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Soon, on the thread. */
    void reload() {
        thread.execute(this::read);
    }

    private void look() {
        if (!stamp().equals(seen)) {
            read();
        }
    }

    private void read() {
        seen = stamp();
        try {
            node.reload(settings.get()).onSuccess(SettingsWatch::tell);
        } catch (ConfigException e) {
            LOG.error("settings were not reloaded, those in force stay: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("settings were not reloaded, those in force stay", e);
        }
    }

    private static void tell(Reload reload) {
        reload.taken().forEach(change -> LOG.info("setting taken over: {}", change));
        reload.left().forEach(change -> LOG.warn("setting changed that needs a restart of this node: {}", change));
        LOG.info(
                "settings were read again: {} taken over, {} need a restart",
                reload.taken().size(),
                reload.left().size());
    }

    /** Changes with the file; a link, as Kubernetes has it, is followed. */
    private String stamp() {
        if (file == null) {
            return "";
        }
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException e) {
            // It may be about to be replaced.
            return seen == null ? "" : seen;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
