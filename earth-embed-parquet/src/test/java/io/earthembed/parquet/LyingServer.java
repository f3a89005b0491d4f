package io.earthembed.parquet;

import static io.earthembed.testkit.ImageryStoreContract.tile;

import io.earthembed.base.range.Counters;
import io.earthembed.base.range.FileVersion;
import io.earthembed.base.range.HttpRanges;
import io.earthembed.base.range.Transport;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.demo.http.RangeServer;
import io.earthembed.image.Band;
import io.earthembed.imagery.ImageryStore.Outcome;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.http.RawServer;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/** {@link LyingServerTest} runs this in a process with little memory. */
public final class LyingServer {
  private LyingServer() {}

  /** Runs one of the tests, and writes what came of it. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(arguments[0].equals("claims") ? claims() : large(Path.of(arguments[1])));
    System.exit(0);
  }

  private static String claims() throws Exception {
    int length = 2_000_000_000;
    try (RawServer server =
        RawServer.start(
            (request, reply) -> {
              RawServer.head(
                  reply,
                  "206 Partial Content",
                  "ETag: \"x\"",
                  "Content-Length: " + length,
                  "Content-Range: bytes 0-" + (length - 1) + "/" + (1L << 50));
              reply.write(new byte[100_000]);
            })) {
      Transport transport =
          new Transport(
              Duration.ofSeconds(20),
              Duration.ofSeconds(60),
              1,
              16,
              url -> url,
              url -> Optional.empty(),
              url -> true,
              new Counters());
      AtomicInteger early = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        HttpRanges source = new HttpRanges(transport, server.url("s" + i));
        Thread thread =
            new Thread(
                () -> {
                  try {
                    source.read(new FileVersion(1L << 50, "\"x\""), 0, length);
                  } catch (RangeReadException e) {
                    early.incrementAndGet();
                  }
                });
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) thread.join();
      return early + " ended early";
    }
  }

  /** Writes a shard whose second row has a thumbnail of 60 MB. */
  private static String large(Path folder) throws Exception {
    Path file = TestShards.write(folder.resolve("s"), List.of(tile(0), tile(1), tile(2)));
    stretch(file, 60 << 20);
    StoreOptions options = StoreOptions.builder().parallelism(1).attempts(2).build();
    try (RangeServer server = RangeServer.start(folder);
        ParquetImageryStore store = ParquetImageryStore.open(options)) {
      List<TileRef> refs = new ArrayList<>();
      for (int row = 0; row < 3; row++) refs.add(new TileRef(server.url("s"), row));
      List<String> outcomes = new ArrayList<>();
      for (Outcome outcome : store.fetchAll(refs, TileParts.bands(Band.B02))) {
        outcomes.add(said(outcome.failure()));
      }
      String alone = "";
      try {
        store.fetch(refs.get(1), TileParts.bands(Band.B02));
      } catch (EarthEmbedException e) {
        alone = said(e);
      }
      String later = "";
      try {
        store.fetchAsync(refs.get(1), TileParts.bands(Band.B02)).get();
      } catch (ExecutionException e) {
        later = said(e.getCause());
      }
      store.fetch(refs.get(2), TileParts.bands(Band.B02));
      return String.join(", ", outcomes) + "; alone " + alone + "; later " + later + "; read";
    }
  }

  private static String said(@Nullable Throwable failure) {
    if (failure == null) return "read";
    if (!(failure instanceof EarthEmbedException)) return failure.toString();
    return failure.getCause() instanceof OutOfMemoryError ? "OutOfMemoryError" : failure.toString();
  }

  /** Moves one chunk to the end of a file that is made longer, with a new footer. */
  private static void stretch(Path file, int size) throws Exception {
    byte[] old = Files.readAllBytes(file);
    ByteBuffer tail = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN);
    int start = old.length - 8 - tail.getInt(old.length - 8);
    FileMetaData meta =
        Util.readFileMetaData(new java.io.ByteArrayInputStream(old, start, old.length - 8 - start));
    RowGroup group = meta.getRow_groups().get(1);
    for (ColumnChunk chunk : group.getColumns()) {
      if (!chunk.getMeta_data().getPath_in_schema().equals(List.of("B02"))) continue;
      chunk.getMeta_data().setData_page_offset(start);
      chunk.getMeta_data().unsetDictionary_page_offset();
      chunk.getMeta_data().setTotal_compressed_size(size);
    }
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING)) {
      out.write(old, 0, start);
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < size >> 20; i++) out.write(zeros);
      java.io.ByteArrayOutputStream footer = new java.io.ByteArrayOutputStream();
      Util.writeFileMetaData(meta, footer);
      out.write(footer.toByteArray());
      ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(end.putInt(footer.size()).put("PAR1".getBytes(StandardCharsets.US_ASCII)).array());
    }
  }
}
