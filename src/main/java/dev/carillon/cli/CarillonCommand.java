package dev.carillon.cli;

import dev.carillon.config.ConfigException;
import dev.carillon.config.DurationText;
import java.io.PrintWriter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What stands above all commands: their names, their exit codes, and how a failure is told. */
@Command(
        name = "carillon",
        description = "A real-time gateway: any node rings any bell.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused, or failed; one line on stderr says why",
            "2:wrong usage, or a bad setting",
            "3:no node can be reached at --url",
            "4:the node does not take the key or the token",
            "5:not now, such as without a majority: try again"
        },
        footerHeading = "%n",
        footer = "'carillon COMMAND --help' tells more of each.",
        subcommands = {
            NodeCommand.class,
            CheckConfigCommand.class,
            TokenCommand.class,
            DoctorCommand.class,
            NodesCommand.class,
            DrainCommand.class,
            ChannelsCommand.class,
            ChannelCommand.class,
            UserCommand.class,
            DisconnectCommand.class,
            BlockCommand.class,
            UnblockCommand.class,
            RevokeCommand.class,
            UnsubscribeCommand.class,
            PublishCommand.class,
            SubscribeCommand.class,
            TraceCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class CarillonCommand implements Runnable {
    static final int FAILED = CommandLine.ExitCode.SOFTWARE;
    static final int BAD_SETTING = CommandLine.ExitCode.USAGE;
    static final int UNREACHABLE = 3;
    static final int NOT_ALLOWED = 4;
    static final int NOT_NOW = 5;

    private static final Logger LOG = LoggerFactory.getLogger(CarillonCommand.class);

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    /** Runs one command to its end; returns the exit code. */
    public static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new CarillonCommand())
                .registerConverter(Duration.class, CarillonCommand::duration)
                // Data may begin with an @ of its own.
                .setExpandAtFiles(false)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler(CarillonCommand::wrongUsage)
                .setExecutionExceptionHandler((cause, command, parsed) -> failed(cause, command));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("must be " + DurationText.FORM + ", was " + text);
        }
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        say(command.getErr(), oneLine(e) + "; see '" + command.getCommandSpec().qualifiedName() + " --help'");
        return BAD_SETTING;
    }

    private static int failed(Exception cause, CommandLine command) {
        if (cause instanceof ConfigException) {
            say(command.getErr(), oneLine(cause));
            return BAD_SETTING;
        }
        if (cause instanceof CommandFailure failure) {
            say(command.getErr(), oneLine(cause));
            return failure.exitCode();
        }
        LOG.error("unexpected", cause);
        say(command.getErr(), "unexpected " + cause.getClass().getSimpleName() + ": " + oneLine(cause));
        return FAILED;
    }

    private static void say(PrintWriter err, String line) {
        err.println("carillon: " + line);
        err.flush();
    }

    private static String oneLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }
}
