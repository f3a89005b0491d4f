package io.earthembed.view;

/** The progress of a task as HTML. */
public final class ProgressHtml {
  private ProgressHtml() {}

  /**
   * Returns a progress bar with its numbers.
   *
   * @param task name of the task
   * @param done units that are done
   * @param total all units, or negative if unknown
   */
  public static String toHtml(String task, long done, long total) {
    String name = Markup.line(task, 60);
    StringBuilder out = new StringBuilder("<div class=\"earth-embed\">").append(Html.STYLE);
    out.append("<label>").append(name).append(" <progress");
    if (total > 0)
      out.append(" max=\"").append(total).append("\" value=\"").append(done).append('"');
    out.append("></progress> ").append(Text.count(done));
    if (total >= 0) out.append(" of ").append(Text.count(total));
    return out.append("</label></div>").toString();
  }
}
