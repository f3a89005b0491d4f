package io.earthembed.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.SearchResult;
import io.earthembed.dataset.Attribution;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every export and map carries the attribution of the dataset, with a note or without. */
class AttributionTest {
  private static final String LINE = "Earth Genome, CC-BY-4.0, https://example.org/set";

  private static Map<String, String> documents(SearchResult result, String note) {
    boolean noted = !note.isEmpty();
    GeoJson json = GeoJson.of(result);
    StacItems stac = StacItems.of(result);
    Kml kml = Kml.of(result);
    SimilarityMap map = SimilarityMap.of(result);
    Gallery gallery = Gallery.of(result, List.of(Results.picture(1)));
    return Map.of(
        "GeoJSON", (noted ? json.withNote(note) : json).toJson(),
        "STAC", (noted ? stac.withNote(note) : stac).toJson(),
        "KML", (noted ? kml.withNote(note) : kml).toKml(),
        "CSV", Csv.of(result).toCsv(),
        "map", (noted ? map.withNote(note) : map).toHtml(),
        "gallery", (noted ? gallery.withNote(note) : gallery).toHtml(),
        "table", HitTable.toHtml(result, 10));
  }

  @Test
  void isInEveryDocument() {
    Attribution attribution =
        new Attribution("Earth Genome", "CC-BY-4.0", "https://example.org/set");
    SearchResult result = Results.attributed(attribution);
    assertEquals(LINE, result.attribution().toString());
    for (String note : List.of("", "Positions are made up")) {
      documents(result, note)
          .forEach(
              (kind, text) -> {
                assertTrue(text.contains(LINE), () -> kind + " with note '" + note + "': " + text);
                boolean takesNote = !kind.equals("CSV") && !kind.equals("table");
                if (takesNote) assertTrue(text.contains(note), kind);
              });
    }
  }

  @Test
  void isAbsentIfUnknown() {
    SearchResult result = Results.attributed(Attribution.NONE);
    assertTrue(result.attribution().isEmpty());
    Map<String, String> documents = documents(result, "");
    for (String kind : List.of("GeoJSON", "STAC", "CSV", "table")) {
      String text = String.valueOf(documents.get(kind));
      assertFalse(text.contains("note") || text.contains("attribution"), text);
    }
  }
}
