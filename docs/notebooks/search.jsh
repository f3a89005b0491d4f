// Searches the files of ./run quickstart in quickstart-out, from jshell:
//   jshell --class-path "samples/guides/target/classes:$(cat samples/guides/target/classpath.txt)" docs/notebooks/search.jsh
import io.earthembed.*;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import io.earthembed.view.*;

Path data = Path.of(System.getenv().getOrDefault("EARTH_EMBED_DATA", "quickstart-out"));
Path embeddings = Stream.of(data.toFile().listFiles()).map(File::toPath).filter(f -> f.getFileName().toString().startsWith("embeddings-")).sorted().findFirst().orElseThrow();
GeoParquetDataset dataset = GeoParquetDataset.open(embeddings);
FaissIndex index = FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
EarthExplorer earth = EarthExplorer.open(dataset, DemoModel.load(), index, ParquetImageryStore.open()).owning();
SearchResult rivers = earth.search(Query.text("a satellite image of a river"), SearchOptions.builder().k(5).scoreField().build());
System.out.println(HitTable.of(rivers));
Path map = data.resolve("jshell-map.png");
SimilarityMap.of(rivers).writePng(map);
System.out.println(map.toAbsolutePath());
earth.close();
/exit
