package io.earthembed.guides;

import io.earthembed.guides.examples.ZipStore;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.codec.ImageFiles;
import io.earthembed.imagery.ImageryStore;
import io.earthembed.testkit.ImageryStoreContract;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The guide's store for ZIP archives meets the contract of every store. */
class ZipStoreContractTest extends ImageryStoreContract {
  @Override
  protected ImageryStore create() {
    return new ZipStore();
  }

  @Override
  protected URI publish(List<Source> tiles) {
    return write(folder.resolve("shard.zip"), tiles);
  }

  @Override
  protected URI missing() {
    return folder.resolve("missing.zip").toUri();
  }

  static URI write(Path file, List<Source> tiles) {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int row = 0; row < tiles.size(); row++) {
        Source tile = tiles.get(row);
        GeoReference place = Objects.requireNonNull(tile.cloudMask().reference());
        String about =
            String.join(
                "\t",
                tile.cell().name(),
                tile.productId(),
                tile.timestamp().toString(),
                Integer.toString(place.epsg()),
                Double.toString(place.west()),
                Double.toString(place.north()));
        zip.putNextEntry(new ZipEntry(row + "/tile.txt"));
        zip.write(about.getBytes(StandardCharsets.UTF_8));
        zip.putNextEntry(new ZipEntry(row + "/thumbnail.png"));
        zip.write(ImageFiles.encodePng(tile.thumbnail()));
        zip.putNextEntry(new ZipEntry(row + "/clouds"));
        plane(zip, tile.cloudMask());
        for (Map.Entry<Band, Raster> band : tile.bands().entrySet()) {
          zip.putNextEntry(new ZipEntry(row + "/" + band.getKey()));
          plane(zip, band.getValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toUri();
  }

  private static void plane(ZipOutputStream zip, Raster raster) throws IOException {
    DataOutputStream out = new DataOutputStream(zip);
    out.writeInt(raster.height());
    out.writeInt(raster.width());
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        int value = (int) raster.get(y, x, 0);
        if (raster.type() == SampleType.UINT8) out.writeByte(value);
        else out.writeShort(value);
      }
    }
    out.flush();
  }
}
