package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.Network;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A kind of fault that is over when it returns, none of which may lose anything. */
enum Fault {
    KILL("kill -9 of node %d, start after %3$d s", 1, 15) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            stage.kill(place);
            stage.sleep(lasts);
            stage.start(place);
        }
    },
    RESTART("SIGTERM to node %d, then start", 1, 1) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            stage.restart(place);
        }
    },
    FREEZE("SIGSTOP to node %d for %3$d s", 2, 30) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            stage.pause(place);
            stage.sleep(lasts);
            stage.resume(place);
        }
    },
    KILL_WHILE_FROZEN("SIGSTOP to node %d for %3$d s, then kill -9", 1, 20) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            stage.pause(place);
            stage.sleep(lasts);
            stage.killPaused(place);
            stage.start(place);
        }
    },
    CUT("silent cut between node %d and all others for %3$d s", 2, 30) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            Network network = network(stage);
            Set<Integer> rest = new HashSet<>();
            for (int each = 0; each < stage.nodes().size(); each++) {
                rest.add(each);
            }
            rest.remove(place);
            network.isolate(Set.of(place), rest);
            stage.sleep(lasts);
            network.heal();
        }

        @Override
        int echoSeconds(int lasted) {
            return Math.min(lasted, NOTICED_SECONDS);
        }
    },
    ONE_WAY("silent one-way cut from node %d to node %d for %d s", 2, 20) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            network(stage).cutOneWay(place, other);
            stage.sleep(lasts);
            network(stage).heal();
        }

        @Override
        int echoSeconds(int lasted) {
            return Math.min(lasted, NOTICED_SECONDS);
        }
    },
    LOSS("5 %% of the packets between nodes lost for %3$d s", 5, 30) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            network(stage).loss(0.05);
            stage.sleep(lasts);
            network(stage).heal();
        }
    },
    DELAY("200 ms of delay between nodes for %3$d s", 5, 30) {
        @Override
        void happen(Stage stage, int place, int other, Duration lasts) {
            network(stage).delay(Duration.ofMillis(200));
            stage.sleep(lasts);
            network(stage).heal();
        }
    };

    /** When a silent node is given up, a longer cut has been noticed before it ends. */
    private static final int NOTICED_SECONDS = 10;

    private final String words;
    private final int shortest;
    private final int longest;

    Fault(String words, int shortestSeconds, int longestSeconds) {
        this.words = words;
        shortest = shortestSeconds;
        longest = longestSeconds;
    }

    /**
     * How long after its end a fault may still be noticed. TCP repeats with doubling pauses what a cut swallowed, so that
     * for a connection the cut lasts up to twice as long; until then another fault would be a second one at a time.
     */
    int echoSeconds(int lasted) {
        return 0;
    }

    abstract void happen(Stage stage, int place, int other, Duration lasts);

    String describe(int place, int other, int seconds) {
        return String.format(words, place, other, seconds);
    }

    int shortest() {
        return shortest;
    }

    int longest() {
        return longest;
    }

    static List<Fault> among(boolean network) {
        return Stream.of(values())
                .filter(fault -> network || fault.compareTo(CUT) < 0)
                .toList();
    }

    private static Network network(Stage stage) {
        return stage.nodes().network().orElseThrow();
    }
}
