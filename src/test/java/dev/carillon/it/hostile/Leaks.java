package dev.carillon.it.hostile;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Buffers that nobody released, from now on: Netty tells of them in its log, when it makes another. */
final class Leaks {
    private static final int LOOKS = 5;

    private final ListAppender<ILoggingEvent> told = new ListAppender<>();

    Leaks() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        told.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(told);
    }

    /** What was told of those that are garbage by now. */
    List<String> found() {
        for (int i = 0; i < LOOKS; i++) {
            System.gc();
            ByteBufAllocator.DEFAULT.directBuffer().release();
        }
        return told.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
