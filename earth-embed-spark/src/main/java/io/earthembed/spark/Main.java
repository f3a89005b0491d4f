package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.PlainText;
import java.io.PrintStream;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
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
  private Main() {}

  /**
   * Runs a command. The process ends with status 1 if it fails, or 2 if its arguments are wrong.
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
              if (!(e instanceof EarthEmbedException) && !(e instanceof IllegalArgumentException)) {
                throw e;
              }
              err.println("earth-embed-spark: " + PlainText.message("" + e.getMessage()));
              return 1;
            })
        .execute(args);
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
