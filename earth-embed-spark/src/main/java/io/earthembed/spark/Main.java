package io.earthembed.spark;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.PlainText;
import java.io.PrintStream;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * What {@code spark-submit} runs: {@code embed}, {@code index} and {@code search}, each with {@code
 * --help}.
 */
@Command(
    name = "earth-embed-spark",
    mixinStandardHelpOptions = true,
    subcommands = {EmbedCommand.class, IndexCommand.class, SearchCommand.class},
    description = "Embeds, indexes and searches archives of satellite tiles on Apache Spark.")
public final class Main {
  private Main() {}

  /** Runs a command; a failed one ends the process with 1, a wrong call with 2. */
  public static void main(String[] args) {
    int status = run(args);
    // Spark ends a driver itself where all went well, and on some cluster managers must.
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

  /** The session that spark-submit describes. */
  static SparkSession session() {
    return SparkSession.builder().appName("earth-embed").getOrCreate();
  }

  /** Prints a line in one piece, since Spark prints between. */
  static void say(String format, Object... values) {
    System.out.println(PlainText.message(String.format(Locale.ROOT, format, values)));
  }
}
