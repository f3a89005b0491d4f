package io.earthembed.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class IndexJobTest {
  @Test
  void hasCellsForTheDatasetAndNotForItsSampleAsFarAsThatCanTrainThem() {
    assertEquals(1024, IndexJob.cells(100_000, 100_000));
    assertEquals(2048, IndexJob.cells(100_000, 10_000_000));
    assertEquals(8192, IndexJob.cells(400_000, 10_000_000));
    assertEquals(1, IndexJob.cells(20, 20));
  }
}
