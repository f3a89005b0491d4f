package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.dataset.CropFootprint;
import io.earthembed.dataset.EmbeddedTile;
import io.earthembed.dataset.EmbeddingOrigin;
import io.earthembed.dataset.FailedTile;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.GridCell;
import io.earthembed.geo.MajorTomGrid;
import io.earthembed.image.GeoReference;
import io.earthembed.imagery.TileRecord;
import io.earthembed.imagery.TileRef;
import io.earthembed.testkit.peer.PythonPeer;
import io.earthembed.vector.Vectors;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the files of a job's folder, without Spark; {@link LocalModeTest} reads one by Spark. */
class LayoutTest {
  private static final ModelInfo MODEL = new ModelInfo("m", "1", 2);
  private static final String PART = "part_00001_0123456789abcdef-00000-12345678";

  @TempDir Path folder;

  private static EmbeddedTile tile(int row) {
    GridCell cell = new GridCell(row, 7);
    TileRecord record =
        new TileRecord(
            "t" + row,
            cell,
            "p",
            Instant.EPOCH,
            MajorTomGrid.CORE.centerOf(cell),
            Float.NaN,
            new TileRef(URI.create("https://host/part_00001.parquet"), row + 9));
    return new EmbeddedTile(
        record, new CropFootprint(0, 0, 64, 64, new GeoReference(32632, 400_000, 5_000_000, 10)));
  }

  /** Writes a part in grid rows -2, -1, 0 and 1; one of its tiles failed. */
  private JobFolder writeAPart(String dataset) {
    JobFolder shared = JobFolder.of(folder.resolve(dataset).toUri());
    GridRowSink sink = new GridRowSink(shared, MODEL);
    List<EmbeddedTile> tiles = new ArrayList<>();
    for (int row = -2; row < 2; row++) tiles.add(tile(row));
    sink.begin(List.of("t-2", "t-1", "t0", "t1", "t2"));
    sink.recordFailures(
        PART, List.of(new FailedTile(tile(2).tile(), new IllegalStateException("no"))));
    sink.write(
        PART,
        EmbeddingOrigin.of(MODEL),
        tiles,
        Vectors.of(new float[][] {{1, 0}, {0, 1}, {1, 1}, {1, 2}}));
    return shared;
  }

  @Test
  void aPartIsAFilePerGridRowAndAListThatReadersSkip() {
    JobFolder shared = writeAPart("emb");
    Set<String> files = new TreeSet<>(shared.files().keySet());
    for (int row = -2; row < 2; row++) {
      assertTrue(files.remove("grid_row=" + row + "/" + PART + ".parquet"), files.toString());
    }
    assertEquals(
        List.of("_parts/" + PART + ".failed.jsonl", "_parts/" + PART + ".tiles"),
        List.copyOf(files));
    PartTiles list = PartTiles.read(shared, PART);
    assertEquals(Set.of("t2"), list.failed());
    assertEquals(4, list.files().size());
    assertTrue(shared.lengths().entrySet().containsAll(list.files().entrySet()));
    assertEquals(List.of(), GridRowSink.incomplete(shared.files().keySet()));
  }

  @Test
  void duckDbPyarrowAndGeoPandasReadTheRowsAndTheGridRow() throws Exception {
    writeAPart("emb");
    Path script = Path.of("src/test/python/read_layout.py");
    try (PythonPeer python = PythonPeer.start(script)) {
      for (String reader : List.of("duckdb", "pyarrow", "geopandas")) {
        assertEquals(
            "t-1,t-2,t0,t1 t-1,t-2", python.ask(reader + " " + folder.resolve("emb")), reader);
      }
    }
  }

  @Test
  void filesOfPartsWithoutAListAndTemporaryOnesAreIncomplete() throws Exception {
    JobFolder shared = writeAPart("emb");
    List<String> temporary = new ArrayList<>();
    for (String name : List.of("grid_row=1/.x.parquet", "grid_row=1/x.parquet", "_parts/x.tiles")) {
      temporary.add(name + "." + UUID.randomUUID() + ".tmp");
    }
    for (String name : temporary) Files.createFile(folder.resolve("emb").resolve(name));
    Files.createFile(folder.resolve("emb/grid_row=1/mine.parquet"));
    Files.createFile(folder.resolve("emb/grid_row=1/mine.tmp"));
    assertEquals(
        Set.copyOf(temporary), Set.copyOf(GridRowSink.incomplete(shared.files().keySet())));
    shared.delete(PartTiles.file(PART));
    assertEquals(3 + 4, GridRowSink.incomplete(shared.files().keySet()).size());
  }
}
