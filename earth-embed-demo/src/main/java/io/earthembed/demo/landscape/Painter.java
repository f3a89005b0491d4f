package io.earthembed.demo.landscape;

import static io.earthembed.demo.landscape.Noise.lerp;
import static io.earthembed.demo.landscape.Noise.step;

import io.earthembed.image.Raster;
import io.earthembed.image.SampleType;

/** Paints one scene, pixel by pixel. Lengths are in pixels of 10 m. */
final class Painter {
  private static final int BANDS = 12;

  private final LandscapeKind kind;
  private final int size;
  private final Noise noise;
  private final Noise relief;
  private final Noise patches;
  private final Noise grain;
  private final Noise lots;
  private final double cos;
  private final double sin;
  private final Ground ground = new Ground();

  Painter(LandscapeKind kind, long seed, int size) {
    this.kind = kind;
    this.size = size;
    noise = new Noise(seed * 31 + kind.ordinal());
    relief = noise.fork(1);
    patches = noise.fork(2);
    grain = noise.fork(3);
    lots = noise.fork(4);
    // A random direction without trigonometry: a point of the circle's rational
    // parametrization.
    double t = noise.uniform(0, -1, 1);
    double c = (1 - t * t) / (1 + t * t);
    double s = 2 * t / (1 + t * t);
    boolean turn = noise.at(1, 1) < 0.5;
    cos = turn ? -s : c;
    sin = turn ? c : s;
  }

  Raster paint() {
    Raster raster = Raster.allocate(size, size, BANDS, SampleType.UINT16);
    double light = noise.uniform(2, 0.88, 1.14);
    double haze = noise.uniform(3, 0, 130);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        // (u, v) are the coordinates relative to the middle, rotated into the scene's direction.
        double u = cos * (x - size / 2.0) - sin * (y - size / 2.0);
        double v = sin * (x - size / 2.0) + cos * (y - size / 2.0);
        paintPixel(x, y, u, v);
        for (int b = 0; b < BANDS; b++) {
          double speckle = 1 + 0.05 * (grain.at(x, y * 16L + b) - 0.5);
          // Haze adds most to the shortest wavelengths, which come first.
          double veil = haze * Math.max(0, 4 - b) / 4;
          raster.set(y, x, b, (float) Math.round(ground.reflectance(b) * light * speckle + veil));
        }
      }
    }
    return raster;
  }

  private void paintPixel(int x, int y, double u, double v) {
    switch (kind) {
      case RIVER -> river(x, y, u, v);
      case LAKE -> lake(x, y);
      case COAST -> coast(x, y, v);
      case FOREST -> forest(x, y);
      case FIELDS -> fields(u, v);
      case TOWN -> town(x, y, u, v);
      case INDUSTRY -> industry(u, v);
      case HIGHWAY -> highway(u, v);
      case DESERT -> desert(x, y, u, v);
      case SNOW -> snow(x, y);
    }
  }

  private void forest(int x, int y) {
    double conifers = patches.fractal(x, y, 40);
    ground.set(Material.BROADLEAF).cover(Material.CONIFERS, step(0.3, 0.6, conifers));
    ground.shade(
        0.72 + 0.5 * relief.fractal(x, y, 18) + 0.16 * (grain.smooth(x / 1.6, y / 1.6) - 0.5));
    ground.cover(Material.GRASS, 0.8 * step(0.74, 0.8, patches.fractal(x + 500, y, 22)));
  }

  /** Paints meadows and woods, which surround water. */
  private void countryside(int x, int y, double u, double v) {
    if (noise.at(5, 5) < 0.5) {
      fields(u, v);
    } else {
      double wood = patches.fractal(x, y, 24);
      ground.set(Material.GRASS).shade(0.85 + 0.3 * relief.fractal(x, y, 12));
      ground.cover(Material.SOIL, 0.35 * step(0.55, 0.75, relief.fractal(x - 90, y, 20)));
      ground.cover(Material.BROADLEAF, 0.9 * step(0.48, 0.58, wood));
    }
  }

  private void river(int x, int y, double u, double v) {
    countryside(x, y, u, v);
    double bend = noise.uniform(6, 14, 34);
    double middle = bend * (noise.smooth(v / 28, 7) - 0.5) * 2 + 6 * (noise.smooth(v / 9, 9) - 0.5);
    double half = noise.uniform(7, 2.2, 6.5) * (0.8 + 0.4 * noise.smooth(v / 14, 3));
    double distance = Math.abs(u - middle);
    ground.cover(Material.BROADLEAF, 0.6 * step(half + 5, half + 2, distance));
    ground.cover(Material.BEACH, 0.55 * step(half + 1.6, half + 0.4, distance));
    Material water = noise.at(8, 8) < 0.3 ? Material.SHALLOWS : Material.WATER;
    ground.cover(water, step(half + 0.6, half - 0.6, distance));
  }

  private void lake(int x, int y) {
    countryside(x, y, x, y);
    double dx = x - size * noise.uniform(9, 0.35, 0.65);
    double dy = y - size * noise.uniform(10, 0.35, 0.65);
    double stretch = noise.uniform(11, 0.6, 1.6);
    double r = Math.sqrt(dx * dx * stretch + dy * dy / stretch);
    double shore = size * noise.uniform(12, 0.3, 0.5) * (0.6 + 0.8 * relief.fractal(x, y, 26));
    ground.cover(Material.BEACH, 0.4 * step(shore + 1.8, shore + 0.3, r));
    ground.cover(Material.SHALLOWS, 0.5 * step(shore + 0.6, shore - 0.6, r));
    ground.cover(Material.WATER, step(shore + 0.3, shore - 3, r));
  }

  private void coast(int x, int y, double v) {
    countryside(x, y, v, x);
    double line = size * noise.uniform(13, -0.22, 0.22) + 26 * (relief.fractal(x, y, 34) - 0.5);
    double beach = noise.uniform(14, 1.5, 5);
    double out = v - line;
    ground.cover(Material.BEACH, step(-beach - 1, -beach + 0.8, out));
    ground.cover(Material.SHALLOWS, step(-0.4, 0.8, out));
    ground.cover(Material.SEA, step(1.5, 12, out));
    // Surf.
    ground.cover(
        Material.BRIGHT_ROOF,
        0.35 * step(0.4, 0, Math.abs(out - 0.6)) * relief.smooth(x / 3.0, y / 3.0));
  }

  private void fields(double u, double v) {
    double width = noise.uniform(15, 11, 22);
    double depth = noise.uniform(16, 16, 34);
    double column = Math.floor(u / width);
    double shifted = v + depth * lots.at((long) column, 3);
    double row = Math.floor(shifted / depth);
    long i = (long) column;
    long j = (long) row;
    double which = lots.at(i, j);
    Material crop =
        which < 0.34
            ? Material.CROP
            : which < 0.52 ? Material.GRASS : which < 0.74 ? Material.RIPE_CROP : Material.SOIL;
    double rows = 0.04 * (grain.smooth(u * 1.2, v / 24) - 0.5);
    ground
        .set(crop)
        .shade(0.78 + 0.42 * lots.at(i, j + 1000) + rows + 0.12 * (relief.fractal(u, v, 20) - 0.5));
    double edge = Math.min(u - column * width, shifted - row * depth);
    ground.cover(Material.GRAVEL, 0.45 * step(1.1, 0.3, edge));
  }

  private void town(int x, int y, double u, double v) {
    double block = noise.uniform(17, 10, 16);
    double column = Math.floor(u / block);
    double row = Math.floor(v / (block * 0.8));
    double street = Math.min(u - column * block, v - row * block * 0.8);
    // Houses of about two pixels between gardens.
    double house = lots.at((long) Math.floor(u / 2.1), (long) Math.floor(v / 2.1));
    ground.set(Material.GRASS).cover(Material.BROADLEAF, 0.6 * grain.smooth(u / 3, v / 3));
    if (house < 0.62) {
      Material roof =
          house < 0.36 ? Material.TILES : house < 0.54 ? Material.CONCRETE : Material.ASPHALT;
      ground
          .cover(roof, 0.8)
          .shade(
              0.85 + 0.35 * lots.at((long) Math.floor(u / 2.1), (long) Math.floor(v / 2.1) + 99));
    }
    if (patches.fractal(x, y, 30) > 0.68) ground.set(Material.GRASS).cover(Material.BROADLEAF, 0.5);
    ground.cover(Material.ASPHALT, 0.85 * step(2.2, 1.2, street));
  }

  private void industry(double u, double v) {
    double width = noise.uniform(18, 15, 24);
    double depth = noise.uniform(19, 11, 19);
    double column = Math.floor(u / width);
    double row = Math.floor(v / depth);
    double inU = u - column * width;
    double inV = v - row * depth;
    double which = lots.at((long) column, (long) row);
    double shade = 0.75 + 0.5 * lots.at((long) column, (long) row + 77);
    ground.set(which < 0.15 ? Material.GRASS : Material.CONCRETE).shade(0.8);
    boolean roof =
        inU > 3
            && inV > 3
            && inU < width - 1.5 - 4 * lots.at((long) row, (long) column)
            && inV < depth - 1.5;
    if (roof && which >= 0.15) {
      Material material =
          which < 0.6 ? Material.BRIGHT_ROOF : which < 0.8 ? Material.CONCRETE : Material.ASPHALT;
      // Roofs have ridges along the hall.
      ground.set(material).shade(shade * (0.94 + 0.12 * grain.smooth(inV * 0.9, column * 9)));
    }
    ground.cover(Material.ASPHALT, step(2.4, 1.6, Math.min(inU, inV)));
  }

  private void highway(double u, double v) {
    fields(v, u);
    double middle = 16 * (noise.smooth(v / 60, 5) - 0.5);
    double distance = Math.abs(u - middle);
    ground.cover(Material.GRASS, 0.7 * step(5, 3.6, distance));
    ground.cover(Material.ASPHALT, 0.95 * step(3.3, 2.5, distance));
    ground.cover(Material.CONCRETE, 0.6 * step(0.9, 0.3, Math.abs(distance - 1.7)));
    ground.cover(Material.GRASS, 0.75 * step(0.8, 0.2, distance));
    // A bridge or a slip road crosses it here and there.
    double crossing = Math.abs(v - size * noise.uniform(20, -0.6, 0.6));
    ground.cover(Material.ASPHALT, 0.9 * step(1.6, 0.8, crossing));
  }

  private void desert(int x, int y, double u, double v) {
    double warp = 10 * relief.fractal(x, y, 30);
    double ridge = relief.smooth((u + warp) / noise.uniform(21, 4, 9), v / 30);
    double slope = ridge - relief.smooth((u + warp + 1) / noise.uniform(21, 4, 9), (v + 0.4) / 30);
    ground.set(Material.SAND).shade(0.86 + 0.16 * ridge + 0.75 * slope);
    ground.cover(
        Material.GRAVEL,
        0.85 * step(0.55, 0.72, patches.fractal(x, y, 36)) * noise.uniform(22, 0.2, 1));
  }

  private void snow(int x, int y) {
    double height = relief.fractal(x, y, 26);
    double slope = relief.fractal(x + 1.2, y + 0.8, 26) - height;
    ground.set(Material.SNOW).shade(lerp(0.24, 0.58, step(-0.09, 0.05, slope)));
    double bare =
        step(noise.uniform(23, 0.035, 0.07), 0.11, Math.abs(slope)) + step(0.36, 0.25, height);
    ground.cover(Material.ROCK, Math.min(0.9, 0.9 * bare));
  }
}
