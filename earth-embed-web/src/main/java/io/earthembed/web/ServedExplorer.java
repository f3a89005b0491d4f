package io.earthembed.web;

import io.earthembed.EarthExplorer;
import io.earthembed.internal.Checks;
import io.earthembed.internal.Settings;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * An explorer under a name, with what its users should know of it. Immutable and safe for many
 * threads.
 */
public final class ServedExplorer {
  private static final class Values extends Settings<Values> {
    String title = "";
    String attribution = "";
    String licence = "";
    int cropPixels = 384;
    List<String> examples = List.of();
  }

  private final String name;
  private final Callable<EarthExplorer> loader;
  private final boolean owned;
  private final Values values;

  private ServedExplorer(
      String name, Callable<EarthExplorer> loader, boolean owned, Values values) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new IllegalArgumentException(
          "name is not 1 to 64 letters, digits, dots, dashes and underscores: " + name);
    }
    this.name = name;
    this.loader = loader;
    this.owned = owned;
    this.values = values;
  }

  /**
   * Serves an open explorer, which the server borrows: the caller closes it after the server.
   *
   * @param name 1 to 64 letters, digits, dots, dashes and underscores; part of addresses
   */
  public static ServedExplorer of(String name, EarthExplorer explorer) {
    Objects.requireNonNull(explorer, "explorer");
    return new ServedExplorer(name, () -> explorer, false, new Values());
  }

  /**
   * Serves an explorer that the server opens when it starts, and closes when it stops. If it cannot
   * be opened, the page says why, and the other explorers work.
   *
   * @param name 1 to 64 letters, digits, dots, dashes and underscores; part of addresses
   * @param loader opens the explorer
   */
  public static ServedExplorer loadedBy(String name, Callable<EarthExplorer> loader) {
    return new ServedExplorer(name, Objects.requireNonNull(loader, "loader"), true, new Values());
  }

  private ServedExplorer with(Values changed) {
    return new ServedExplorer(name, loader, owned, changed);
  }

  /** Returns a copy with a title for people (default the name). */
  public ServedExplorer withTitle(String title) {
    Values changed = values.copy();
    changed.title = Objects.requireNonNull(title, "title");
    return with(changed);
  }

  /** Returns a copy that names the makers of the imagery and the embeddings (default none). */
  public ServedExplorer withAttribution(String attribution) {
    Values changed = values.copy();
    changed.attribution = Objects.requireNonNull(attribution, "attribution");
    return with(changed);
  }

  /** Returns a copy that names the licence of the data (default none). */
  public ServedExplorer withLicence(String licence) {
    Values changed = values.copy();
    changed.licence = Objects.requireNonNull(licence, "licence");
    return with(changed);
  }

  /**
   * Returns a copy with the side of the square in a tile's middle that the model encoded.
   *
   * @param pixels pixels of 10 m, at least 1 (default 384)
   */
  public ServedExplorer withCropPixels(int pixels) {
    Checks.positive("pixels", pixels);
    Values changed = values.copy();
    changed.cropPixels = pixels;
    return with(changed);
  }

  /** Returns a copy with texts that the page offers as examples (default none). */
  public ServedExplorer withExamples(List<String> texts) {
    Values changed = values.copy();
    changed.examples = List.copyOf(texts);
    return with(changed);
  }

  /** Returns its name. */
  public String name() {
    return name;
  }

  /** Returns its title. */
  public String title() {
    return values.title.isEmpty() ? name : values.title;
  }

  /** Returns the makers of the data; may be empty. */
  public String attribution() {
    return values.attribution;
  }

  /** Returns the licence of the data; may be empty. */
  public String licence() {
    return values.licence;
  }

  /** Returns the side of the encoded square in pixels. */
  public int cropPixels() {
    return values.cropPixels;
  }

  /** Returns the texts that the page offers. */
  public List<String> examples() {
    return values.examples;
  }

  /** Opens the explorer. */
  EarthExplorer load() throws Exception {
    return loader.call();
  }

  /** Returns true if the server closes the explorer. */
  boolean owned() {
    return owned;
  }

  @Override
  public String toString() {
    return "ServedExplorer[" + name + "]";
  }
}
