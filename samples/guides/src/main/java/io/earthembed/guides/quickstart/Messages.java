package io.earthembed.guides.quickstart;

import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import picocli.CommandLine;

/** Runs a command whose user learns the reason of a failure in one line. */
final class Messages {
  private Messages() {}

  /** Runs it; returns 0 on success, and 1 after a message on standard error. */
  static int run(String name, Object command, String... args) {
    return run(new CommandLine(command), name, args);
  }

  /** Runs it with a writer of messages. */
  static int run(Writer errors, String name, Object command, String... args) {
    return run(new CommandLine(command).setErr(new PrintWriter(errors, true)), name, args);
  }

  private static int run(CommandLine command, String name, String... args) {
    return command
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              boolean told =
                  e instanceof EarthEmbedException || e instanceof IllegalArgumentException;
              boolean file = e instanceof IOException || e instanceof UncheckedIOException;
              if (!told && !file) throw e;
              // The file system's message about a file is often its name alone.
              line.getErr().println(name + ": " + (told ? e.getMessage() : reason(e)));
              return 1;
            })
        .execute(args);
  }

  private static String reason(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return (e == cause ? "" : e.getMessage() + ": ") + cause;
  }
}
