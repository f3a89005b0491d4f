package io.earthembed.cli;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.PlainText;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code earth-embed}. Stateless: many threads may run it at once. */
@Command(
    name = "earth-embed",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Searches satellite imagery by text, picture, place or tile.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:failed; standard error names the reason",
      "2:an option or argument is wrong",
      "3:done, but some tiles could not be read",
      "130:ended by Ctrl-C",
      "141:the reader of standard output is gone"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed quickstart",
      "  earth-embed embed --images photos --out work",
      "  earth-embed search --embeddings work a satellite image of a river",
      "  earth-embed explore --embeddings work",
      "",
      "'earth-embed COMMAND --help' lists a command's options."
    })
public final class Main {
  /** The status of a command that failed. */
  static final int FAILED = 1;

  /** The status of wrong arguments. */
  static final int USAGE = 2;

  /** The status of a command that is done except for tiles that could not be read. */
  static final int INCOMPLETE = 3;

  /** The status of a command that was interrupted: 128 and the number of the signal SIGINT. */
  static final int INTERRUPTED = 130;

  /** The status after the reader of standard output left: 128 and the number of SIGPIPE. */
  private static final int READER_GONE = 141;

  /** How long an interrupted command may take to remove what it had begun, in seconds. */
  private static final int GRACE = 20;

  private Main() {}

  /** Runs a command and ends the process with its status; see {@link #run}. */
  public static void main(String[] args) {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
    Thread command = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    // A signal ends the process as soon as the command has closed its files and its server.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(command, ended), "stop"));
    StandardOutput target = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    // Tables need degree signs in every locale.
    PrintStream out =
        new PrintStream(new BufferedOutputStream(target), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int status;
    try {
      status = run(out, err, args);
      out.flush();
    } finally {
      ended.countDown();
    }
    IOException failure = target.failure();
    if (failure != null && StandardOutput.isReaderGone(failure)) {
      status = READER_GONE;
    } else if (failure != null) {
      err.println("earth-embed: standard output cannot be written: " + failure.getMessage());
      status = FAILED;
    }
    System.exit(status);
  }

  private static void interrupt(Thread command, CountDownLatch ended) {
    if (ended.getCount() == 0) return;
    command.interrupt();
    try {
      if (!ended.await(GRACE, TimeUnit.SECONDS)) System.err.println("earth-embed: not stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs a command. Progress bars go to the process's standard error.
   *
   * @param out receives results; with {@code --json} one line of JSON and nothing else
   * @param err receives messages
   * @param args a command, then its options and arguments
   * @return 0 if it is done, 1 if it failed, 2 if an argument is wrong, 3 if it is done except for
   *     tiles that could not be read, 130 if it was interrupted
   */
  public static int run(PrintStream out, PrintStream err, String... args) {
    return commandLine(
            new PrintWriter(out, true, StandardCharsets.UTF_8),
            new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(args);
  }

  private static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line =
        new CommandLine(new Main())
            .addSubcommand(new SearchCommand(out, err))
            .addSubcommand(new ChangesCommand(out, err))
            .addSubcommand(new EmbedCommand(out, err))
            .addSubcommand(new CompactCommand(out))
            .addSubcommand(new IndexCommand(out, err))
            .addSubcommand(new ExploreCommand(out))
            .addSubcommand(new McpCommand(err))
            .addSubcommand(new RetrievalCommand(out))
            .addSubcommand(new QuickstartCommand(out))
            .addSubcommand(new CompletionCommand(out));
    for (CommandLine command : line.getSubcommands().values()) {
      command.getCommandSpec().versionProvider(new Version());
    }
    return line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, arguments) -> explain(e))
        .setExecutionExceptionHandler((e, failed, parsed) -> explain(e, failed));
  }

  /** Prints what is wrong with the arguments as one line. */
  private static int explain(ParameterException e) {
    CommandLine line = e.getCommandLine();
    String hint = "--help lists the options";
    if (e instanceof UnmatchedArgumentException unknown) {
      List<String> near = unknown.getSuggestions();
      if (!near.isEmpty()) hint = "similar: " + String.join(", ", near) + "; " + hint;
    }
    String problem = String.valueOf(e.getMessage()).replaceFirst("^Error: ", "");
    print(line, problem + " (" + hint + ")");
    return USAGE;
  }

  /** Prints the reason of a failure as one line. */
  private static int explain(Exception e, CommandLine line) throws Exception {
    if (Thread.interrupted() || e instanceof InterruptedException) {
      print(line, "interrupted");
      return INTERRUPTED;
    }
    if (e instanceof IllegalArgumentException) {
      print(line, String.valueOf(e.getMessage()));
      return USAGE;
    }
    if (e instanceof EarthEmbedException) {
      print(line, String.valueOf(e.getMessage()));
      return FAILED;
    }
    if (e instanceof IOException || e instanceof UncheckedIOException) {
      // The file system's message about a file is often its name alone.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      print(line, (e == cause ? "" : e.getMessage() + ": ") + cause);
      return FAILED;
    }
    throw e;
  }

  private static void print(CommandLine line, String problem) {
    String name = line.getCommandSpec().qualifiedName(" ");
    line.getErr().println(name + ": " + PlainText.message(problem));
  }

  /** Names the version of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "earth-embed " + (version == null ? "of unpackaged classes" : version),
        "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
      };
    }
  }
}
