package io.earthembed.view.notebook;

/**
 * Something that notebooks show as HTML. The kernels of {@link JJavaExtension} and {@link
 * IJavaDisplay} show every object whose class implements it, and call it in the thread that runs
 * the cell.
 */
public interface HtmlDisplay {
  /** Returns the HTML for a notebook's cell: an element, not a whole page. */
  String toHtml();
}
