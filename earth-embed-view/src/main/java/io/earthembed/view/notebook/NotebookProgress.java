package io.earthembed.view.notebook;

import io.earthembed.common.ProgressListener;
import io.earthembed.view.ProgressHtml;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Shows a bar for each task and updates it at most five times a second. Not safe for many threads,
 * which {@link ProgressListener} does not require.
 */
final class NotebookProgress implements ProgressListener {
  private static final long MIN_INTERVAL_NANOS = 200_000_000L;

  /** Displays bars. */
  interface Screen {
    /**
     * Shows or updates a bar.
     *
     * @param first true to show a new bar, false to update one
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
    if (bar != null && !last && now - bar.shownAt() < MIN_INTERVAL_NANOS) return;
    String id = bar == null ? UUID.randomUUID().toString() : bar.id();
    screen.show(id, ProgressHtml.toHtml(task, done, total), bar == null);
    if (last) bars.remove(task);
    else bars.put(task, new Bar(id, now));
  }
}
