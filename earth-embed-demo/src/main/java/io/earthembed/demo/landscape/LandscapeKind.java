package io.earthembed.demo.landscape;

/** The content of a generated landscape. */
public enum LandscapeKind {
  /** A meandering river through meadows and woods. */
  RIVER,
  /** A lake with an irregular shore. */
  LAKE,
  /** Sea, beach and land. */
  COAST,
  /** Closed canopy with a few clearings. */
  FOREST,
  /** Parcels of crops, stubble and bare soil. */
  FIELDS,
  /** Streets, houses and gardens. */
  TOWN,
  /** Large bright roofs, yards and car parks. */
  INDUSTRY,
  /** A motorway across fields. */
  HIGHWAY,
  /** Dunes and gravel plains. */
  DESERT,
  /** Snow-covered mountains. */
  SNOW
}
