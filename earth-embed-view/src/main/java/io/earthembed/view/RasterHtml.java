package io.earthembed.view;

import io.earthembed.image.GeoReference;
import io.earthembed.image.Raster;

/** A raster as HTML, for a notebook or another page. */
public final class RasterHtml {
  private RasterHtml() {}

  /**
   * Returns a picture with a caption below it. One or three 8-bit bands are shown as they are. Of
   * other rasters, the first three bands (the first band if there are fewer) are stretched from
   * their least to their greatest value, which the caption states. Pictures above 256 pixels are
   * reduced.
   */
  public static String toHtml(Raster raster) {
    Raster visible = Pictures.visible(raster);
    StringBuilder out = new StringBuilder("<div class=\"earth-embed\">").append(Html.STYLE);
    out.append("<figure><img alt=\"raster\" src=\"").append(Pictures.dataUrl(visible));
    out.append("\"><figcaption>").append(Markup.escape(raster.toString()));
    if (visible != raster) out.append(", stretched for display");
    GeoReference place = raster.reference();
    if (place != null) out.append("<br>EPSG:").append(place.epsg());
    return out.append("</figcaption></figure></div>").toString();
  }
}
