package io.earthembed.raster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.image.Band;
import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;
import io.earthembed.testkit.ImageryStoreContract.Source;
import io.earthembed.testkit.http.RawServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** A loopback server of scenes as STAC items with a GeoTIFF per band. */
final class TestScenes implements Closeable {
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final RawServer server = RawServer.start(this::answer);

  void put(String path, byte[] bytes) {
    files.put("/" + path, bytes);
  }

  private void answer(RawServer.Request request, OutputStream reply) throws IOException {
    byte[] file = files.get(request.path());
    if (file == null) {
      RawServer.head(reply, "404 Not Found", "Content-Length: 0");
      return;
    }
    String tag = "ETag: \"" + file.length + "\"";
    if (request.header("range").isEmpty()) {
      RawServer.head(reply, "200 OK", "Content-Length: " + file.length, tag);
      reply.write(file);
      return;
    }
    int[] range = request.range(file.length);
    RawServer.head(
        reply,
        "206 Partial Content",
        "Content-Length: " + (range[1] - range[0]),
        "Content-Range: bytes " + range[0] + "-" + (range[1] - 1) + "/" + file.length,
        tag);
    reply.write(file, range[0], range[1] - range[0]);
  }

  /** Publishes an ItemCollection with an item for each source, and returns its address. */
  URI publish(List<Source> tiles) {
    JsonArray items = new JsonArray();
    for (int i = 0; i < tiles.size(); i++) {
      Source tile = tiles.get(i);
      JsonObject assets = new JsonObject();
      for (Band band : Band.values()) {
        add(
            assets,
            band.name(),
            i + "/" + band + ".tif",
            tiff(Objects.requireNonNull(tile.bands().get(band))));
      }
      add(assets, "visual", i + "/TCI.tif", tiff(tile.thumbnail()));
      add(assets, "scl", i + "/SCL.tif", tiff(classes(tile.cloudMask())));
      JsonObject properties = new JsonObject();
      properties.addProperty("datetime", tile.timestamp().toString());
      properties.addProperty("earthembed:grid_cell", tile.cell().name());
      JsonObject item = new JsonObject();
      item.addProperty("type", "Feature");
      item.addProperty("id", tile.productId());
      item.add("properties", properties);
      item.add("assets", assets);
      items.add(item);
    }
    JsonObject root = new JsonObject();
    root.addProperty("type", "FeatureCollection");
    root.add("features", items);
    put("items.json", root.toString().getBytes(UTF_8));
    return server.url("items.json");
  }

  private void add(JsonObject assets, String name, String path, byte[] tiff) {
    put(path, tiff);
    JsonObject asset = new JsonObject();
    asset.addProperty("href", "/" + path);
    asset.addProperty("type", "image/tiff; application=geotiff; profile=cloud-optimized");
    assets.add(name, asset);
  }

  /** Returns Sentinel-2's classes of MajorTOM's. */
  private static Raster classes(Raster mask) {
    int[] classes = {4, 9, 10, 3};
    Raster scl = Raster.allocate(mask.height(), mask.width(), 1, mask.type());
    for (int y = 0; y < mask.height(); y++) {
      for (int x = 0; x < mask.width(); x++) {
        scl.set(y, x, 0, classes[(int) mask.get(y, x, 0)]);
      }
    }
    return scl.withReference(mask.reference());
  }

  /** Returns an uncompressed GeoTIFF in one strip, so that files of one size have equal lengths. */
  static byte[] tiff(Raster raster) {
    GeoReference place = raster.reference();
    ByteBuffer samples = raster.data();
    int bands = raster.bands();
    int head = 8 + 2 + 12 * 14 + 4;
    int extra = 64 + 24 + 48 + 40;
    int start = head + extra;
    ByteBuffer file =
        ByteBuffer.allocate(start + samples.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) 14);
    int bits = 8 * raster.type().bytes();
    field(file, 256, 4, 1, raster.width());
    field(file, 257, 4, 1, raster.height());
    // Two values fit into the entry; three are outside.
    field(file, 258, 3, bands, bands == 1 ? bits : head);
    field(file, 259, 3, 1, 1);
    field(file, 262, 3, 1, 1);
    field(file, 273, 4, 1, start);
    field(file, 277, 3, 1, bands);
    field(file, 278, 4, 1, raster.height());
    field(file, 279, 4, 1, samples.remaining());
    field(file, 284, 3, 1, 1);
    field(file, 339, 3, 1, 1);
    field(file, 33550, 12, 3, head + 64);
    field(file, 33922, 12, 6, head + 88);
    field(file, 34735, 3, 20, head + 136);
    file.putInt(0);
    for (int i = 0; i < 4; i++) file.putShort((short) bits);
    file.position(head + 64);
    double size = place == null ? 10 : place.pixelSize();
    file.putDouble(size).putDouble(size).putDouble(0).putDouble(0).putDouble(0).putDouble(0);
    file.putDouble(place == null ? 0 : place.west());
    file.putDouble(place == null ? 0 : place.north()).putDouble(0);
    int epsg = place == null ? 32601 : place.epsg();
    int[] keys = {1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, epsg, 3076, 0, 1, 9001};
    for (int key : keys) file.putShort((short) key);
    file.position(start);
    ByteBuffer in = samples.order(ByteOrder.nativeOrder());
    if (bits == 16) {
      while (in.hasRemaining()) file.putShort(in.getShort());
    } else {
      file.put(in);
    }
    return file.array();
  }

  private static void field(ByteBuffer file, int tag, int type, int count, int value) {
    file.putShort((short) tag).putShort((short) type).putInt(count);
    if (type == 3 && count == 1) file.putShort((short) value).putShort((short) 0);
    else file.putInt(value);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
