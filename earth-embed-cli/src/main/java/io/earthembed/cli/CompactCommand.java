package io.earthembed.cli;

import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.GeoParquetSink;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges the small files of embeddings. */
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Merges the small files that many runs have left in a folder of embeddings. Rows, their"
            + " order and their vectors stay the same.",
    footerHeading = "%nExample:%n",
    footer = "  earth-embed compact embeddings/siglip --size 256")
final class CompactCommand implements Callable<Integer> {
  private static final long MEBIBYTE = 1L << 20;

  private final PrintWriter out;

  @Parameters(paramLabel = "DIR", description = "folder of GeoParquet files with embeddings")
  private Path folder = Path.of("");

  @Option(
      names = "--size",
      paramLabel = "MIB",
      defaultValue = "512",
      description = "most size of a merged file in MiB (default: ${DEFAULT-VALUE})")
  private int size = 512;

  CompactCommand(PrintWriter out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    if (size < 1) throw new IllegalArgumentException("--size is not positive: " + size);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("not a folder of embeddings: " + folder);
    }
    GeoParquetSink sink = new GeoParquetSink(folder, GeoParquetDataset.open(folder).model());
    int fewer = sink.compact(size * MEBIBYTE);
    int files = GeoParquetDataset.files(folder).size();
    out.println("Compact: " + Words.count(fewer, "file") + " fewer, " + files + " left");
    return 0;
  }
}
