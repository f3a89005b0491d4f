package io.earthembed.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.encoder.ModelInfo;
import io.earthembed.vector.Vectors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class ArrowEmbeddingsTest {
  private static final GeoParquetDataset DATASET =
      GeoParquetDataset.open(
          Path.of("src/test/resources/io/earthembed/parquet/pyarrow-snappy.parquet"),
          new ModelInfo("golden", "1", 6));

  private static void assertWhole(ArrowReader reader) throws Exception {
    List<String> ids = new ArrayList<>();
    int row = 0;
    while (reader.loadNextBatch()) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      Vectors vectors = ArrowEmbeddings.vectors((FixedSizeListVector) root.getVector("embedding"));
      assertEquals(root.getRowCount(), vectors.rows());
      for (int i = 0; i < root.getRowCount(); i++, row++) {
        ids.add(String.valueOf(root.getVector("unique_id").getObject(i)));
        float[] expected = new float[6];
        for (int j = 0; j < 6; j++) expected[j] = row + j / 8f;
        assertArrayEquals(expected, vectors.row(i), "row " + row);
        assertEquals(row % 9 == 8, root.getVector("parquet_url").isNull(i));
        assertEquals(
            row % 9 == 8 ? null : (Object) row, root.getVector("parquet_row").getObject(i));
        assertEquals(-row / 4.0, root.getVector("centre_lon").getObject(i));
      }
    }
    assertEquals(40, row);
    assertEquals("id-39", ids.get(39));
  }

  @Test
  void goesThroughIpc() throws Exception {
    try (BufferAllocator allocator = new RootAllocator()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ArrowReader reader = ArrowEmbeddings.reader(DATASET, allocator);
          ArrowStreamWriter writer =
              new ArrowStreamWriter(
                  reader.getVectorSchemaRoot(), null, Channels.newChannel(bytes))) {
        while (reader.loadNextBatch()) writer.writeBatch();
        writer.end();
      }
      try (ArrowReader back =
          new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator)) {
        assertWhole(back);
      }
    }
  }

  @Test
  void goesThroughTheCDataInterface() throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, ArrowEmbeddings.reader(DATASET, allocator), stream);
      try (ArrowReader imported = Data.importArrayStream(allocator, stream)) {
        assertWhole(imported);
      }
    }
  }

  /** A consumer's batch does not change when it reads the next one. */
  @Test
  void batchesStayWhatTheyWere() throws Exception {
    GeoParquetDataset dataset =
        GeoParquetDataset.open(
            Path.of("src/test/resources/io/earthembed/parquet/embeddings/groups.parquet"),
            new ModelInfo("golden", "1", 20));
    List<ArrowArray> batches = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader = ArrowEmbeddings.reader(dataset, allocator)) {
      Schema schema = reader.getVectorSchemaRoot().getSchema();
      while (reader.loadNextBatch()) {
        ArrowArray batch = ArrowArray.allocateNew(allocator);
        Data.exportVectorSchemaRoot(allocator, reader.getVectorSchemaRoot(), null, batch);
        batches.add(batch);
      }
      assertTrue(batches.size() > 1, "several batches");
      int row = 0;
      for (ArrowArray batch : batches) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
          Data.importIntoVectorSchemaRoot(allocator, batch, root, null);
          Vectors vectors =
              ArrowEmbeddings.vectors((FixedSizeListVector) root.getVector("embedding"));
          for (int i = 0; i < root.getRowCount(); i++, row++) {
            assertEquals("id-" + row, String.valueOf(root.getVector("unique_id").getObject(i)));
            assertArrayEquals(dataset.vectors().row(row), vectors.row(i), "row " + row);
          }
        }
        batch.close();
      }
      assertEquals(60, row);
    }
  }

  @Test
  void sharesTheMemoryOfAVector() throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader = ArrowEmbeddings.reader(DATASET, allocator)) {
      assertTrue(reader.loadNextBatch());
      FixedSizeListVector lists =
          (FixedSizeListVector) reader.getVectorSchemaRoot().getVector("embedding");
      Vectors vectors = ArrowEmbeddings.vectors(lists);
      ((Float4Vector) lists.getDataVector()).set(6, 123f);
      assertEquals(123f, vectors.row(1)[0], "a view, not a copy");
      lists.getDataVector().setNull(3);
      assertThrows(IllegalArgumentException.class, () -> ArrowEmbeddings.vectors(lists));
    }
  }
}
