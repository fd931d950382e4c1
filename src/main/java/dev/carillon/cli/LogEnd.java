package dev.carillon.cli;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** The end of the log: what an asynchronous appender still holds is written before the process is gone. */
final class LogEnd {
    private LogEnd() {}

    static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.stop();
        }
    }
}
