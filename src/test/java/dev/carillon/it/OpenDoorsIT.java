package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.Until;
import dev.carillon.verticle.Node;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What a node that has started says in its log of what its settings leave open. */
@Timeout(60)
class OpenDoorsIT {
    private final Logger log = (Logger) LoggerFactory.getLogger(Node.class);
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();

    @BeforeEach
    void listen() {
        told.start();
        log.addAppender(told);
    }

    @AfterEach
    void listenNoMore() {
        log.detachAppender(told);
    }

    @Test
    void eachIsAWarningOfItsOwnAndANodeThatLeavesNothingOpenHasNone() {
        TestNode.start().stop();
        assertThat(open()).isEmpty();

        TestNode node = TestNode.start("http.origins=*", "auth.token-in-query=true");

        Until.holds(() -> open().size() == 2, () -> open().toString());
        assertThat(open())
                .anyMatch(line -> line.startsWith("open: http.origins is *"))
                .anyMatch(line -> line.startsWith("open: auth.token-in-query"));
        node.stop();
    }

    private List<String> open() {
        return List.copyOf(told.list).stream()
                .filter(event -> event.getLevel().equals(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("open: "))
                .toList();
    }
}
