package io.earthembed.dataset;

import java.util.Objects;

/**
 * A statement that the publisher of a dataset asks its users to make. Exports and maps of search
 * results carry it. A text is empty if it is unknown. Immutable.
 *
 * @param text names the publisher in the words that he asks for
 * @param license identifier of SPDX, such as CC-BY-4.0
 * @param source address of the dataset's page
 */
public record Attribution(String text, String license, String source) {
  /** Nothing is known. */
  public static final Attribution NONE = new Attribution("", "", "");

  /** Checks its arguments. */
  public Attribution {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(license, "license");
    Objects.requireNonNull(source, "source");
  }

  /** Returns whether nothing is known. */
  public boolean isEmpty() {
    return text.isEmpty() && license.isEmpty() && source.isEmpty();
  }

  /** Returns one line for readers, such as {@code Earth Genome, CC-BY-4.0, https://…}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(text);
    for (String part : new String[] {license, source}) {
      if (part.isEmpty()) continue;
      if (!line.isEmpty()) line.append(", ");
      line.append(part);
    }
    return line.toString();
  }
}
