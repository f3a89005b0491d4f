package io.earthembed.samples.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import io.earthembed.EarthExplorer;
import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.TileParts;
import io.earthembed.imagery.TileRecord;
import io.earthembed.onnx.DemoModel;
import io.earthembed.parquet.GeoParquetDataset;
import io.earthembed.parquet.ParquetImageryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Puts pictures of tiles into LangChain4j's own store and finds them by text; then runs the tool
 * calls that a chat model would make. No chat model is needed.
 */
public final class Agent {
  private Agent() {}

  /** Takes the folder that the sample {@code plain} wrote. */
  public static void main(String[] args) {
    GeoParquetDataset dataset = GeoParquetDataset.open(Path.of(args[0], "embeddings"));
    try (EmbeddingModel model = DemoModel.load();
        ParquetImageryStore store = ParquetImageryStore.open();
        EarthExplorer earth = EarthExplorer.open(dataset, model)) {
      searchWithStoreOfLangChain(new EarthEmbeddingModel(model), dataset, store);
      callTools(new EarthTools(earth));
    }
  }

  private static void searchWithStoreOfLangChain(
      EarthEmbeddingModel model, GeoParquetDataset dataset, ParquetImageryStore store) {
    System.out.println(model.modelName() + " takes " + model.supportedContentTypes());
    List<EmbeddingInput> pictures = new ArrayList<>();
    List<TextSegment> names = new ArrayList<>();
    for (long row = 0; row < dataset.catalog().size(); row++) {
      TileRecord tile = dataset.catalog().record(row);
      Raster picture = store.fetch(tile.source(), TileParts.TRUE_COLOR).trueColor();
      String base64 = Base64.getEncoder().encodeToString(ImageFiles.encodePng(picture));
      pictures.add(EmbeddingInput.from(ImageContent.from(base64, "image/png")));
      names.add(TextSegment.from(tile.productId()));
    }
    List<Embedding> embeddings =
        model.embed(EmbeddingRequest.builder().inputs(pictures).build()).embeddings();
    InMemoryEmbeddingStore<TextSegment> kept = new InMemoryEmbeddingStore<>();
    kept.addAll(embeddings, names);
    Embedding query = model.embed("a satellite image of a river").content();
    EmbeddingSearchRequest request =
        EmbeddingSearchRequest.builder().queryEmbedding(query).maxResults(3).build();
    for (EmbeddingMatch<TextSegment> match : kept.search(request).matches()) {
      System.out.println("stored picture: " + match.embedded().text());
    }
  }

  private static void callTools(EarthTools tools) {
    for (ToolSpecification tool : ToolSpecifications.toolSpecificationsFrom(tools)) {
      System.out.println("tool: " + tool.name() + " " + tool.parameters().required());
    }
    call(tools, "searchTiles", "{\"text\": \"a satellite image of snow\", \"count\": 2}");
    call(
        tools,
        "searchTilesNear",
        "{\"text\": \"a forest\", \"latitude\": 46, \"longitude\": 9, \"kilometers\": 100}");
  }

  /** Runs a call as it comes from a chat model. */
  private static void call(EarthTools tools, String name, String arguments) {
    ToolExecutionRequest request =
        ToolExecutionRequest.builder().id("1").name(name).arguments(arguments).build();
    System.out.println(new DefaultToolExecutor(tools, request).execute(request, "conversation"));
  }
}
