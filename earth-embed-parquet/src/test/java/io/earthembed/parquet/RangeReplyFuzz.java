package io.earthembed.parquet;

import com.code_intelligence.jazzer.api.BugDetectors;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.HttpRanges;
import io.earthembed.base.range.RangeSource.Tail;
import io.earthembed.base.range.Transport;
import io.earthembed.common.EarthEmbedException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** Fuzzed by {@link ReplyFuzzTest} with Jazzer: arbitrary bytes as a server's replies to ranges. */
public final class RangeReplyFuzz {
  private static final int END = 3_000;

  private RangeReplyFuzz() {}

  /** A request to another host is a finding. */
  public static void fuzzerInitialize() {
    BugDetectors.allowNetworkConnections(
        (host, port) -> host.equals("localhost") || host.equals("127.0.0.1"));
  }

  /** Anything but our own exceptions, or bytes that were not asked for, is a finding. */
  public static void fuzzerTestOneInput(byte[] data) {
    FuzzReplies.set(data);
    URI url = FuzzReplies.SERVER.url("s.parquet");
    Transport transport =
        new Transport(
            Duration.ofMillis(300),
            Duration.ofMillis(900),
            1,
            4,
            file -> file,
            file -> Optional.empty(),
            file -> file.getPort() == url.getPort() && "127.0.0.1".equals(file.getHost()),
            new Counters());
    try {
      HttpRanges source = new HttpRanges(transport, url);
      Tail tail = source.tail(END);
      require(
          tail.bytes().remaining() <= Math.min(END, tail.version().length()), "too long an end");
      long from = Math.max(0, tail.version().length() / 2 - 10);
      int length = (int) Math.min(100, tail.version().length() - from);
      require(source.read(tail.version(), from, length).remaining() == length, "another length");
    } catch (EarthEmbedException e) {
      // As it should be.
      require(String.valueOf(e.getMessage()).chars().noneMatch(Character::isISOControl), "control");
    } finally {
      transport.close();
    }
  }

  /** Runs one input, which the argument holds in Base64; thrice, since timing varies. */
  public static void main(String[] arguments) {
    byte[] input = Base64.getDecoder().decode(arguments[0]);
    for (int run = 0; run < 3; run++) fuzzerTestOneInput(input);
    System.exit(0); // the JDK's parser may still run
  }

  private static void require(boolean right, String wrong) {
    if (!right) throw new AssertionError(wrong);
  }
}
