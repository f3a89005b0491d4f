package io.earthembed.guides.examples;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import io.earthembed.SearchResult;
import io.earthembed.collection.CollectionOptions;
import io.earthembed.collection.CollectionWriter;
import io.earthembed.collection.EmbeddingCollection;
import io.earthembed.collection.Snapshot;
import io.earthembed.dataset.EmbeddingDataset;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.imagery.TileRecord;
import io.earthembed.index.PersistentIndex;
import io.earthembed.pipeline.Crops;
import io.earthembed.pipeline.EmbeddingPipeline;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Vectors;
import io.earthembed.web.ExplorerServer;
import io.earthembed.web.ServedExplorer;
import java.nio.file.Path;
import java.util.List;

/** The code of docs/guides/keeping-up-to-date.md. */
public final class KeepUpToDate {
  private KeepUpToDate() {}

  /** Adds what a dataset has and a collection lacks, and returns how many tiles that are. */
  public static long addMissing(Path folder, EmbeddingDataset dataset) {
    // [missing
    try (CollectionWriter writer =
        CollectionWriter.open(folder, dataset.origin(), CollectionOptions.DEFAULTS)) {
      long added = writer.addMissing(dataset);
      System.out.println(added + " new tiles");
      return added;
    }
    // missing]
  }

  /** Embeds the tiles that a collection lacks. */
  public static EmbeddingPipeline.Report embed(
      ImageryStore store, EmbeddingModel model, List<TileRecord> tiles, CollectionWriter writer) {
    // [sink
    EmbeddingPipeline pipeline =
        EmbeddingPipeline.of(store, model, Crops.center(384), writer.sink());
    EmbeddingPipeline.Report report = pipeline.run(tiles);
    // sink]
    return report;
  }

  /** Changes single tiles. */
  public static void change(
      CollectionWriter writer, List<TileRecord> tiles, Vectors embeddings, List<String> old) {
    // [change
    writer.upsert(tiles, embeddings); // adds new ids, replaces known ones
    writer.remove(old);
    // change]
  }

  /** Serves a collection while this process changes it. */
  public static ExplorerServer serve(CollectionWriter writer, EmbeddingModel model) {
    // [serve
    EarthExplorer explorer = EarthExplorer.open(writer.collection(), model);
    ExplorerServer server =
        ExplorerServer.builder().add(ServedExplorer.of("newest", explorer)).start(0);
    // serve]
    return server;
  }

  /** Searches what another process changes. */
  public static SearchResult follow(Path folder, EmbeddingModel model) {
    // [follow
    EmbeddingCollection collection = EmbeddingCollection.open(folder);
    EarthExplorer explorer = EarthExplorer.open(collection, model);
    collection.refresh(); // call it from time to time, for example each minute
    SearchResult result = explorer.search(Query.text("a river"), SearchOptions.top(10));
    // follow]
    explorer.close();
    collection.close();
    return result;
  }

  // [indexer
  /** Builds a FAISS index of a segment. */
  static PersistentIndex faiss(EmbeddingDataset segment, Metric metric) {
    FaissIndex index = FaissIndex.flat(segment.model().dimension(), metric);
    segment.forEachBatch(index::add);
    return index;
  }

  /** Returns options that use it for segments of 50,000 tiles or more. */
  public static CollectionOptions withFaiss() {
    return CollectionOptions.DEFAULTS.withIndexer(KeepUpToDate::faiss).withIndexedRows(50_000);
  }

  // indexer]

  /** Returns how many tiles a snapshot has, whatever happens meanwhile. */
  public static long export(EmbeddingCollection collection, Path folder) {
    // [snapshot
    try (Snapshot snapshot = collection.snapshot()) {
      EarthExplorer copy =
          EarthExplorer.open(snapshot, EmbeddingModel.withoutEncoders(snapshot.model()));
      copy.save(folder);
      copy.close();
      return snapshot.catalog().size();
    }
    // snapshot]
  }

  /** Replaces what an explorer searches by a newer save. */
  public static void replace(EarthExplorer explorer, Path newer) {
    // [replace
    explorer.replaceWith(EarthExplorer.open(newer, explorer.model()));
    // replace]
  }
}
