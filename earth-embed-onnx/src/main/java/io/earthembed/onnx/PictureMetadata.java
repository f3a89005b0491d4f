package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.earthembed.geo.GeoPoint;
import io.earthembed.image.Acquisition;
import io.earthembed.image.Raster;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Locale;

/**
 * Inputs of picture networks besides pixels, which tell when and where a picture was taken, or how
 * much ground a pixel covers ({@link Raster#acquisition}).
 */
public enum PictureMetadata {
  /**
   * float32 [n, 4]: sine and cosine of 2π w / 52 and of 2π h / 24, for the ISO week w and the full
   * hour h, in UTC; zeros if the time is unknown. Source: Clay v1.5, {@code
   * claymodel/finetune/embedder/how-to-embed.ipynb}.
   */
  WEEK_HOUR("time unknown: zeros", OnnxJavaType.FLOAT, List.of(4L)) {
    @Override
    boolean isKnown(Acquisition acquisition) {
      return acquisition.time() != null;
    }

    @Override
    void write(Raster picture, ImageDescription image, ByteBuffer target) {
      Instant time = picture.acquisition().time();
      if (time == null) {
        putZeros(target);
        return;
      }
      ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
      putSinCos(2 * Math.PI * utc.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) / 52, target);
      putSinCos(2 * Math.PI * utc.getHour() / 24, target);
    }
  },

  /**
   * float32 [n, 4]: sine and cosine of the latitude and of the longitude of the picture's centre;
   * zeros if the centre is unknown. Source: as {@link #WEEK_HOUR}.
   */
  LATITUDE_LONGITUDE("place unknown: zeros", OnnxJavaType.FLOAT, List.of(4L)) {
    @Override
    boolean isKnown(Acquisition acquisition) {
      return acquisition.center() != null;
    }

    @Override
    void write(Raster picture, ImageDescription image, ByteBuffer target) {
      GeoPoint center = picture.acquisition().center();
      if (center == null) {
        putZeros(target);
        return;
      }
      putSinCos(Math.toRadians(center.latitude()), target);
      putSinCos(Math.toRadians(center.longitude()), target);
    }
  },

  /**
   * int64 [n, 3]: day of the month from 1, month from 0, year, in UTC; 1 July 2020 if the time is
   * unknown. Source: OlmoEarth, {@code olmoearth_pretrain/nn/encodings.py}; the fallback is
   * EarthEmbeddingExplorer's.
   */
  DAY_MONTH_YEAR("time unknown: 2020-07-01", OnnxJavaType.INT64, List.of(3L)) {
    @Override
    boolean isKnown(Acquisition acquisition) {
      return acquisition.time() != null;
    }

    @Override
    void write(Raster picture, ImageDescription image, ByteBuffer target) {
      Instant time = picture.acquisition().time();
      LocalDate date =
          time == null ? LocalDate.of(2020, 7, 1) : time.atZone(ZoneOffset.UTC).toLocalDate();
      target.putLong(date.getDayOfMonth());
      target.putLong(date.getMonthValue() - 1);
      target.putLong(date.getYear());
    }
  },

  /**
   * float32 [n]: metres on the ground of one of the network's pixels, which is larger than the
   * picture's own if the picture is shrunk; 10 m for each of the picture's own pixels if their
   * resolution is unknown. For 384 pixels of 10 m and a network of 128 it is 30. Source: as {@link
   * #DAY_MONTH_YEAR}.
   */
  METERS_PER_PIXEL("resolution unknown: 10 m per pixel", OnnxJavaType.FLOAT, List.of()) {
    @Override
    boolean isKnown(Acquisition acquisition) {
      return !Double.isNaN(acquisition.resolution());
    }

    @Override
    void write(Raster picture, ImageDescription image, ByteBuffer target) {
      double meters = picture.acquisition().resolution();
      int[] resized = ResizeGeometry.target(picture.height(), picture.width(), image);
      double shrinking =
          ((double) picture.height() / resized[0] + (double) picture.width() / resized[1]) / 2;
      target.putFloat((float) ((Double.isNaN(meters) ? 10 : meters) * shrinking));
    }
  };

  private final String fallback;
  private final OnnxJavaType type;
  private final List<Long> shape;

  PictureMetadata(String fallback, OnnxJavaType type, List<Long> shape) {
    this.fallback = fallback;
    this.type = type;
    this.shape = shape;
  }

  /**
   * Returns what is written for a picture without this value, for example "time unknown: zeros".
   */
  String fallback() {
    return fallback;
  }

  /** Returns the network's input. */
  ValueTensors.Part part(String name) {
    return new ValueTensors.Part(name, type, shape);
  }

  abstract boolean isKnown(Acquisition acquisition);

  /**
   * Writes the values of one picture.
   *
   * @param image description of its preparation
   */
  abstract void write(Raster picture, ImageDescription image, ByteBuffer target);

  private static void putZeros(ByteBuffer target) {
    for (int i = 0; i < 4; i++) target.putFloat(0);
  }

  private static void putSinCos(double angle, ByteBuffer target) {
    target.putFloat((float) Math.sin(angle));
    target.putFloat((float) Math.cos(angle));
  }

  /** Returns the name in {@code model.json}, with the fallback: for descriptions. */
  String describe() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + " (" + fallback + ")";
  }
}
