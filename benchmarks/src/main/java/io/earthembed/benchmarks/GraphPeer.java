package io.earthembed.benchmarks;

import io.earthembed.vector.Vectors;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;

/**
 * Measures HNSW graphs of other Java libraries, with FAISS's usual 32 neighbours and 100 at
 * construction.
 */
interface GraphPeer extends AutoCloseable {
  int NEIGHBORS = 32;
  int CONSTRUCTION = 100;

  long[] search(float[] query, int k, int ef) throws IOException;

  @Override
  void close() throws IOException;

  static GraphPeer of(String library, Vectors vectors) throws IOException {
    return library.equals("jvector") ? new JVector(vectors) : new Lucene(vectors);
  }

  /** JVector, vectors in memory; with --add-modules jdk.incubator.vector it uses SIMD. */
  final class JVector implements GraphPeer {
    private static final VectorTypeSupport TYPES =
        VectorizationProvider.getInstance().getVectorTypeSupport();
    private static final io.github.jbellis.jvector.vector.VectorSimilarityFunction DOT =
        io.github.jbellis.jvector.vector.VectorSimilarityFunction.DOT_PRODUCT;
    private final RandomAccessVectorValues values;
    private final GraphSearcher searcher;

    JVector(Vectors vectors) throws IOException {
      List<VectorFloat<?>> rows = new ArrayList<>();
      for (long i = 0; i < vectors.rows(); i++) rows.add(TYPES.createFloatVector(vectors.row(i)));
      values = new ListRandomAccessVectorValues(rows, vectors.dimension());
      try (GraphIndexBuilder builder =
          new GraphIndexBuilder(values, DOT, NEIGHBORS, CONSTRUCTION, 1.2f, 1.2f, true)) {
        ImmutableGraphIndex graph = builder.build(values);
        searcher = new GraphSearcher(graph);
      }
    }

    @Override
    public long[] search(float[] query, int k, int ef) {
      VectorFloat<?> vector = TYPES.createFloatVector(query);
      SearchResult found =
          searcher.search(
              DefaultSearchScoreProvider.exact(vector, DOT, values), k, ef, 0, 0, Bits.ALL);
      long[] ids = new long[found.getNodes().length];
      for (int i = 0; i < ids.length; i++) ids[i] = found.getNodes()[i].node;
      return ids;
    }

    @Override
    public void close() throws IOException {
      searcher.close();
    }
  }

  /** Lucene, one segment in a temporary folder. */
  final class Lucene implements GraphPeer {
    private final MMapDirectory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;

    Lucene(Vectors vectors) throws IOException {
      Path folder = Files.createTempDirectory("lucene");
      directory = new MMapDirectory(folder);
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setRAMBufferSizeMB(1500)
              .setCodec(
                  new Lucene912Codec() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                      return new Lucene99HnswVectorsFormat(NEIGHBORS, CONSTRUCTION);
                    }
                  });
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (long i = 0; i < vectors.rows(); i++) {
          Document document = new Document();
          document.add(
              new KnnFloatVectorField(
                  "vector", vectors.row(i), VectorSimilarityFunction.DOT_PRODUCT));
          document.add(new NumericDocValuesField("ordinal", i));
          writer.addDocument(document);
        }
        writer.forceMerge(1);
      }
      reader = DirectoryReader.open(directory);
      searcher = new IndexSearcher(reader);
    }

    @Override
    public long[] search(float[] query, int k, int ef) throws IOException {
      ScoreDoc[] found =
          searcher.search(new KnnFloatVectorQuery("vector", query, Math.max(k, ef)), k).scoreDocs;
      long[] ids = new long[found.length];
      for (int i = 0; i < ids.length; i++) {
        NumericDocValues ordinals = reader.leaves().get(0).reader().getNumericDocValues("ordinal");
        if (!ordinals.advanceExact(found[i].doc)) throw new IOException("no ordinal");
        ids[i] = ordinals.longValue();
      }
      return ids;
    }

    @Override
    public void close() throws IOException {
      reader.close();
      directory.close();
    }
  }
}
