package io.earthembed.hub;

import io.earthembed.internal.PlainText;
import java.util.regex.Pattern;

/**
 * A repository of a model or a dataset. Immutable.
 *
 * @param kind what it holds
 * @param name {@code organisation/name}
 * @param revision a branch, tag or commit, or empty for the endpoint's default branch
 */
public record HubRepo(Kind kind, String name, String revision) {
  /** What a repository holds. */
  public enum Kind {
    /** Weights, tokenizers, descriptions. */
    MODEL,
    /** Embeddings or imagery. */
    DATASET
  }

  private static final Pattern NAME = Pattern.compile("[\\w.-]+/[\\w.-]+");

  /** Checks its arguments. */
  public HubRepo {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name must be organisation/name: " + PlainText.line(name));
    }
    checkPath(name);
    if (!revision.isEmpty()) checkPath(revision);
  }

  /** A model, at its default branch. */
  public static HubRepo model(String name) {
    return new HubRepo(Kind.MODEL, name, "");
  }

  /** A dataset, at its default branch. */
  public static HubRepo dataset(String name) {
    return new HubRepo(Kind.DATASET, name, "");
  }

  /** The same at a branch, tag or commit; a commit never changes, and a branch is cached as is. */
  public HubRepo withRevision(String id) {
    return new HubRepo(kind, name, id);
  }

  /** A relative path that stays inside its folder, whatever a description says. */
  static String checkPath(String path) {
    for (String part : path.split("/", -1)) {
      boolean elsewhere = part.isEmpty() || part.equals(".") || part.equals("..");
      // A backslash and a colon lead elsewhere on Windows; NUL and its like end or hide a name.
      if (elsewhere || part.chars().anyMatch(c -> c == '\\' || c == ':' || c < ' ' || c == 0x7F)) {
        throw new IllegalArgumentException(
            "not a relative path inside a repository: " + PlainText.line(path));
      }
    }
    return path;
  }
}
