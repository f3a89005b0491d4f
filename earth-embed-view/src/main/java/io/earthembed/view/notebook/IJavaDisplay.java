package io.earthembed.view.notebook;

import io.earthembed.common.ProgressListener;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;

/**
 * Shows results, maps, galleries and rasters in notebooks of the IJava kernel, which does not load
 * extensions by itself. Call {@code IJavaDisplay.install(getKernelInstance())} once in a notebook,
 * or in the script that its IJAVA_STARTUP_SCRIPTS_PATH names.
 */
public final class IJavaDisplay {
  private IJavaDisplay() {}

  /** Registers the displayed types with a kernel. */
  public static void install(BaseKernel kernel) {
    for (Displays.Display<?> display : Displays.ALL) register(kernel, display);
    Notebook.setProgress(() -> progress(kernel));
  }

  /**
   * Returns a listener that shows a moving bar for each task.
   *
   * @param kernel the notebook's kernel, {@code getKernelInstance()}
   */
  public static ProgressListener progress(BaseKernel kernel) {
    return new NotebookProgress(
        (id, html, first) -> {
          DisplayData data = new DisplayData();
          data.putHTML(html);
          if (first) {
            data.setDisplayId(id);
            kernel.display(data);
          } else {
            kernel.getIO().display.updateDisplay(id, data);
          }
        });
  }

  private static <T> void register(BaseKernel kernel, Displays.Display<T> display) {
    kernel
        .getRenderer()
        .createRegistration(display.type())
        .preferring(MIMEType.TEXT_HTML)
        .supporting(MIMEType.TEXT_PLAIN)
        .register(
            (value, context) -> {
              context.renderIfRequested(MIMEType.TEXT_HTML, () -> display.html().apply(value));
              context.renderIfRequested(MIMEType.TEXT_PLAIN, value::toString);
            });
  }
}
