package io.earthembed.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.earthembed.faiss.FaissIndex;
import io.earthembed.vector.Metric;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Tests the index in native memory. */
public final class FaissIndexRaces {
  private FaissIndexRaces() {}

  private static IndexState open() {
    return new IndexState(FaissIndex.flat(IndexState.dimension(), Metric.INNER_PRODUCT));
  }

  /** Close waits for a search, or the search fails as closed. */
  @JCStressTest
  @JCStressMeta(Closing.class)
  @State
  public static class CloseAgainstSearch {
    private final IndexState state = open();

    /** Searches. */
    @Actor
    public void search(LLL_Result r) {
      r.r1 = state.search();
    }

    /** Closes. */
    @Actor
    public void close(LLL_Result r) {
      r.r2 = state.close();
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = state.search();
    }
  }

  /** Close waits for an addition, or the addition fails as closed. */
  @JCStressTest
  @JCStressMeta(Closing.class)
  @State
  public static class CloseAgainstAdd {
    private final IndexState state = open();

    /** Adds. */
    @Actor
    public void add(LLL_Result r) {
      r.r1 = state.add();
    }

    /** Closes. */
    @Actor
    public void close(LLL_Result r) {
      r.r2 = state.close();
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = state.search();
    }
  }

  /** Both return, and memory is freed once. */
  @JCStressTest
  @Outcome(id = "done, done, closed", expect = ACCEPTABLE, desc = "Closed.")
  @State
  public static class CloseAgainstClose {
    private final IndexState state = open();

    /** Closes. */
    @Actor
    public void one(LLL_Result r) {
      r.r1 = state.close();
    }

    /** Closes. */
    @Actor
    public void other(LLL_Result r) {
      r.r2 = state.close();
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = state.search();
    }
  }

  /** A search sees all of an addition or none of it. */
  @JCStressTest
  @Outcome(id = "right, right, right", expect = ACCEPTABLE, desc = "Before it or after it.")
  @State
  public static class SearchAgainstAdd {
    private final IndexState state = open();

    /** Searches. */
    @Actor
    public void search(LLL_Result r) {
      r.r1 = state.searchWhileItGrows();
    }

    /** Adds. */
    @Actor
    public void add(LLL_Result r) {
      r.r2 = state.add();
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = state.searchGrown();
      state.close();
    }
  }
}
