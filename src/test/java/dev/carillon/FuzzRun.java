package dev.carillon;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Feeds one decoder for as long as its {@code @FuzzTest} says: {@code scripts/fuzz} starts it with the decoder's class#method
 * and {@code JAZZER_FUZZ} set. Without Maven, so that some can run beside one another and the reports of tests stay.
 */
final class FuzzRun {
    private FuzzRun() {}

    public static void main(String... args) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(List.of(DiscoverySelectors.selectMethod(args[0] + "([B)")))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        // Also if it was not found at all.
        boolean bore = summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0;
        System.exit(bore ? 0 : 1);
    }
}
