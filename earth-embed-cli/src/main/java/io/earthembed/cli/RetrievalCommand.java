package io.earthembed.cli;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.evaluation.Prompts;
import io.earthembed.evaluation.RetrievalEvaluation;
import io.earthembed.evaluation.RetrievalReport;
import io.earthembed.evaluation.RetrievalSet;
import io.earthembed.parquet.BigEarthNet;
import io.earthembed.view.TerminalProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a model on labeled or captioned pictures. */
@Command(
    name = "retrieval",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures how well a model retrieves the pictures of a set, and prints published figures"
            + " beside. The set is a folder for each class; with --captions, a caption file of"
            + " RSICD, RSITMD or UCM; BigEarthNet v1's folders; or with --labels, BigEarthNet v2.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  earth-embed retrieval --images EuroSAT_RGB --model farslip",
      "  earth-embed retrieval --images RSICD_images --captions dataset_rsicd.json --model farslip"
    })
final class RetrievalCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(names = "--images", paramLabel = "DIR", required = true, description = "the pictures")
  private Path images = Path.of("");

  @Option(
      names = "--captions",
      paramLabel = "FILE",
      description = "captions, such as dataset_rsicd.json")
  private @Nullable Path captions;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "BigEarthNet v2's metadata.parquet")
  private @Nullable Path labels;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "test",
      description = "split of --captions or --labels; all for all (default: ${DEFAULT-VALUE})")
  private String split = "test";

  @Option(
      names = "--prompts",
      paramLabel = "NAME",
      defaultValue = "farslip",
      description = "farslip, clip, ms-clip or plain (default: ${DEFAULT-VALUE})")
  private String prompts = "farslip";

  @Option(
      names = "--names",
      paramLabel = "FILE",
      description = "words for classes, a line CLASS=words for each, in Java's properties format")
  private @Nullable Path names;

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description = "k of image-to-image precision@k (default: ${DEFAULT-VALUE})")
  private int k = 10;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "1000",
      description = "most pictures that are queries for pictures (default: ${DEFAULT-VALUE})")
  private int queries = 1000;

  @Option(names = "--json", description = "print one line of JSON, and nothing else")
  private boolean json;

  private final PrintWriter out;

  RetrievalCommand(PrintWriter out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    RetrievalSet set = set();
    try (EmbeddingModel encoders = model.load();
        TerminalProgress progress = new TerminalProgress()) {
      RetrievalReport report =
          RetrievalEvaluation.of(encoders)
              .withPrompts(Prompts.named(prompts))
              .withClassNames(classNames())
              .withPrecisionAt(k)
              .withPictureQueries(queries)
              .run(set, progress);
      out.println(json ? report.toJson() : report.toTable());
    }
    return 0;
  }

  private RetrievalSet set() throws IOException {
    if (captions != null && labels != null) {
      throw new IllegalArgumentException("--captions and --labels exclude each other");
    }
    if (!Files.isDirectory(images)) {
      throw new IllegalArgumentException("--images is no folder: " + images);
    }
    String part = split.equals("all") ? "" : split;
    if (captions != null) return RetrievalSet.ofCaptions(captions, images, part);
    if (labels != null) return BigEarthNet.read(labels, images, part);
    return isBigEarthNet() ? RetrievalSet.ofBigEarthNet(images) : RetrievalSet.ofFolders(images);
  }

  /** Tells whether the first folder is a patch of BigEarthNet v1. */
  private boolean isBigEarthNet() throws IOException {
    try (Stream<Path> files = Files.list(images)) {
      return files
          .filter(Files::isDirectory)
          .limit(1)
          .anyMatch(
              patch -> Files.exists(patch.resolve(patch.getFileName() + "_labels_metadata.json")));
    }
  }

  private Map<String, String> classNames() throws IOException {
    Map<String, String> words = new HashMap<>();
    if (names == null) return words;
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(names)) {
      lines.load(reader);
    }
    for (String name : lines.stringPropertyNames()) words.put(name, lines.getProperty(name));
    return words;
  }
}
