package io.earthembed.view.notebook;

import io.earthembed.common.ProgressListener;
import io.earthembed.view.TerminalProgress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The current notebook, of either kernel. Safe for many threads. */
public final class Notebook {
  /** Creates progress listeners of the installed kernel; null before one is installed. */
  private static volatile @Nullable Supplier<ProgressListener> bars;

  private Notebook() {}

  static void setProgress(Supplier<ProgressListener> kernel) {
    bars = kernel;
  }

  /**
   * Returns a listener that shows a moving bar for each task in a notebook of JJava, or of IJava
   * after {@link IJavaDisplay#install}. Elsewhere returns a {@link TerminalProgress}.
   */
  public static ProgressListener progress() {
    Supplier<ProgressListener> kernel = bars;
    return kernel == null ? new TerminalProgress() : kernel.get();
  }
}
