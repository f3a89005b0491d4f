package io.earthembed.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run.java, which starts the command line where there is no bash, as a process. */
class RunTest {
  private static final Path RUN = Path.of("..", "Run.java").toAbsolutePath().normalize();
  @TempDir Path folder;

  @Test
  void saysWhichCommandsThereAre() throws Exception {
    assertEquals(0, run(folder, "--help"));
    assertTrue(printed().startsWith("usage: java Run.java quickstart | explore"), printed());
    assertEquals(2, run(folder, "quickstrat"));
  }

  @Test
  void saysWhereItIsToBeStarted() throws Exception {
    assertEquals(1, run(folder, "quickstart"));
    assertTrue(printed().contains("Start Run.java in the top folder of the checkout"), printed());
  }

  @Test
  void saysThatMavenIsMissing() throws Exception {
    Files.createDirectory(folder.resolve("earth-embed-cli"));
    assertEquals(1, run(folder, "explore"));
    assertTrue(printed().startsWith("Missing: Maven."), printed());
  }

  /** Run.java passes its options to the built program, and returns that program's exit status. */
  @Test
  void startsWhatIsBuilt() throws Exception {
    Path target = Files.createDirectories(folder.resolve("earth-embed-cli/target"));
    // The main class is among these, which the build would have in a folder of its own. Relative
    // paths would be lost.
    String entries =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Files.writeString(
        target.resolve("classpath.txt"),
        Stream.of(entries.split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator)));
    Path built = Files.createDirectory(folder.resolve("target"));
    Files.createFile(built.resolve("built-earth-embed-cli-none"));
    assertEquals(0, run(folder, "quickstart", "--help"));
    assertTrue(printed().contains("--landscapes"), printed());
    assertEquals(2, run(folder, "quickstart", "--landscapes", "no number"));
    assertTrue(printed().contains("'no number'"), printed());
  }

  /** Runs Run.java in a folder, with nothing on the PATH. */
  private int run(Path where, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(RUN.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
    builder.environment().put("PATH", "");
    builder.redirectErrorStream(true).redirectOutput(where.resolve("printed").toFile());
    return builder.start().waitFor();
  }

  private String printed() throws IOException {
    return Files.readString(folder.resolve("printed"), StandardCharsets.UTF_8);
  }
}
