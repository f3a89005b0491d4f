package io.earthembed.parquet;

import io.earthembed.imagery.ImageryStore;
import io.earthembed.testkit.ImageryStoreContract;
import java.net.URI;
import java.util.List;

class FileStoreContractTest extends ImageryStoreContract {
  @Override
  protected ImageryStore create() {
    return ParquetImageryStore.open();
  }

  @Override
  protected URI publish(List<Source> tiles) {
    return TestShards.write(folder.resolve("shard.parquet"), tiles).toUri();
  }

  @Override
  protected URI missing() {
    return folder.resolve("missing.parquet").toUri();
  }
}
