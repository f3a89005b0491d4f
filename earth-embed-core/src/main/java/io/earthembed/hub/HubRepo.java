package io.earthembed.hub;

import io.earthembed.internal.PlainText;
import java.util.regex.Pattern;

/**
 * A repository of a model or a dataset. Immutable.
 *
 * @param kind the kind of its contents
 * @param name {@code organization/name}
 * @param revision a branch, tag or commit, or empty for the endpoint's default branch
 */
public record HubRepo(Kind kind, String name, String revision) {
  /** The kind of a repository's contents. */
  public enum Kind {
    /** Weights, tokenizers and descriptions. */
    MODEL,
    /** Embeddings or imagery. */
    DATASET
  }

  private static final Pattern NAME = Pattern.compile("[\\w.-]+/[\\w.-]+");

  /** Checks its arguments. */
  public HubRepo {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name must be organization/name: " + PlainText.line(name));
    }
    checkPath(name);
    if (!revision.isEmpty()) checkPath(revision);
  }

  /** Returns a model's repository at its default branch. */
  public static HubRepo model(String name) {
    return new HubRepo(Kind.MODEL, name, "");
  }

  /** Returns a dataset's repository at its default branch. */
  public static HubRepo dataset(String name) {
    return new HubRepo(Kind.DATASET, name, "");
  }

  /**
   * Returns this repository at a branch, tag or commit (default empty: the default branch). A
   * commit never changes; a branch is cached as it is at the first download.
   */
  public HubRepo withRevision(String id) {
    return new HubRepo(kind, name, id);
  }

  /** Checks that a path is relative and stays inside its folder, and returns it. */
  static String checkPath(String path) {
    for (String part : path.split("/", -1)) {
      boolean elsewhere = part.isEmpty() || part.equals(".") || part.equals("..");
      // On Windows a backslash or colon leaves the folder; control characters end or hide a name.
      if (elsewhere || part.chars().anyMatch(c -> c == '\\' || c == ':' || c < ' ' || c == 0x7F)) {
        throw new IllegalArgumentException(
            "not a relative path inside a repository: " + PlainText.line(path));
      }
    }
    return path;
  }
}
