package io.earthembed.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs every benchmark in a short profile, or with {@code full} in a long one, and writes {@code
 * report.json} and {@code report.md}, which describe the machine too. With any other argument it
 * runs JMH with JMH's options.
 */
public final class Bench {
  private static final Path FOLDER = Path.of("benchmarks/target/bench");

  /** The parameters of benchmarks with two sizes: for the short profile, and for the long one. */
  private static final Map<String, List<String>> SIZES =
      Map.of(
          "FlatSearch.rows", List.of("24900", "249000"),
          "IvfSearch.rows", List.of("50000", "500000"),
          "Filter.tiles", List.of("224588", "2245886"),
          "DatasetFiles.rows", List.of("25000", "250000"),
          "MapRender.tiles", List.of("24900", "249000"));

  private Bench() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException, RunnerException {
    boolean full = args.length == 1 && args[0].equals("full");
    if (args.length > 0 && !full) {
      Main.main(args);
      return;
    }
    Files.createDirectories(FOLDER);
    Map<String, String> machine = Machine.facts();
    JsonArray results = new JsonArray();
    for (String name :
        List.of(
            "Encode",
            "EncodeQuery",
            "Tokenize",
            "Resample",
            "FlatSearch",
            "IvfSearch",
            "Filter",
            "RangeRead",
            "DatasetFiles",
            "Grid",
            "MapRender")) {
      results.addAll(run(name, full));
      // After each benchmark, so that the report of an aborted run is complete up to there.
      write(full, machine, results);
    }
    System.out.println("Written: " + FOLDER.resolve("report.md") + ", report.json");
  }

  private static JsonArray run(String name, boolean full) throws IOException, RunnerException {
    Path file = FOLDER.resolve(name + ".json");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + name + "\\.")
            .addProfiler(GCProfiler.class)
            .resultFormat(ResultFormatType.JSON)
            .result(file.toString());
    if (!full) {
      options
          .forks(1)
          .warmupIterations(1)
          .warmupTime(TimeValue.seconds(1))
          .measurementIterations(3)
          .measurementTime(TimeValue.milliseconds(700));
    }
    SIZES.forEach(
        (parameter, sizes) -> {
          String[] parts = parameter.split("\\.", 2);
          if (parts[0].equals(name)) options.param(parts[1], sizes.get(full ? 1 : 0));
        });
    new Runner(options.build()).run();
    return new Gson().fromJson(Files.readString(file), JsonArray.class);
  }

  private static void write(boolean full, Map<String, String> machine, JsonArray results)
      throws IOException {
    JsonObject report = new JsonObject();
    report.addProperty("profile", full ? "full" : "short");
    report.add("machine", new Gson().toJsonTree(machine));
    report.add("results", results);
    Files.writeString(
        FOLDER.resolve("report.json"),
        new GsonBuilder().setPrettyPrinting().create().toJson(report));
    Files.writeString(FOLDER.resolve("report.md"), markdown(full, machine, results));
  }

  private static String markdown(boolean full, Map<String, String> machine, JsonArray results) {
    StringBuilder text = new StringBuilder("# Hot paths, by JMH\n\n");
    text.append(full ? "`./run bench full`" : "`./run bench`, the short profile: read sizes")
        .append(full ? ".\n\n" : ", not digits.\n\n")
        .append(Machine.table(machine));
    Map<String, StringBuilder> tables = new LinkedHashMap<>();
    for (JsonElement each : results) {
      JsonObject result = each.getAsJsonObject();
      String[] name = result.get("benchmark").getAsString().split("\\.");
      tables.computeIfAbsent(name[name.length - 2], k -> new StringBuilder()).append(row(result));
    }
    tables.forEach(
        (name, rows) ->
            text.append("\n## ")
                .append(name)
                .append("\n\n| what | with | time | ± (99.9 %) | a second | heap a call |\n")
                .append("| --- | --- | --- | --- | --- | --- |\n")
                .append(rows));
    return text.toString();
  }

  private static String row(JsonObject result) {
    String name = result.get("benchmark").getAsString();
    JsonObject metric = result.getAsJsonObject("primaryMetric");
    String unit = metric.get("scoreUnit").getAsString().replace("/op", "").replace("us", "µs");
    String with =
        result.has("params")
            ? result.getAsJsonObject("params").entrySet().stream()
                .map(p -> p.getKey() + " " + p.getValue().getAsString())
                .collect(Collectors.joining(", "))
            : "";
    JsonObject garbage =
        result.getAsJsonObject("secondaryMetrics").getAsJsonObject("gc.alloc.rate.norm");
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s %s | %s | %s | %s |%n",
        name.substring(name.lastIndexOf('.') + 1),
        with,
        digits(metric.get("score").getAsDouble()),
        unit,
        metric.get("scoreError").getAsString().equals("NaN")
            ? ""
            : digits(metric.get("scoreError").getAsDouble()),
        rate(result),
        garbage == null ? "" : bytes(garbage.get("score").getAsDouble()));
  }

  /** Converts a call's time to a rate of the items that it handles. */
  private static String rate(JsonObject result) {
    String[] name = result.get("benchmark").getAsString().split("\\.");
    String method = name[name.length - 1];
    JsonObject metric = result.getAsJsonObject("primaryMetric");
    double calls =
        switch (metric.get("scoreUnit").getAsString()) {
              case "ns/op" -> 1e9;
              case "us/op" -> 1e6;
              case "ms/op" -> 1e3;
              default -> 1;
            }
            / metric.get("score").getAsDouble();
    return switch (name[name.length - 2]) {
      case "Encode" -> digits(calls * parameter(result, "batch")) + " pictures";
      case "Tokenize" -> digits(calls * parameter(result, "words")) + " words";
      case "FlatSearch" ->
          switch (method) {
            case "sixtyFour" -> digits(calls * 64) + " queries";
            case "oneFiltered" -> digits(calls) + " queries";
            default -> gigabytes(calls * parameter(result, "rows") * FlatSearch.DIMENSION);
          };
      case "IvfSearch" -> digits(calls * (method.equals("sixtyFour") ? 64 : 1)) + " queries";
      case "Filter", "MapRender" -> millions(calls * parameter(result, "tiles")) + " tiles";
      case "DatasetFiles" -> gigabytes(calls * parameter(result, "rows") * DatasetFiles.DIMENSION);
      default -> digits(calls);
    };
  }

  private static double parameter(JsonObject result, String name) {
    return result.getAsJsonObject("params").get(name).getAsDouble();
  }

  private static String gigabytes(double floats) {
    return String.format(Locale.ROOT, "%.3g GB", floats * Float.BYTES / 1e9);
  }

  private static String millions(double count) {
    return String.format(Locale.ROOT, "%.3g million", count / 1e6);
  }

  private static String digits(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static String bytes(double count) {
    if (count < 1) return "0";
    if (count < 10_000) return String.format(Locale.ROOT, "%,.0f B", count);
    return count < 1e7
        ? String.format(Locale.ROOT, "%,.0f kB", count / 1e3)
        : String.format(Locale.ROOT, "%,.0f MB", count / 1e6);
  }
}
