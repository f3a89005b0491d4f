package io.earthembed.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import io.earthembed.faiss.FaissIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes the machine of a measurement, without its name or paths. Linux only. */
final class Machine {
  private Machine() {}

  static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    facts.put("commit", commit());
    facts.put("processor", line("/proc/cpuinfo", "model name"));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    String flags = line("/proc/cpuinfo", "flags");
    facts.put(
        "instruction sets",
        Stream.of("avx2", "fma", "avx512f", "avx512_bf16", "amx_int8")
            .filter(List.of(flags.split(" "))::contains)
            .collect(Collectors.joining(" ")));
    long kilobytes = Long.parseLong(line("/proc/meminfo", "MemTotal").replaceAll("\\D", ""));
    facts.put("memory", String.format(Locale.ROOT, "%.1f GiB", kilobytes / 1048576.0));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "java",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    facts.put("FAISS natives", FaissIndex.variant());
    facts.put("ONNX Runtime", OrtEnvironment.getEnvironment().getVersion());
    facts.put("load before", read("/proc/loadavg").split(" ", 2)[0]);
    return facts;
  }

  /** Formats the description as a Markdown table. */
  static String table(Map<String, String> facts) {
    StringBuilder text = new StringBuilder("| machine | |\n| --- | --- |\n");
    facts.forEach((name, value) -> text.append("| " + name + " | " + value + " |\n"));
    return text.toString();
  }

  private static String line(String file, String name) {
    return read(file)
        .lines()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("unknown");
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String commit() {
    try {
      Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
      String name = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return name.isBlank() ? "unknown" : name.strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
