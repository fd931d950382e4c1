package dev.carillon.it.chaos.nodes;

import dev.carillon.testing.Until;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Nodes of one cluster that can be hurt. A node has a place, 0 to {@link #size} - 1, which it keeps when its process is
 * started anew, and with it the address that clients reach. Calls may come from any thread, one at a time for each
 * place. Whatever a set made (processes, namespaces, relays) is gone after {@link #close}.
 */
public interface NodeSet extends Places, AutoCloseable {
    /** Whether there is a process, frozen or not. */
    boolean isUp(int place);

    /** The id of the node's present life. Waits until it has told it. */
    String id(int place);

    /** The process of the node's present life, for {@code /proc}. */
    long pid(int place);

    /** Starts the node of an empty place and does not wait. */
    void launch(int place);

    /** Waits until a node is ready, and fails if that takes longer than only a broken build takes. */
    void awaitReady(int place);

    /** Waits until every channel has its copies, as a node sees it. */
    void awaitSafe(int place);

    /** Starts all, the first one alone so that there is one cluster from the start, and waits until each knows all. */
    default void startAll() {
        launch(0);
        awaitReady(0);
        for (int place = 1; place < size(); place++) {
            launch(place);
        }
        awaitWhole();
    }

    /** Waits until each place has a node that is ready and knows all the others, and every channel has its copies. */
    default void awaitWhole() {
        for (int i = 0; i < size(); i++) {
            int place = i;
            awaitReady(place);
            Until.holds(() -> known(place) == size(), () -> "node " + id(place) + " knows " + known(place));
        }
        // Those that know all may still be copying channels to the last one.
        for (int place = 0; place < size(); place++) {
            awaitSafe(place);
        }
    }

    private int known(int place) {
        return api(place, "nodes", new JsonObject()).getJsonArray("nodes").size();
    }

    /** Ends the process without a word, with SIGKILL, and waits until it is gone. */
    void kill(int place);

    /** Asks the process to end, with SIGTERM, and waits until it did; its exit code. */
    int terminate(int place);

    /** Freezes the process, with SIGSTOP. */
    void pause(int place);

    /** Lets a frozen process go on, with SIGCONT. */
    void resume(int place);

    /**
     * Calls {@code POST /api/…} of a node, with a key that may call everything.
     *
     * @throws java.io.UncheckedIOException if there is no answer within a few seconds, or it is not 200
     */
    JsonObject api(int place, String path, JsonObject body);

    /** Calls a path of a node with GET, such as {@code /metrics}; fails as {@link #api} does, but for its status. */
    Answer get(int place, String path);

    /** What the process said so far, all its lives one after the other. */
    Path log(int place);

    /** What can be done to the links between the nodes; empty if they cannot be told from others. */
    Optional<Network> network();

    /** Ends whatever is left, at once. */
    @Override
    void close();

    /** Where TCP connections go to. */
    record Address(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** The status and the body of an HTTP response. */
    record Answer(int status, String body) {}
}
