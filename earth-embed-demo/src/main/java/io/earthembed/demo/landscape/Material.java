package io.earthembed.demo.landscape;

/**
 * Typical surface reflectance of a material in the twelve bands of {@link
 * io.earthembed.image.Band}, x 10000. The numbers are plausible mid-range values for these
 * landscapes, not measurements: water falls toward the infrared, vegetation has a green peak and a
 * red edge, soil and sand rise steadily, snow is bright until it drops in the short-wave infrared.
 */
enum Material {
  WATER(420, 430, 400, 250, 190, 120, 110, 90, 80, 70, 40, 30),
  SEA(560, 500, 330, 130, 110, 90, 85, 70, 60, 55, 30, 20),
  SHALLOWS(700, 820, 850, 480, 330, 210, 190, 150, 130, 110, 60, 40),
  CONIFERS(170, 210, 330, 220, 520, 1450, 1800, 1950, 2050, 2050, 950, 450),
  BROADLEAF(190, 250, 480, 270, 780, 2300, 2900, 3100, 3250, 3250, 1550, 700),
  GRASS(270, 370, 690, 480, 1080, 2500, 3000, 3200, 3300, 3300, 2000, 1100),
  CROP(250, 340, 720, 390, 1120, 3250, 4050, 4300, 4450, 4450, 1850, 880),
  RIPE_CROP(520, 700, 1150, 1400, 1850, 2500, 2750, 2950, 3100, 3150, 3000, 2200),
  SOIL(650, 830, 1120, 1480, 1720, 1900, 2050, 2200, 2350, 2450, 3050, 2600),
  SAND(1150, 1550, 2300, 3150, 3450, 3650, 3800, 3950, 4050, 4100, 4850, 4450),
  GRAVEL(1000, 1250, 1700, 2150, 2350, 2500, 2600, 2700, 2800, 2850, 3500, 3200),
  BEACH(1400, 1750, 2150, 2500, 2600, 2700, 2750, 2850, 2900, 2900, 3300, 3000),
  TILES(780, 880, 1080, 1620, 1800, 1900, 1980, 2100, 2150, 2200, 2500, 2250),
  CONCRETE(1250, 1450, 1580, 1700, 1780, 1850, 1900, 1980, 2000, 2050, 2150, 2000),
  BRIGHT_ROOF(2600, 2950, 3050, 3100, 3120, 3150, 3180, 3200, 3200, 3200, 2900, 2700),
  ASPHALT(720, 810, 880, 920, 960, 1000, 1040, 1100, 1150, 1200, 1350, 1280),
  SNOW(8800, 8900, 8800, 8650, 8500, 8300, 8150, 8000, 7600, 7000, 900, 700),
  ROCK(820, 950, 1130, 1300, 1400, 1500, 1580, 1680, 1780, 1850, 2200, 2000);

  private final int[] reflectance;

  Material(int... reflectance) {
    this.reflectance = reflectance;
  }

  /** Returns reflectance x 10000 in a band, given by its ordinal. */
  int reflectance(int band) {
    return reflectance[band];
  }
}
