/** Measures the cost of each hot path with JMH, beside a floor in the same run. */
package io.earthembed.benchmarks;
