package dev.carillon.it.chaos.broken;

import dev.carillon.channel.Draft;
import java.util.concurrent.ThreadLocalRandom;
import net.bytebuddy.asm.Advice;

/** What is copied into the beginning of a method of the product. Each may name nothing but what a node has. */
final class Defects {
    private Defects() {}

    static final class DropsSome {
        private DropsSome() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean isDropped() {
            return ThreadLocalRandom.current().nextInt(30) == 0;
        }
    }

    static final class Skipped {
        private Skipped() {}

        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean isSkipped() {
            return true;
        }
    }

    static final class LosesKey {
        private LosesKey() {}

        @Advice.OnMethodEnter
        @SuppressWarnings("UnusedVariable")
        static void appended(@Advice.Argument(value = 0, readOnly = false) Draft draft) {
            draft = new Draft(draft.data(), draft.userId(), null, draft.timestampMillis());
        }
    }
}
