package dev.carillon.it.chaos.broken;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.carillon.channel.TakesWhatComes;
import java.io.IOException;
import java.nio.file.Path;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.DynamicType;

/**
 * A defect that nodes can be given: a class of the product is rewritten into a directory that is put before the jar.
 * Should that class change so that the defect no longer fits, the test that must catch it says so.
 */
public enum Defect {
    /** Of the events that a node hears, one in thirty never reaches its subscribers. A whole node makes up for it. */
    DEAF_NOW_AND_THEN("dev.carillon.channel.Hub", "receive", Defects.DropsSome.class),

    /** What is missing is not read from the owner. */
    FILLS_NO_HOLES("dev.carillon.channel.Repairs", "begin", Defects.Skipped.class),

    /** What comes next is taken for the next, whatever its offset. */
    TAKES_WHAT_COMES("dev.carillon.channel.Sequence", "offer", TakesWhatComes.class),

    /** Keys of publications are forgotten at once. */
    FORGETS_KEYS("dev.carillon.channel.history.ChannelStream", "append", Defects.LosesKey.class);

    private final String type;
    private final String method;
    private final Class<?> advice;

    Defect(String type, String method, Class<?> advice) {
        this.type = type;
        this.method = method;
        this.advice = advice;
    }

    /** Puts the defects into a directory; two of one class are one after the other. */
    public static Path into(Path directory, Defect... defects) throws IOException, ReflectiveOperationException {
        for (Defect defect : defects) {
            DynamicType.Builder<?> builder = new ByteBuddy().redefine(Class.forName(defect.type));
            for (Defect each : defects) {
                if (each.type.equals(defect.type)) {
                    builder = builder.visit(Advice.to(each.advice).on(named(each.method)));
                }
            }
            try (DynamicType.Unloaded<?> broken = builder.make()) {
                broken.saveIn(directory.toFile());
            }
        }
        return directory;
    }
}
