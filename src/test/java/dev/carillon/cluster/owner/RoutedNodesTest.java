package dev.carillon.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoutedNodesTest {
    private final RoutedNodes routed = new ChannelState();

    /** One node is kept in another way than many. */
    @Test
    void whatIsRoutedIsWhatAMapWouldHave() {
        Random random = new Random(7);
        Map<String, Long> expected = new TreeMap<>();
        for (int turn = 0; turn < 20_000; turn++) {
            String node = "n" + random.nextInt(3);
            long interest = random.nextInt(10);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    routed.route(node, interest);
                    expected.merge(node, interest, Math::max);
                }
                case 3, 4 -> {
                    boolean ends = expected.containsKey(node) && expected.get(node) < interest;
                    assertThat(routed.unroute(node, interest)).isEqualTo(ends);
                    if (ends) {
                        expected.remove(node);
                    }
                }
                default -> {
                    if (random.nextInt(20) == 0) {
                        routed.dropNodes();
                        expected.clear();
                    } else {
                        routed.dropNode(node);
                        expected.remove(node);
                    }
                }
            }
            assertThat(List.copyOf(routed.nodes())).isEqualTo(List.copyOf(expected.keySet()));
            assertThat(routed.interestOf(node)).isEqualTo(expected.get(node));
            List<Map.Entry<String, Long>> each = new ArrayList<>();
            routed.eachNode((name, with) -> each.add(Map.entry(name, with)));
            assertThat(each).isEqualTo(List.copyOf(expected.entrySet()));
        }
    }
}
