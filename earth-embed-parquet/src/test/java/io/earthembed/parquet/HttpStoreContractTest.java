package io.earthembed.parquet;

import io.earthembed.demo.http.RangeServer;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.testkit.ImageryStoreContract;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class HttpStoreContractTest extends ImageryStoreContract {
  private RangeServer server;

  HttpStoreContractTest() {
    server = RangeServer.start(java.nio.file.Path.of("."));
  }

  @BeforeEach
  void serveFolder() {
    server.close();
    server = RangeServer.start(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected ImageryStore create() {
    return ParquetImageryStore.open();
  }

  @Override
  protected URI publish(List<Source> tiles) {
    TestShards.write(folder.resolve("shard.parquet"), tiles);
    return server.url("shard.parquet");
  }

  @Override
  protected URI missing() {
    return server.url("missing.parquet");
  }
}
