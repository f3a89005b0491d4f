package io.earthembed.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Outcome;

/** A call during close, and a call after both. Jcstress forbids all other outcomes. */
@Outcome(
    id = "right, done, closed",
    expect = ACCEPTABLE,
    desc = "The call came first, or close waited.")
@Outcome(id = "closed, done, closed", expect = ACCEPTABLE, desc = "Close came first.")
final class Closing {
  private Closing() {}
}
