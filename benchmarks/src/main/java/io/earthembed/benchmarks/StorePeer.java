package io.earthembed.benchmarks;

import io.earthembed.demo.http.RangeServer;
import io.earthembed.imagery.FetchStats;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRef;
import io.earthembed.parquet.MetadataIndex;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.parquet.StoreOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Our side of {@code benchmarks/peers/store/store.py}, with one request per line. The argument
 * {@code serve} starts the server that all sides read from; {@code read} starts the imagery store.
 */
public final class StorePeer {
  private final HttpClient plain =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          8,
          work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
          });
  private ParquetImageryStore store = ParquetImageryStore.open();
  private MetadataIndex index = MetadataIndex.builder().build();

  /** Arguments: serve and a folder, or read. */
  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (args[0].equals("serve")) serve(Path.of(args[1]), in);
    else new StorePeer().read(in);
  }

  private static void serve(Path folder, BufferedReader in) throws IOException {
    try (RangeServer server = RangeServer.start(folder)) {
      System.out.println("ok " + server.url(""));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] a = line.split(" ");
        if (a[0].equals("latency")) server.setLatency(Duration.ofMillis(Long.parseLong(a[1])));
        if (a[0].equals("bandwidth")) server.setBandwidth(Long.parseLong(a[1]));
        System.out.println("ok " + server.requests() + " " + server.bytesSent());
      }
    }
  }

  private void read(BufferedReader in) throws Exception {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] a = line.split(" ");
      FetchStats before = store.stats();
      long start = System.nanoTime();
      switch (a[0]) {
        case "new" -> {
          store.close();
          store = ParquetImageryStore.open();
          before = store.stats();
        }
        case "cached" -> {
          store.close();
          store =
              ParquetImageryStore.open(
                  StoreOptions.builder().cache(Path.of(a[1]), Long.MAX_VALUE).build());
          before = store.stats();
        }
        case "index" ->
            index =
                MetadataIndex.builder()
                    .addShard(URI.create(a[1]), List.of(a[2].split(",")))
                    .build();
        case "plain" -> plain(URI.create(a[1]), Long.parseLong(a[2]), Long.parseLong(a[3]));
        case "stored" ->
            store.fetchStored(
                new TileRef(URI.create(a[1]), Integer.parseInt(a[2])), List.of(a[3].split(",")));
        case "together" -> together(List.of(a[1].split(",")), List.of(a[2].split(",")), a[3]);
        case "indexed" -> {
          TileRef known = index.entry(Integer.parseInt(a[1])).source();
          store.fetchStored(known, List.of(a[2].split(",")));
        }
        case "tiles" -> tiles(a[1], List.of(a[2].split(",")), List.of(a[3].split(",")));
        default -> throw new IllegalArgumentException(line);
      }
      double ms = (System.nanoTime() - start) / 1e6;
      FetchStats cost = store.stats().since(before);
      System.out.println(
          "ok " + ms + " " + cost.requests() + " " + cost.bytesRead() + " " + cost.bytesWanted());
    }
  }

  private void plain(URI url, long offset, long length) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
            .build();
    plain.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Reads columns of tiles, undecoded, each on a separate thread. */
  private void together(List<String> urls, List<String> rows, String columns) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < urls.size(); i++) {
      TileRef ref = new TileRef(URI.create(urls.get(i)), Integer.parseInt(rows.get(i)));
      all.add(threads.submit(() -> store.fetchStored(ref, List.of(columns.split(",")))));
    }
    for (Future<?> one : all) one.get();
  }

  private void tiles(String parts, List<String> urls, List<String> rows) {
    List<TileRef> refs = new ArrayList<>();
    for (int i = 0; i < urls.size(); i++) {
      refs.add(new TileRef(URI.create(urls.get(i)), Integer.parseInt(rows.get(i))));
    }
    TileParts wanted = parts.equals("thumbnail") ? TileParts.THUMBNAIL : TileParts.TRUE_COLOR;
    for (ImageryStore.Outcome outcome : store.fetchAll(refs, wanted)) {
      Tile tile = outcome.orThrow();
      if (wanted == TileParts.TRUE_COLOR) tile.trueColor();
    }
  }
}
