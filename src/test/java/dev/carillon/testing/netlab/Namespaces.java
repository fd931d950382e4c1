package dev.carillon.testing.netlab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Network namespaces of this machine that bear the name of this process, so that a later one can tell those that a
 * killed test left behind.
 */
final class Namespaces implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("carillon-(\\d+)-\\d+");
    private static final AtomicInteger NEXT = new AtomicInteger(1);

    private final List<String> names = new ArrayList<>();

    /** Makes some; nothing is in them, not even a loopback device that is up. */
    static Namespaces make(int count) {
        Namespaces made = new Namespaces();
        try {
            for (int i = 0; i < count; i++) {
                String name = "carillon-" + ProcessHandle.current().pid() + "-" + NEXT.getAndIncrement();
                Commands.run("ip", "netns", "add", name);
                made.names.add(name);
            }
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    List<String> names() {
        return names;
    }

    /** Removes what processes that are gone have left, and ends what runs in it: nobody else would. */
    static void sweep() {
        for (String line : Commands.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", 2)[0];
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()
                    && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                delete(name);
            }
        }
    }

    private static void delete(String name) {
        try {
            for (String pid : Commands.run("ip", "netns", "pids", name).lines().toList()) {
                ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(ProcessHandle::destroyForcibly);
            }
            Commands.run("ip", "netns", "del", name);
        } catch (IllegalStateException e) {
            // Another test process that sweeps as well was quicker; what is left for other reasons harms nobody.
        }
    }

    /** Ends whatever runs in them, and removes them. */
    @Override
    public void close() {
        names.forEach(Namespaces::delete);
        names.clear();
    }
}
