package io.earthembed.view.notebook;

import io.earthembed.common.ProgressListener;
import io.earthembed.view.ProgressHtml;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A bar for each task, shown once and then changed, at most five times a second. Not safe for many
 * threads, as {@link ProgressListener} does not ask it to be.
 */
final class NotebookProgress implements ProgressListener {
  private static final long PAUSE = 200_000_000L;

  /** Where bars are shown. */
  interface Screen {
    /**
     * Shows or changes.
     *
     * @param first whether it is not there yet
     */
    void show(String id, String html, boolean first);
  }

  private record Bar(String id, long shownAt) {}

  private final Screen screen;
  private final Map<String, Bar> bars = new HashMap<>();

  NotebookProgress(Screen screen) {
    this.screen = screen;
  }

  @Override
  public void update(String task, long done, long total) {
    long now = System.nanoTime();
    Bar bar = bars.get(task);
    boolean last = total >= 0 && done >= total;
    if (bar != null && !last && now - bar.shownAt() < PAUSE) return;
    String id = bar == null ? UUID.randomUUID().toString() : bar.id();
    screen.show(id, ProgressHtml.toHtml(task, done, total), bar == null);
    if (last) bars.remove(task);
    else bars.put(task, new Bar(id, now));
  }
}
