package io.earthembed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final Explanation.Share PART =
      new Explanation.Share(Query.text("river"), 1, 0.5, 1);

  /** Each line begins with its contribution; the last is the sum. */
  @Test
  void whatIsPrintedAddsUp() {
    assertEquals(
        """
        +1.0000 from "river" (similarity 0.5000, weight 1.00)
        -1.7500 from no part: the rest
        = -0.7500""",
        new Explanation(List.of(PART), -1.75).toString());
    assertEquals(
        """
        +1.0000 from "river" (similarity 0.5000, weight 1.00)
        = 1.0000""",
        new Explanation(List.of(PART), 0).toString());
  }
}
