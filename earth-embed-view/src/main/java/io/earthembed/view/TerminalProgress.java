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
 * Progress for people: a bar for each task on a terminal; elsewhere, as in a log, a line for each
 * tenth of a task. Writes to standard error. Not safe for many threads, as {@link ProgressListener}
 * does not ask it to be. Closing it ends bars that are still open.
 */
public final class TerminalProgress implements ProgressListener, AutoCloseable {
  private final PrintStream out;
  private final boolean terminal;
  private final Map<String, ProgressBar> bars = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();

  /** Bars if the process has a terminal, else lines. */
  public TerminalProgress() {
    this(System.err, System.console() != null && isTerminal());
  }

  TerminalProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** From JDK 22 on, System.console() is there without a terminal too; TERM tells them apart. */
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
    // Tenths where the total is known; else at 1, 10, 100, ...: ten lines at most for any task.
    int step =
        total > 0
            ? (int) Math.min(10, 10.0 * done / total)
            : done > 0 ? 1 + (int) Math.log10(done) : 0;
    // One further back than the last line belongs to another run.
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
