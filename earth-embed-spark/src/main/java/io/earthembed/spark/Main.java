package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.PlainText;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program for {@code spark-submit}, with the commands {@code embed}, {@code index} and {@code
 * search}. Each explains its options with {@code --help}.
 */
@Command(
    name = "earth-embed-spark",
    mixinStandardHelpOptions = true,
    subcommands = {EmbedCommand.class, IndexCommand.class, SearchCommand.class},
    description = "Embeds, indexes and searches archives of satellite tiles on Apache Spark.")
public final class Main {
  /** Matches our exceptions in the text of Spark's: the innermost is the last. */
  private static final Pattern TASK_FAILURE =
      Pattern.compile(
          "(?:io\\.earthembed\\.[\\w.$]+Exception|java\\.lang\\.IllegalArgumentException): (.+)");

  /** Matches any exception that caused another, with its class. */
  private static final Pattern CAUSE = Pattern.compile("\nCaused by: (.+)");

  /** The status of a job that is done except for failures that its options allow. */
  static final int INCOMPLETE = 3;

  private Main() {}

  /**
   * Runs a command. The process ends with status 1 if it fails, 2 if its arguments are wrong, or 3
   * if it embedded all but the tiles and shards whose failure its options allow.
   */
  public static void main(String[] args) {
    int status = run(args);
    // On success Spark ends the driver itself, which some cluster managers require.
    if (status != 0) System.exit(status);
  }

  private static int run(String[] args) {
    PrintStream err = System.err;
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              String problem = problem(e);
              if (problem == null) throw e;
              err.println("earth-embed-spark: " + PlainText.message(problem));
              return 1;
            })
        .execute(args);
  }

  /**
   * Returns what went wrong in one line, or null if only a stack trace can tell. Spark's exceptions
   * have the tasks' stack traces as text; its log has them too.
   */
  static @Nullable String problem(Exception e) {
    if (e instanceof EarthEmbedException || e instanceof IllegalArgumentException) {
      return "" + e.getMessage();
    }
    if (e instanceof IOException) return e.toString();
    if (!(e instanceof SparkThrowable)) return null;
    String text = "" + e.getMessage();
    String found = last(TASK_FAILURE, text);
    if (found == null) found = last(CAUSE, text);
    return found == null ? text.lines().findFirst().orElse(null) : found;
  }

  private static @Nullable String last(Pattern pattern, String text) {
    Matcher cause = pattern.matcher(text);
    String found = null;
    while (cause.find()) found = cause.group(1);
    return found;
  }

  /** Returns the session that spark-submit configures. */
  static SparkSession session() {
    return SparkSession.builder().appName("earth-embed").getOrCreate();
  }

  /** Prints a line at once, so that Spark's output does not split it. */
  static void say(String format, Object... values) {
    System.out.println(PlainText.message(String.format(Locale.ROOT, format, values)));
  }
}
