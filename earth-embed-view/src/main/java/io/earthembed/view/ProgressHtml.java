package io.earthembed.view;

/** How far a task has come, as HTML. */
public final class ProgressHtml {
  private ProgressHtml() {}

  /**
   * A bar with its numbers.
   *
   * @param task its name
   * @param done how much of it is done
   * @param total how much there is, or negative where that is not known
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
