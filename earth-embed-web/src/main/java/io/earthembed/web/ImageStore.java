package io.earthembed.web;

import com.google.gson.JsonObject;
import io.earthembed.Query;
import io.earthembed.base.file.Sha256;
import io.earthembed.base.image.GeoTiff;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.encoder.TilePicture;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.TrueColor;
import io.earthembed.image.codec.ImageFiles;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Decodes uploaded pictures and keeps them for some minutes. Safe for many threads. */
final class ImageStore {
  /** The name of an upload in errors. */
  private static final String NAME = "the picture";

  private final KeptData<Query.Image> kept;
  private final ConcurrencyLimit limit;
  private final ServerOptions options;

  ImageStore(ConcurrencyLimit limit, ServerOptions options) {
    this.limit = limit;
    this.options = options;
    this.kept =
        new KeptData<>("images", options.cacheBytes(), options.imageLife(), options.metrics());
  }

  /**
   * Returns what a client knows of a picture.
   *
   * @param time ISO 8601 in UTC, or null
   * @param latitude degrees of the centre, or null
   * @param longitude degrees of the centre, or null
   * @param resolution meters of a pixel on the ground, or null
   * @throws IllegalArgumentException naming the value that cannot be used
   */
  static Acquisition acquisition(
      @Nullable String time,
      @Nullable Double latitude,
      @Nullable Double longitude,
      @Nullable Double resolution) {
    Acquisition known = Acquisition.UNKNOWN;
    if (time != null) {
      try {
        known = known.withTime(Instant.parse(time));
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "the parameter time is not a time such as 2024-06-30T10:20:31Z: " + time, e);
      }
    }
    if (latitude != null && longitude != null) {
      known = known.withCenter(new GeoPoint(latitude, longitude));
    } else if (latitude != null || longitude != null) {
      throw new IllegalArgumentException("of lat and lon, only one is given");
    }
    return resolution == null ? known : known.withResolution(resolution);
  }

  /**
   * Decodes and keeps a picture.
   *
   * @param known what the client knows of the picture; its own georeference takes precedence
   * @return its description for the client
   * @throws io.earthembed.common.InvalidInputException if it cannot be used
   * @throws ProblemException (413) if it is too large to be kept
   */
  JsonObject add(byte[] bytes, Acquisition known) {
    if (bytes.length == 0) throw new IllegalArgumentException("the picture has no bytes");
    Raster raster;
    try (ConcurrencyLimit.Turn turn = limit.await()) {
      raster = decode(bytes).withAcquisition(known);
    }
    requireRoom(raster);
    MessageDigest digest = Sha256.digest();
    if (!known.equals(Acquisition.UNKNOWN)) {
      digest.update(known.toString().getBytes(StandardCharsets.UTF_8));
    }
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

  private void requireRoom(Raster raster) {
    int size = raster.data().remaining();
    if (size <= options.cacheBytes()) return;
    throw ProblemException.of(
        413,
        "the picture has "
            + raster.width()
            + " x "
            + raster.height()
            + " pixels of "
            + raster.bands()
            + " bands, which take "
            + size
            + " bytes, and the server keeps at most "
            + options.cacheBytes()
            + "; send a smaller one");
  }

  /** Decodes a picture: a GeoTIFF of all bands, or any other in true color. */
  private Raster decode(byte[] bytes) {
    if (!isTiff(bytes)) return ImageFiles.decode(bytes, NAME, options.imagePixels());
    try {
      return GeoTiff.readBands(bytes, NAME, Band.values().length, options.imagePixels());
    } catch (EarthEmbedException e) {
      // The client's data are at fault, not the archive's.
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean isTiff(byte[] bytes) {
    if (bytes.length < 4) return false;
    String start = new String(bytes, 0, 4, StandardCharsets.ISO_8859_1);
    return start.matches("II[*+]\0|MM\0[*+]");
  }

  /**
   * Returns a kept picture in the form that a model encodes. A picture of all bands becomes a
   * true-color one for models of such pictures.
   *
   * @throws ProblemException (404) if it is not kept
   */
  Query.Image require(String id, TilePicture wanted) {
    Query.Image image = kept.get(id);
    if (image == null) {
      throw ProblemException.notFound("the picture " + id + " is no longer kept; upload it again");
    }
    Raster raster = image.image();
    if (raster.bands() != Band.values().length || wanted == TilePicture.ALL_BANDS) return image;
    Raster red = band(raster, Band.B04);
    Raster green = band(raster, Band.B03);
    Raster blue = band(raster, Band.B02);
    Raster color =
        wanted == TilePicture.TRUE_COLOR
            ? TrueColor.compose(red, green, blue)
            : TrueColor.thumbnail(red, green, blue);
    return new Query.Image(color.withAcquisition(raster.acquisition()), image.name());
  }

  private static Raster band(Raster stack, Band band) {
    Raster one = Raster.allocate(stack.height(), stack.width(), 1, stack.type());
    for (int y = 0; y < stack.height(); y++) {
      for (int x = 0; x < stack.width(); x++) one.set(y, x, 0, stack.get(y, x, band.ordinal()));
    }
    return one.withReference(stack.reference());
  }
}
