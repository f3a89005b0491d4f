package io.earthembed.raster;

import io.earthembed.imagery.ImageryStore;
import io.earthembed.stac.StacClient;
import io.earthembed.testkit.ImageryStoreContract;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The contract over scenes of a loopback server. */
final class CogStoreContractTest extends ImageryStoreContract {
  private final TestScenes scenes = new TestScenes();

  @AfterEach
  void closeServer() throws IOException {
    scenes.close();
  }

  @Override
  protected ImageryStore create() {
    StacClient client = StacClient.builder(scenes.server.url("")).attempts(2).build();
    return CogImageryStore.builder(client, "scenes").attempts(2).build();
  }

  @Override
  protected URI publish(List<Source> tiles) {
    return scenes.publish(tiles);
  }

  @Override
  protected URI missing() {
    return scenes.server.url("none.json");
  }
}
