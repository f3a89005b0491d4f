package io.earthembed.samples.spring;

import io.earthembed.EarthExplorer;
import io.earthembed.faiss.FaissIndex;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import io.earthembed.vector.Metric;
import io.earthembed.web.ExplorerServlet;
import io.earthembed.web.ServedExplorer;
import io.earthembed.web.ServerOptions;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

/** A service that searches one set of embeddings. */
@SpringBootApplication
public class Application {
  /** Starts it; {@code --embeddings=FOLDER} names the embeddings to search. */
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  /**
   * Opens the explorer, which all requests share (it is safe for many threads). Spring closes it
   * with the context, because a bean's {@code close} is called.
   */
  @Bean
  EarthExplorer earth(@Value("${embeddings}") Path embeddings) {
    GeoParquetDataset dataset = GeoParquetDataset.open(embeddings);
    FaissIndex index = FaissIndex.flat(dataset.model().dimension(), Metric.INNER_PRODUCT);
    return EarthExplorer.open(dataset, DemoModel.load(), index, ParquetImageryStore.open())
        .owning();
  }

  /** Mounts the explorer's page and API below {@code /earth/}. The container ends it first. */
  @Bean
  ServletRegistrationBean<ExplorerServlet> explorer(EarthExplorer earth) {
    ServedExplorer served =
        ServedExplorer.of("demo", earth).withTitle("Landscapes").withCropPixels(64);
    return new ServletRegistrationBean<>(
        new ExplorerServlet(List.of(served), ServerOptions.DEFAULT), "/earth/*");
  }
}
