import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Builds and starts the command line where there is no bash: {@code java Run.java quickstart}. A JDK and Maven are all
 * that it needs. It builds without FAISS; {@code ./run} builds with FAISS on Linux.
 */
public final class Run {
  private static final Set<String> COMMANDS = Set.of("quickstart", "explore", "mcp", "retrieval");
  private static final String MODULE = "earth-embed-cli";
  private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

  private Run() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 0 || !COMMANDS.contains(args[0])) {
      System.out.println("usage: java Run.java quickstart | explore | mcp | retrieval [options]");
      System.out.println("       builds, then starts that command; --help lists its options");
      System.exit(args.length == 1 && args[0].equals("--help") ? 0 : 2);
    }
    if (!Files.isDirectory(Path.of(MODULE))) {
      fail("Start Run.java in the top folder of the checkout: there is no " + MODULE + " in " + Path.of("").toAbsolutePath());
    }
    if (Runtime.version().feature() < 17) {
      fail("A JDK 17 or newer is needed; this one is " + Runtime.version());
    }
    build();
    String classPath = Files.readString(Path.of(MODULE, "target", "classpath.txt")).strip();
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-Xmx2g", "-Djava.awt.headless=true", "--add-opens=java.base/java.nio=ALL-UNNAMED"));
    java.addAll(List.of("-cp", Path.of(MODULE, "target", "classes") + File.pathSeparator + classPath));
    java.add("io.earthembed.cli.Main");
    java.addAll(List.of(args));
    System.exit(run(java));
  }

  /** Builds the command line, unless the last build is newer than every source. */
  private static void build() throws IOException, InterruptedException {
    Path built = Path.of("target", "built-" + MODULE + "-none");
    if (Files.exists(built) && !newerThan(Files.getLastModifiedTime(built))) {
      return;
    }
    List<String> maven = new ArrayList<>(List.of(maven().toString()));
    // Standard output belongs to the command: an agent reads mcp's.
    System.err.println("Building earth-embed (the first time, Maven downloads its libraries) ...");
    System.err.println("FAISS is not built here: ExactIndex, in Java, compares every vector.");
    FileTime started = FileTime.from(Instant.now());
    maven.addAll(List.of("-B", "-q", "-ntp", "-Pquick,faiss-none", "-DskipTests", "-pl", MODULE, "-am", "package"));
    int status = run(maven);
    if (status != 0) {
      fail("The build failed; Maven's messages are above.");
    }
    Files.createDirectories(built.getParent());
    Files.writeString(built, "");
    Files.setLastModifiedTime(built, started);
  }

  /** Returns whether a pom or a source of the modules has changed since. */
  private static boolean newerThan(FileTime built) throws IOException {
    List<Path> roots;
    try (Stream<Path> files = Files.list(Path.of(""))) {
      roots = files.filter(file -> file.toString().equals("pom.xml") || file.toString().startsWith("earth-embed-"))
          .collect(Collectors.toList());
    }
    boolean[] found = {false};
    for (Path root : roots) {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              String name = folder.getFileName().toString();
              return name.equals("target") || name.equals("test")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              found[0] |= attributes.lastModifiedTime().compareTo(built) > 0;
              return found[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }
          });
    }
    return found[0];
  }

  /** Returns Maven's program: the first on the PATH. */
  private static Path maven() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path program = Path.of(folder, WINDOWS ? "mvn.cmd" : "mvn");
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    fail("Missing: Maven. Install it, and add its folder bin to the PATH.");
    throw new AssertionError();
  }

  /** Runs a program with this one's input and output, and returns its exit status. */
  private static int run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    // Ends the program if this one is told to end.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    return process.waitFor();
  }

  private static void fail(String message) {
    System.err.println(message);
    System.exit(1);
  }
}
