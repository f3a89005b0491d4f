/** What each hot path costs, as JMH measures it, beside a floor in the same run. */
package io.earthembed.benchmarks;
