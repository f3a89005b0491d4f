package io.earthembed.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.earthembed.encoder.EmbeddingModel;
import io.earthembed.encoder.Encoder;
import io.earthembed.geo.GeoPoint;
import io.earthembed.onnx.DemoModel;
import io.earthembed.onnx.EncoderOptions;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Tests an encoder on ONNX Runtime: the demo model's location tower, its smallest. */
public final class EncoderRaces {
  private static final GeoPoint PLACE = new GeoPoint(-3.1, -60);
  private static final GeoPoint OTHER = new GeoPoint(47.4, 8.5);
  private static final float[] EXPECTED;
  private static final float[] OTHER_EXPECTED;

  static {
    try (Encoder<GeoPoint> encoder = load()) {
      EXPECTED = encoder.encode(PLACE);
      OTHER_EXPECTED = encoder.encode(OTHER);
    }
  }

  private EncoderRaces() {}

  private static Encoder<GeoPoint> load() {
    EmbeddingModel model = DemoModel.load(EncoderOptions.defaults().withThreads(1));
    model.image().close();
    model.text().orElseThrow().close();
    return model.location().orElseThrow();
  }

  private static String encode(Encoder<GeoPoint> encoder, GeoPoint place, float[] expected) {
    return CallOutcome.of(
        () -> {
          float[] actual = encoder.encode(place);
          for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= 1e-5f)) return false;
          }
          return actual.length == expected.length;
        });
  }

  /** Close waits for a run of the network, or the call fails as closed. */
  @JCStressTest
  @JCStressMeta(Closing.class)
  @State
  public static class CloseAgainstEncode {
    private final Encoder<GeoPoint> encoder = load();

    /** Encodes. */
    @Actor
    public void encode(LLL_Result r) {
      r.r1 = EncoderRaces.encode(encoder, PLACE, EXPECTED);
    }

    /** Closes. */
    @Actor
    public void close(LLL_Result r) {
      r.r2 = CallOutcome.closing(encoder, 150);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = EncoderRaces.encode(encoder, PLACE, EXPECTED);
    }
  }

  /** Both return, and memory is freed once. */
  @JCStressTest
  @Outcome(id = "done, done, closed", expect = ACCEPTABLE, desc = "Closed.")
  @State
  public static class CloseAgainstClose {
    private final Encoder<GeoPoint> encoder = load();

    /** Closes. */
    @Actor
    public void one(LLL_Result r) {
      r.r1 = CallOutcome.closing(encoder);
    }

    /** Closes. */
    @Actor
    public void other(LLL_Result r) {
      r.r2 = CallOutcome.closing(encoder);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = EncoderRaces.encode(encoder, PLACE, EXPECTED);
    }
  }

  /** Callers that share a run of the network get their own embeddings. */
  @JCStressTest
  @Outcome(id = "right, right, done", expect = ACCEPTABLE, desc = "Each its own.")
  @State
  public static class EncodeAgainstEncode {
    private final Encoder<GeoPoint> encoder = load();

    /** Encodes. */
    @Actor
    public void one(LLL_Result r) {
      r.r1 = EncoderRaces.encode(encoder, PLACE, EXPECTED);
    }

    /** Encodes another place. */
    @Actor
    public void other(LLL_Result r) {
      r.r2 = EncoderRaces.encode(encoder, OTHER, OTHER_EXPECTED);
    }

    /** Runs after both. */
    @Arbiter
    public void after(LLL_Result r) {
      r.r3 = CallOutcome.closing(encoder);
    }
  }
}
