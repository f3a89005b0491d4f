package io.earthembed.view;

import io.earthembed.SearchResult;
import io.earthembed.image.Raster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes pictures to look at, and how long they took: the folder is the one argument. */
final class Samples {
  private Samples() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    String note = "Positions are made up: points at random on land.";
    for (int n : new int[] {300, 8_000, 249_000}) {
      SearchResult result = Results.land(n, 25);
      List<Raster> pictures = new ArrayList<>();
      for (int i = 0; i < 10; i++) pictures.add(Results.picture(i));
      SimilarityMap map = SimilarityMap.of(result).withNote(note).withPictures(pictures);
      for (int i = 0; i < 3; i++) {
        long start = System.nanoTime();
        map.writePng(folder.resolve("map-" + n + ".png"));
        long png = System.nanoTime();
        map.writeHtml(folder.resolve("map-" + n + ".html"));
        long html = System.nanoTime();
        System.out.printf(
            "%d tiles: PNG %d ms, HTML %d ms, %d bytes%n",
            n,
            (png - start) / 1_000_000,
            (html - png) / 1_000_000,
            Files.size(folder.resolve("map-" + n + ".html")));
      }
      Gallery.of(result, Arrays.asList(pictures.get(0), pictures.get(1), null, pictures.get(3)))
          .withNote(note)
          .writePng(folder.resolve("gallery-" + n + ".png"));
      System.out.println(HitTable.of(result).lines().limit(4).toList());
    }
  }
}
