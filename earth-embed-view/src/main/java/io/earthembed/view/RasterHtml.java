package io.earthembed.view;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;

/** A raster as HTML, for a notebook or a page of one's own. */
public final class RasterHtml {
  private RasterHtml() {}

  /**
   * A picture with a line below it that says what it is. One or three bands of 8 bits are shown as
   * they are; others are stretched from their least to their greatest value, the first three bands
   * or the first, and the line says so. Larger pictures are made smaller, to 256 pixels.
   */
  public static String toHtml(Raster raster) {
    Raster visible = Pictures.visible(raster);
    StringBuilder out = new StringBuilder("<div class=\"earth-embed\">").append(Html.STYLE);
    out.append("<figure><img alt=\"raster\" src=\"").append(Pictures.dataUrl(visible));
    out.append("\"><figcaption>").append(Markup.escape(raster.toString()));
    if (visible != raster) out.append(", stretched to be seen");
    GeoReference place = raster.reference();
    if (place != null) out.append("<br>EPSG:").append(place.epsg());
    return out.append("</figcaption></figure></div>").toString();
  }
}
