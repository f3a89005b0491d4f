package io.earthembed.benchmarks;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Measures how time and memory grow with the work: runs each of {@link ScaleJob}'s jobs at 1, 10
 * and 100 times the work, each in a separate process. The exponent is the slope of a line through
 * the three points on logarithmic scales: 1 is proportional. Writes {@code report.md}, {@code
 * report.json} and {@code scale.svg}. Arguments: names of jobs (default all); or {@code earth} and
 * the options of {@link EarthScale}.
 */
public final class Scale {
  private static final Path FOLDER = Path.of("benchmarks/target/scale");
  private static final int[] FACTORS = {1, 10, 100};

  private Scale() {}

  /** The measurements of a process. */
  private record Point(long work, double seconds, double peakMegabytes, double heapMegabytes) {}

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && args[0].equals("earth")) {
      EarthScale.run(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    Files.createDirectories(FOLDER);
    Map<String, String> machine = Machine.facts();
    Map<String, List<Point>> all = new LinkedHashMap<>();
    for (ScaleJob job : ScaleJob.values()) {
      if (args.length > 0 && !List.of(args).contains(job.name())) continue;
      List<Point> points = new ArrayList<>();
      for (int factor : FACTORS) points.add(measure(job, factor));
      all.put(job.what, points);
      System.out.printf(
          Locale.ROOT,
          "%-60s time^%.2f memory^%.2f%n",
          job.what,
          slope(points, false),
          slope(points, true));
      write(machine, all);
    }
    System.out.println("Written: " + FOLDER.resolve("report.md") + ", report.json, scale.svg");
  }

  private static Point measure(ScaleJob job, int factor) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx4g",
                "-Xms64m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=6g",
                "-Djava.awt.headless=true",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ScaleJob.class.getName(),
                job.name(),
                Integer.toString(factor))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new IOException(job + " x " + factor + " failed: " + told);
    String[] values = told.strip().split("\t");
    return new Point(
        Long.parseLong(values[0]),
        Double.parseDouble(values[1]),
        Double.parseDouble(values[2]),
        Double.parseDouble(values[3]));
  }

  /** Fits a line to logarithms by least squares and returns its slope. */
  private static double slope(List<Point> points, boolean memory) {
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    for (Point p : points) {
      double lx = Math.log(p.work);
      double ly = Math.log(Math.max(1e-9, memory ? p.peakMegabytes : p.seconds));
      x += lx;
      y += ly;
      xx += lx * lx;
      xy += lx * ly;
    }
    int n = points.size();
    return (n * xy - x * y) / (n * xx - x * x);
  }

  private static void write(Map<String, String> machine, Map<String, List<Point>> all)
      throws IOException {
    StringBuilder text = new StringBuilder("# How cost grows\n\n");
    text.append("`./run scale`: each job at 1, 10 and 100 times the work, in a process of its own;")
        .append(" time is the median of three after one that warms up, memory the process's peak,")
        .append(" which counts what the job was given to work on as well.")
        .append(" The exponent is the slope on logarithmic scales: 1 is proportional to the work,")
        .append(" and what a process needs in any case makes it smaller.\n\n")
        .append(Machine.table(machine))
        .append("\n![Time against work](scale.svg)\n\n")
        .append("| job | work | time | exponent | resident at its peak | exponent |")
        .append(" heap at its peak |\n")
        .append("| --- | --- | --- | --- | --- | --- | --- |\n");
    all.forEach(
        (what, points) -> {
          List<String> work = new ArrayList<>();
          List<String> time = new ArrayList<>();
          List<String> memory = new ArrayList<>();
          List<String> heap = new ArrayList<>();
          for (Point p : points) {
            work.add(String.format(Locale.ROOT, "%,d", p.work));
            time.add(time(p.seconds));
            memory.add(String.format(Locale.ROOT, "%.0f", p.peakMegabytes));
            heap.add(String.format(Locale.ROOT, "%.0f", p.heapMegabytes));
          }
          text.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %s | %s | **%.2f** | %s MB | %.2f | %s MB |%n",
                  what,
                  String.join(", ", work),
                  String.join(", ", time),
                  slope(points, false),
                  String.join(", ", memory),
                  slope(points, true),
                  String.join(", ", heap)));
        });
    Files.writeString(FOLDER.resolve("report.md"), text.toString());
    Files.writeString(
        FOLDER.resolve("report.json"),
        new GsonBuilder()
            .setPrettyPrinting()
            .create()
            .toJson(Map.of("machine", machine, "jobs", all)));
    plot(all);
  }

  private static String time(double seconds) {
    if (seconds < 1e-3) return String.format(Locale.ROOT, "%.3g µs", seconds * 1e6);
    return seconds < 1
        ? String.format(Locale.ROOT, "%.3g ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.3g s", seconds);
  }

  private static void plot(Map<String, List<Point>> all) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(560)
            .xAxisTitle("times the work")
            .yAxisTitle("times the time")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(java.awt.Color.WHITE);
    all.forEach(
        (what, points) -> {
          double[] x = new double[points.size()];
          double[] y = new double[points.size()];
          for (int i = 0; i < x.length; i++) {
            x[i] = FACTORS[i];
            y[i] = points.get(i).seconds / points.get(0).seconds;
          }
          chart.addSeries(what, x, y).setMarker(SeriesMarkers.CIRCLE);
        });
    double[] factors = {1, 10, 100};
    chart.addSeries("proportional", factors, factors).setMarker(SeriesMarkers.NONE);
    Path file = FOLDER.resolve("scale.svg");
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
    // Letters are outlines with more decimals than a screen can show.
    Files.writeString(file, Files.readString(file).replaceAll("(\\.\\d\\d)\\d+", "$1"));
  }
}
