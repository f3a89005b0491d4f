package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.Query;
import io.earthembed.base.file.Sha256;
import io.earthembed.image.Raster;
import io.earthembed.image.codec.ImageFiles;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Decodes uploaded pictures and keeps them for some minutes. Safe for many threads. */
final class ImageStore {
  private final KeptData<Query.Image> kept;
  private final ServerOptions options;

  ImageStore(ServerOptions options) {
    this.options = options;
    this.kept =
        new KeptData<>("images", options.cacheBytes(), options.imageLife(), options.metrics());
  }

  /**
   * Decodes and keeps a picture.
   *
   * @return its description for the client
   * @throws io.earthembed.common.InvalidInputException if it cannot be used
   */
  JsonObject add(byte[] bytes) {
    if (bytes.length == 0) throw new IllegalArgumentException("the picture has no bytes");
    Raster raster = ImageFiles.decode(bytes, "the picture", options.imagePixels());
    MessageDigest digest = Sha256.digest();
    String id = HexFormat.of().formatHex(digest.digest(bytes)).substring(0, 32);
    Query.Image image =
        new Query.Image(raster, "a picture of " + raster.width() + " x " + raster.height());
    kept.put(id, image, raster.data().remaining());
    JsonObject json = new JsonObject();
    json.addProperty("image", id);
    json.addProperty("width", raster.width());
    json.addProperty("height", raster.height());
    json.addProperty("bands", raster.bands());
    return json;
  }

  /**
   * Returns a kept picture.
   *
   * @throws ProblemException (404) if it is not kept
   */
  Query.Image require(String id) {
    Query.Image image = kept.get(id);
    if (image != null) return image;
    throw ProblemException.notFound("the picture " + id + " is no longer kept; upload it again");
  }
}
