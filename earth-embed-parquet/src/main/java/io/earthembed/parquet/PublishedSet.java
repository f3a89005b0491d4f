package io.earthembed.parquet;

import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.dataset.Attribution;
import io.earthembed.encoder.ModelInfo;
import io.earthembed.geo.Region;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The description of a set of embeddings that somebody publishes: where its files are, how they are
 * listed, the model that made it, its license and attribution. {@link PublishedSets} knows some;
 * {@link #read} reads one from a file of the caller. Creating it sends no request.
 *
 * <p>Immutable and safe for many threads.
 */
public final class PublishedSet {
  private final String name;
  private final String title;
  private final Attribution attribution;
  private final ModelInfo model;
  private final String recipe;
  private final String format;
  private final String module;
  private final String facts;
  private final SetListing listing;
  private final ColumnMapping columns;

  private PublishedSet(DescriptionFields fields) {
    name = fields.text("name");
    if (!name.matches("[a-z0-9][a-z0-9._-]*")) {
      throw fields.wrong("name", "has other characters than a-z, 0-9, '.', '_' and '-': " + name);
    }
    title = fields.text("title");
    attribution =
        new Attribution(fields.text("attribution"), fields.text("license"), fields.text("source"));
    DescriptionFields made = fields.object("model");
    model = new ModelInfo(made.text("name"), made.text("version"), made.positive("dimension"));
    made.requireNoOthers();
    recipe = fields.text("recipe", "");
    format = fields.text("format", "parquet").toLowerCase(Locale.ROOT);
    module = fields.text("module", "");
    if (!format.equals("parquet") && module.isEmpty()) {
      throw fields.wrong("module", "is missing: it names the module that reads " + format);
    }
    facts = fields.text("facts", "");
    listing = SetListing.of(fields.object("listing"));
    columns = fields.json("columns", ColumnMapping::ofJson, ColumnMapping.NONE);
    fields.requireNoOthers();
  }

  private PublishedSet(PublishedSet set, SetListing listing) {
    name = set.name;
    title = set.title;
    attribution = set.attribution;
    model = set.model;
    recipe = set.recipe;
    format = set.format;
    module = set.module;
    facts = set.facts;
    columns = set.columns;
    this.listing = listing;
  }

  /**
   * Reads a description from a JSON file. The guide to datasets has an example.
   *
   * @throws CorruptDataException naming the file and the field that is not valid
   * @throws EarthEmbedException if the file cannot be read
   */
  public static PublishedSet read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    }
  }

  static PublishedSet parse(String file, String text) {
    DescriptionFields fields = DescriptionFields.parse(file, text);
    try {
      return new PublishedSet(fields);
    } catch (IllegalArgumentException e) {
      throw new CorruptDataException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the name, such as {@code earth-index}. */
  public String name() {
    return name;
  }

  /** Returns a line that says what the set holds. */
  public String title() {
    return title;
  }

  /** Returns the license and the attribution that the publisher asks for. */
  public Attribution attribution() {
    return attribution;
  }

  /** Returns the model that made the embeddings. */
  public ModelInfo model() {
    return model;
  }

  /** Returns how the pictures were prepared for the model, or an empty text if it is unknown. */
  public String recipe() {
    return recipe;
  }

  /** Returns the format of the files: parquet; or another, such as cog, npy or zarr. */
  public String format() {
    return format;
  }

  /** Returns the module that reads the files, if it is not this one. */
  public Optional<String> module() {
    return module.isEmpty() ? Optional.empty() : Optional.of(module);
  }

  /** Returns where and when the facts of the description were found; empty if unknown. */
  public String facts() {
    return facts;
  }

  SetListing listing() {
    return listing;
  }

  ColumnMapping columns() {
    return columns;
  }

  /**
   * Returns a copy that reads the files and their listing from another address, such as a mirror's.
   *
   * @param address in place of the address in the description, such as that of a bucket, with a
   *     final slash; or of a manifest or a STAC API
   */
  public PublishedSet at(URI address) {
    return new PublishedSet(this, listing.at(Objects.requireNonNull(address, "address")));
  }

  /** Returns the whole set, to be narrowed by a region and a period. */
  public PublishedRegion everywhere() {
    return new PublishedRegion(this);
  }

  /**
   * Returns the part of the set in a region.
   *
   * @param region contains the centres of the tiles
   */
  public PublishedRegion in(Region region) {
    return everywhere().in(region);
  }

  /**
   * Returns the part of the set of a period; see {@link PublishedRegion#between}.
   *
   * @param from inclusive; {@link Instant#MIN} for no start
   * @param until exclusive, after from; {@link Instant#MAX} for no end
   */
  public PublishedRegion between(Instant from, Instant until) {
    return everywhere().between(from, until);
  }

  @Override
  public String toString() {
    return "PublishedSet[" + name + ": " + model + ", " + attribution.license() + "]";
  }
}
