package io.earthembed.base.thread;

import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.ProgressListener;
import io.earthembed.imagery.ImageryStore.Outcome;
import io.earthembed.imagery.ImageryStore.Outcomes;
import io.earthembed.imagery.Tile;
import io.earthembed.imagery.TileRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads many tiles of an imagery store. It hands work to a pool only as outcomes are taken, so that
 * few tiles wait in memory. For one thread, as all {@link Outcomes}.
 */
public final class FetchRun implements Outcomes {
  /**
   * Work on some tiles.
   *
   * @param tiles the tiles
   * @param action returns their outcomes or further work
   */
  public record Work(List<TileRef> tiles, Callable<Done> action) {}

  /**
   * The result of work.
   *
   * @param outcomes of some of the tiles
   * @param further work on the others
   */
  public record Done(List<Outcome> outcomes, List<Work> further) {}

  private final Executor pool;
  private final int ahead;
  private final int total;
  private final ProgressListener progress;

  // All fields below are guarded by this.
  private final Deque<Work> pending = new ArrayDeque<>();
  private final Set<Job> running = new HashSet<>();
  private final Deque<Outcome> ready = new ArrayDeque<>();
  private int taken;
  private boolean closed;

  /**
   * Starts reading.
   *
   * @param pool runs the work
   * @param ahead the most pieces of work in progress plus waiting outcomes
   * @param work in the order in which it is begun
   * @param total number of tiles
   * @param progress receives an update for each outcome that is taken
   */
  public FetchRun(Executor pool, int ahead, List<Work> work, int total, ProgressListener progress) {
    this.pool = pool;
    this.ahead = ahead;
    this.total = total;
    this.progress = progress;
    pending.addAll(work);
    submit();
  }

  /**
   * Starts reading tiles, each by itself.
   *
   * @param pool runs the work
   * @param ahead as for the constructor
   * @param fetch reads one tile
   * @param progress receives an update for each outcome that is taken
   */
  public static FetchRun ofEach(
      Executor pool,
      int ahead,
      List<TileRef> tiles,
      Function<TileRef, Tile> fetch,
      ProgressListener progress) {
    List<Work> work = new ArrayList<>();
    for (TileRef tile : tiles) {
      Callable<Done> action =
          () -> new Done(List.of(new Outcome(tile, fetch.apply(tile), null)), List.of());
      work.add(new Work(List.of(tile), action));
    }
    return new FetchRun(pool, ahead, work, tiles.size(), progress);
  }

  private final class Job extends FutureTask<Done> {
    private final Work work;

    Job(Work work) {
      super(work.action());
      this.work = work;
    }

    @Override
    protected void done() {
      Done done;
      try {
        // Cancelled by the store's close; outcomes that this run's own close cancelled are not
        // taken.
        done = isCancelled() ? failed(new IllegalStateException("the store was closed")) : get();
      } catch (ExecutionException e) {
        done =
            e.getCause() instanceof RuntimeException known
                ? failed(known)
                : failed("reading failed: " + e.getCause(), e.getCause());
      } catch (InterruptedException e) {
        // Unreachable: the task has completed.
        done = failed("reading was ended", e);
      }
      finished(this, done);
    }

    private Done failed(String problem, @Nullable Throwable cause) {
      return failed(new EarthEmbedException(problem, cause));
    }

    Done failed(RuntimeException failure) {
      List<Outcome> outcomes = new ArrayList<>();
      for (TileRef tile : work.tiles()) outcomes.add(new Outcome(tile, null, failure));
      return new Done(outcomes, List.of());
    }
  }

  private void submit() {
    List<Job> jobs = new ArrayList<>();
    synchronized (this) {
      while (!closed && !pending.isEmpty() && running.size() + ready.size() < ahead) {
        Job job = new Job(pending.removeFirst());
        running.add(job);
        jobs.add(job);
      }
    }
    for (Job job : jobs) {
      try {
        pool.execute(job);
      } catch (RejectedExecutionException e) {
        finished(job, job.failed(new IllegalStateException("the store was closed", e)));
      }
    }
  }

  private void finished(Job job, Done done) {
    synchronized (this) {
      if (!running.remove(job)) return;
      ready.addAll(done.outcomes());
      for (int i = done.further().size() - 1; i >= 0; i--) pending.addFirst(done.further().get(i));
      notifyAll();
    }
    submit();
  }

  @Override
  public synchronized boolean hasNext() {
    return !closed && taken < total;
  }

  @Override
  public Outcome next() {
    Outcome outcome;
    int now;
    synchronized (this) {
      if (!hasNext()) throw new NoSuchElementException(taken + " of " + total + " were taken");
      try {
        // Checked even if an outcome is ready: an interrupted thread should end.
        if (Thread.interrupted()) throw new InterruptedException();
        while (ready.isEmpty()) wait();
      } catch (InterruptedException e) {
        throw Tasks.interrupted("interrupted while reading tiles", e);
      }
      outcome = ready.removeFirst();
      now = ++taken;
    }
    submit();
    progress.update("reading tiles", now, total);
    return outcome;
  }

  @Override
  public void close() {
    List<Job> jobs;
    synchronized (this) {
      closed = true;
      pending.clear();
      ready.clear();
      jobs = new ArrayList<>(running);
      running.clear();
    }
    for (Job job : jobs) job.cancel(true);
  }
}
