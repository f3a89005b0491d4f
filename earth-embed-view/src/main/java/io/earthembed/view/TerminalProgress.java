package io.earthembed.view;

import io.earthembed.common.ProgressListener;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows a progress bar for each task on a terminal; elsewhere, as in a log, prints a line for each
 * tenth of a task. Writes to standard error. Not safe for many threads, which {@link
 * ProgressListener} does not require. Close ends the open bars.
 */
public final class TerminalProgress implements ProgressListener, AutoCloseable {
  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, ProgressBar> bars = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();

  /** Creates a listener that shows bars if the process has a terminal, else lines. */
  public TerminalProgress() {
    this(System.err, System.console() != null && isTerminal());
  }

  TerminalProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Checks TERM: from JDK 22 on, System.console() is not null without a terminal either. */
  private static boolean isTerminal() {
    String term = System.getenv("TERM");
    return term != null && !term.equals("dumb") && System.getenv("CI") == null;
  }

  @Override
  public void update(String task, long done, long total) {
    if (terminal) bar(task, done, total);
    else line(task, done, total);
  }

  private void bar(String task, long done, long total) {
    ProgressBar bar =
        bars.computeIfAbsent(
            task,
            t ->
                new ProgressBarBuilder()
                    .setTaskName(Text.line(t, 32))
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .showSpeed()
                    .build());
    if (total >= 0) bar.maxHint(total);
    bar.stepTo(done);
    if (total >= 0 && done >= total) {
      bar.close();
      bars.remove(task);
    }
  }

  private void line(String task, long done, long total) {
    // Tenths if the total is known, else 1, 10, 100, ...: few lines for any task.
    int step =
        total > 0
            ? (int) Math.min(10, 10.0 * done / total)
            : done > 0 ? 1 + (int) Math.log10(done) : 0;
    // A step below the last one belongs to another run of the task.
    Integer last = lines.put(task, step);
    if (step < 1 || (last != null && step == last)) return;
    if (total > 0) {
      out.printf(
          Locale.ROOT, "%s: %,d of %,d (%d %%)%n", Text.line(task, 60), done, total, 10 * step);
    } else {
      out.printf(Locale.ROOT, "%s: %,d%n", Text.line(task, 60), done);
    }
  }

  @Override
  public void close() {
    bars.values().forEach(ProgressBar::close);
    bars.clear();
  }
}
