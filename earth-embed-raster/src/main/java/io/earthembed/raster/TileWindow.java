package io.earthembed.raster;

import io.earthembed.geo.GeoPoint;
import io.earthembed.geo.Utm;
import io.earthembed.internal.Checks;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The square of an item's pixels that is a tile: its centre and its side in metres. It is the
 * fragment of a tile's reference, {@code #lat,lon,meters}, so that a catalog can hold it.
 *
 * @param center its centre
 * @param meters its side
 */
record TileWindow(GeoPoint center, int meters) {
  /** Sentinel-2's pixels of 10, 20 and 60 m all begin at multiples of it. */
  static final int STEP = 60;

  private static final int MOST_METERS = 200_000;

  private static final Pattern FRAGMENT =
      Pattern.compile("(-?\\d{1,2}(?:\\.\\d+)?),(-?\\d{1,3}(?:\\.\\d+)?),(\\d{1,6})");

  TileWindow {
    Checks.positive("meters", meters);
    if (meters % STEP != 0 || meters > MOST_METERS) {
      throw new IllegalArgumentException(
          "meters must be a multiple of " + STEP + " up to " + MOST_METERS + ": " + meters);
    }
  }

  /**
   * Returns the window that a reference names, or null if it names none.
   *
   * @throws IllegalArgumentException if its fragment is something else
   */
  static @Nullable TileWindow of(URI reference) {
    String fragment = reference.getFragment();
    if (fragment == null) return null;
    Matcher m = FRAGMENT.matcher(fragment);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "a reference's fragment must be latitude,longitude,meters, such as 45.5,12.25,3840");
    }
    GeoPoint center = new GeoPoint(Double.parseDouble(m.group(1)), Double.parseDouble(m.group(2)));
    return new TileWindow(center, Integer.parseInt(m.group(3)));
  }

  /** Returns a reference to this window of a document's item. */
  URI in(URI document) {
    String base = withoutFragment(document).toString();
    return URI.create(
        base
            + String.format(
                Locale.ROOT, "#%.6f,%.6f,%d", center.latitude(), center.longitude(), meters));
  }

  static URI withoutFragment(URI reference) {
    String text = reference.toString();
    int end = text.indexOf('#');
    return end < 0 ? reference : URI.create(text.substring(0, end));
  }

  /**
   * Returns west, south, east and north in a UTM zone, on whole steps, so that the pixels of all
   * resolutions fit in.
   */
  double[] bounds(Utm zone) {
    Utm.Point middle = zone.project(center);
    double west = Math.round((middle.easting() - meters / 2.0) / STEP) * (double) STEP;
    double south = Math.round((middle.northing() - meters / 2.0) / STEP) * (double) STEP;
    return new double[] {west, south, west + meters, south + meters};
  }
}
