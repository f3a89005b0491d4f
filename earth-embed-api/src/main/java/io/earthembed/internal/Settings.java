package io.earthembed.internal;

/**
 * The settings that a builder changes and the object that it builds keeps. A subclass has one field
 * per setting, initialised to its default; the fields' values must be immutable. Builder and object
 * each hold a copy of their own, so a built object never changes.
 *
 * @param <S> the subclass
 */
public abstract class Settings<S extends Settings<S>> implements Cloneable {
  /** Creates settings with their defaults. */
  protected Settings() {}

  /** Returns a copy, which shares no setting with this object. */
  @SuppressWarnings("unchecked") // a clone has the class of the original
  public final S copy() {
    try {
      return (S) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
