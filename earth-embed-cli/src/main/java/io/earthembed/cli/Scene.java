package io.earthembed.cli;

import io.earthembed.demo.landscape.Landscape;
import io.earthembed.demo.landscape.LandscapeKind;
import io.earthembed.image.Band;
import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;
import io.earthembed.image.TrueColor;
import io.earthembed.image.codec.ImageFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A picture that becomes a tile: a file, or a generated landscape. */
sealed interface Scene {
  /** Returns its name, unique in its collection. */
  String name();

  /** Returns its identity, unique over all collections; a changed file has another. */
  default String identity() {
    return name();
  }

  /**
   * Returns its bands, each h x w x 1 UINT16 digital numbers.
   *
   * @param trueColor the result of {@link #trueColor}, so that a file is decoded once
   */
  Map<Band, Raster> bands(Raster trueColor);

  /**
   * Returns its picture in true colour.
   *
   * @throws io.earthembed.common.EarthEmbedException if its file is no picture, or is damaged
   */
  Raster trueColor();

  /**
   * The contents of a folder.
   *
   * @param path the folder
   * @param scenes its pictures, recognised by their names alone
   * @param others number of other files, without hidden ones
   */
  record Folder(Path path, List<Scene> scenes, long others) {}

  /**
   * Returns the pictures below a folder, in the order of their names, without hidden files and
   * folders.
   *
   * @param limit the most pictures, chosen evenly; 0 for all
   */
  static Folder inFolder(Path folder, int limit) {
    List<Path> files = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path below, BasicFileAttributes attributes)
                throws IOException {
              boolean hidden = !below.equals(folder) && Files.isHidden(below);
              return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              String name = file.toString().toLowerCase(Locale.ROOT);
              boolean picture = name.matches("(?s).*\\.(jpe?g|png|gif|bmp)");
              if (Files.isRegularFile(file) && !Files.isHidden(file)) {
                (picture ? files : others).add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "no PNG, JPEG, GIF or BMP in "
              + folder
              + (others.isEmpty() ? "" : " (" + Words.count(others.size(), "other file") + ")"));
    }
    files.sort(null);
    int count = limit > 0 ? Math.min(limit, files.size()) : files.size();
    List<Scene> scenes = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Path file = files.get((int) (i * files.size() / count));
      scenes.add(new Picture(folder.relativize(file).toString().replace('\\', '/'), file));
    }
    return new Folder(folder, scenes, others.size());
  }

  /**
   * Returns generated landscapes of all kinds in turn.
   *
   * @param count number of landscapes
   */
  static List<Scene> generated(int count) {
    List<Scene> scenes = new ArrayList<>();
    LandscapeKind[] kinds = LandscapeKind.values();
    for (int i = 0; i < count; i++) {
      LandscapeKind kind = kinds[i % kinds.length];
      // The demo model was trained on seeds below 500.
      int seed = 1_000_000 + i / kinds.length;
      scenes.add(new Generated(kind, seed));
    }
    return scenes;
  }

  /** A picture file; its tones become the digital numbers whose true colour has these tones. */
  record Picture(String name, Path file) implements Scene {
    @Override
    public String identity() {
      try {
        return file.toRealPath()
            + " "
            + Files.size(file)
            + " "
            + Files.getLastModifiedTime(file).toMillis();
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be read", e);
      }
    }

    @Override
    public Raster trueColor() {
      return ImageFiles.read(file);
    }

    @Override
    public Map<Band, Raster> bands(Raster rgb) {
      Map<Band, Raster> bands = new EnumMap<>(Band.class);
      bands.put(Band.B04, band(rgb, 0));
      bands.put(Band.B03, band(rgb, 1));
      bands.put(Band.B02, band(rgb, 2));
      return bands;
    }

    private static Raster band(Raster rgb, int channel) {
      Raster band = Raster.allocate(rgb.height(), rgb.width(), 1, SampleType.UINT16);
      for (int y = 0; y < rgb.height(); y++) {
        for (int x = 0; x < rgb.width(); x++) {
          band.set(y, x, 0, TrueColor.toDigitalNumber((int) rgb.get(y, x, channel)));
        }
      }
      return band;
    }
  }

  /** A landscape of 64 x 64 pixels of 10 m, in all twelve bands. */
  record Generated(LandscapeKind kind, int seed) implements Scene {
    @Override
    public String name() {
      return "generated/" + kind.name().toLowerCase(Locale.ROOT) + "-" + seed;
    }

    private Landscape landscape() {
      return Landscape.generate(kind, seed, 64);
    }

    @Override
    public Raster trueColor() {
      return landscape().trueColor();
    }

    @Override
    public Map<Band, Raster> bands(Raster trueColor) {
      Landscape landscape = landscape();
      Map<Band, Raster> bands = new EnumMap<>(Band.class);
      for (Band band : Band.values()) bands.put(band, landscape.band(band));
      return bands;
    }
  }
}
