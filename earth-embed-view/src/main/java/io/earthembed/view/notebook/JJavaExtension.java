package io.earthembed.view.notebook;

import io.earthembed.common.ProgressListener;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;

/**
 * Shows results, maps, galleries and rasters in notebooks of the JJava kernel. The kernel finds
 * this class by its service file as soon as this module is on the class path. It has no state;
 * kernels call it in the thread in which they start.
 */
public final class JJavaExtension implements Extension {
  /** Creates the extension; the kernel calls this. */
  public JJavaExtension() {}

  @Override
  public void install(BaseKernel kernel) {
    for (Displays.Display<?> display : Displays.ALL) register(kernel, display);
    Notebook.setProgress(JJavaExtension::progress);
  }

  /**
   * Returns a listener that shows a moving bar for each task.
   *
   * @throws IllegalStateException outside a notebook of the JJava kernel
   */
  public static ProgressListener progress() {
    BaseKernel kernel = BaseKernel.notebookKernel();
    if (kernel == null) throw new IllegalStateException("not in a notebook of the JJava kernel");
    return new NotebookProgress(
        (id, html, first) -> {
          DisplayData data = new DisplayData();
          data.putHTML(html);
          if (first) {
            name(data, id);
            kernel.display(data);
          } else {
            kernel.getIO().display.updateDisplay(id, data);
          }
        });
  }

  /** Uses reflection: the return type differs between 1.0-a6 and 1.0-a8, so no call fits both. */
  private static void name(DisplayData data, String id) {
    try {
      DisplayData.class.getMethod("setDisplayId", String.class).invoke(data, id);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of JJava cannot name displays", e);
    }
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
