package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.Address;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.map.IMap;
import dev.carillon.config.ClusterSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two members, and addresses whose kernel takes connections while nobody answers: frozen nodes, as the two see them. There are
 * more of them than a member has output threads.
 */
class MuteMembersClusterIT {
    private static final int MUTE = 6;
    private static final int WRITERS = 8;
    private static final int WRITES = 200;

    private final List<ServerSocket> mute = new ArrayList<>();
    private final List<HazelcastInstance> members = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        for (int i = 0; i < MUTE; i++) {
            mute.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
    }

    @AfterEach
    void stop() throws IOException {
        members.forEach(HazelcastInstance::shutdown);
        for (ServerSocket socket : mute) {
            socket.close();
        }
    }

    @Test
    void whoKnocksWhereNobodyAnswersStillTalksToTheOthers() throws Exception {
        HazelcastInstance first = join(List.of());
        Address address = first.getCluster().getLocalMember().getAddress();
        HazelcastInstance second = join(List.of(address.getHost() + ":" + address.getPort()));
        assertThat(second.getCluster().getMembers()).hasSize(2);
        List<Socket> unanswered = new ArrayList<>();
        for (ServerSocket socket : mute) {
            connect(second, new Address("127.0.0.1", socket.getLocalPort()));
            unanswered.add(socket.accept());
        }

        IMap<Integer, Integer> map = second.getMap("written");
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int from = writer * WRITES;
            writers.add(CompletableFuture.runAsync(() -> {
                for (int i = from; i < from + WRITES; i++) {
                    map.set(i, i);
                }
            }));
        }
        CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

        assertThat(first.getMap("written").size()).isEqualTo(WRITERS * WRITES);
        for (Socket socket : unanswered) {
            socket.close();
        }
    }

    /** As a member does that looks for those it has lost. */
    private static void connect(HazelcastInstance member, Address address) {
        ((HazelcastInstanceProxy) member)
                .getOriginal()
                .node
                .getServer()
                .getConnectionManager(EndpointQualifier.MEMBER)
                .getOrConnect(address, true);
    }

    private HazelcastInstance join(List<String> others) {
        HazelcastInstance member = HazelcastMember.start(
                new ClusterSettings("mute", "127.0.0.1", 0, others, "", ClusterSettings.AUTO, 1),
                NodeIdentity.fresh("test"));
        members.add(member);
        return member;
    }
}
