package io.earthembed.view.notebook;

import io.earthembed.common.ProgressListener;
import io.earthembed.view.TerminalProgress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The notebook that this runs in, whichever kernel it has. */
public final class Notebook {
  /** Of the kernel that shows our results; null before there is one. */
  private static volatile @Nullable Supplier<ProgressListener> bars;

  private Notebook() {}

  static void showsBarsBy(Supplier<ProgressListener> kernel) {
    bars = kernel;
  }

  /**
   * Progress for people: a bar that moves for each task, in a notebook of JJava, or of IJava after
   * {@link IJavaDisplay#install}; elsewhere bars of text, see {@link TerminalProgress}.
   */
  public static ProgressListener progress() {
    Supplier<ProgressListener> kernel = bars;
    return kernel == null ? new TerminalProgress() : kernel.get();
  }
}
