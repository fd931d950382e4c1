package dev.carillon.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.testing.RawSocket;
import dev.carillon.testing.TestNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand clients whose connections end at the same moment, and one of them that comes back to another node. */
@Timeout(120)
class LeftoversClusterIT {
    /** Closing them in their turn takes longer than it does to count a connection for the second and last time. */
    private static final int CROWD = 1200;

    private static final int CONNECTIONS_PER_USER = 2;

    private List<TestNode> nodes;

    @BeforeEach
    void start() {
        nodes = TestNode.cluster(
                2,
                "limits.connections-per-user=" + CONNECTIONS_PER_USER,
                "admission.logins-per-second-per-address=" + CROWD);
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::stop);
    }

    @Test
    void whoComesBackIsNotRefusedForConnectionsThatAreOverButNotClosedYet() throws IOException {
        TestNode left = nodes.get(0);
        List<RawSocket> sockets = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            sockets.add(RawSocket.login(left, "one" + i));
        }
        for (int i = 0; i < CONNECTIONS_PER_USER; i++) {
            sockets.add(RawSocket.login(left, "ann"));
        }

        for (RawSocket socket : sockets) {
            socket.close();
        }
        try (RawSocket back = RawSocket.login(nodes.get(1), "ann")) {
            assertThat(left.meter("carillon_connections{transport=\"websocket\"}"))
                    .as("others wait for their turn")
                    .isGreaterThan(CONNECTIONS_PER_USER);
            back.text("{\"type\":\"ping\",\"id\":2}");
            assertThat(back.next("pong")).isNotNull();
        }
    }
}
