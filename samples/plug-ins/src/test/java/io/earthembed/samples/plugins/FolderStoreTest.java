package io.earthembed.samples.plugins;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.testkit.ImageryStoreContract;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

class FolderStoreTest extends ImageryStoreContract {
  @Override
  protected ImageryStore create() {
    return new FolderStore();
  }

  @Override
  protected URI missing() {
    return folder.resolve("missing").toUri();
  }

  @Override
  protected URI publish(List<Source> tiles) {
    Path shard = folder.resolve("shard");
    try {
      for (int row = 0; row < tiles.size(); row++) {
        Source tile = tiles.get(row);
        Path at = Files.createDirectories(shard.resolve(Integer.toString(row)));
        GeoReference place = Objects.requireNonNull(tile.cloudMask().reference());
        Files.writeString(
            at.resolve("tile"),
            String.join(
                "\t",
                tile.cell().name(),
                tile.productId(),
                tile.timestamp().toString(),
                Integer.toString(place.epsg()),
                Double.toString(place.west()),
                Double.toString(place.north())));
        write(at.resolve("thumbnail"), tile.thumbnail());
        write(at.resolve("clouds"), tile.cloudMask());
        for (var band : tile.bands().entrySet()) {
          write(at.resolve(band.getKey().name()), band.getValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return shard.toUri();
  }

  private static void write(Path file, Raster raster) throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      out.writeInt(raster.height());
      out.writeInt(raster.width());
      out.writeInt(raster.bands());
      for (int y = 0; y < raster.height(); y++) {
        for (int x = 0; x < raster.width(); x++) {
          for (int band = 0; band < raster.bands(); band++) {
            int value = (int) raster.get(y, x, band);
            if (raster.type() == SampleType.UINT8) out.writeByte(value);
            else out.writeShort(value);
          }
        }
      }
    }
  }
}
