package io.earthembed.onnx;

import io.earthembed.geo.GeoPoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * The spherical harmonics that SatCLIP's published checkpoints were trained on: its option {@code
 * harmonics_calculation="analytic"}. They differ from {@link SphericalHarmonics} in three ways:
 *
 * <ul>
 *   <li>they lack the Condon-Shortley sign;
 *   <li>those of order 0 are pi times larger, because SatCLIP's normalisation is written {@code
 *       sqrt((2l + 1) / 4 * pi)} (microsoft/satclip, issue 33);
 *   <li>each is a polynomial in x = cos(theta) printed with 15 digits, whose large terms cancel. At
 *       degree 39 that costs 5e-5 at 45 degrees of latitude and 0.6, of values up to 8, at the
 *       poles. The network was trained on these values, so this class computes the terms in the
 *       same order.
 * </ul>
 *
 * The coefficients are in {@code satclip-harmonics.txt.gz}, made by {@code
 * src/test/python/make_analytic_harmonics.py}: for each degree and order a line of factor, exponent
 * of (1 - x²), and pairs of coefficient and exponent of x.
 *
 * <p>Immutable, hence safe for many threads.
 */
final class AnalyticHarmonics implements Harmonics {
  /** Degrees of the largest published checkpoint, L40. */
  static final int MAX_DEGREES = 40;

  /** The term factor (1 - x²)^exponent (sum of coefficient x^power). */
  private record Term(double factor, double exponent, double[] coefficients, int[] powers) {
    static Term parse(String line) {
      String[] fields = line.split(" ", -1);
      int terms = (fields.length - 2) / 2;
      double[] coefficients = new double[terms];
      int[] powers = new int[terms];
      for (int i = 0; i < terms; i++) {
        coefficients[i] = Double.parseDouble(fields[2 + 2 * i]);
        powers[i] = Integer.parseInt(fields[3 + 2 * i]);
      }
      return new Term(
          Double.parseDouble(fields[0]), Double.parseDouble(fields[1]), coefficients, powers);
    }

    double at(double[] powersOfX) {
      double sum = 0;
      for (int i = 0; i < coefficients.length; i++) {
        sum += coefficients[i] * powersOfX[powers[i]];
      }
      return factor * Math.pow(1 - powersOfX[2], exponent) * sum;
    }
  }

  /**
   * Returns x to the powers 0 to 39, each rounded once. The C library's {@code pow} nearly always
   * rounds so, {@link Math#pow} less often, and a difference in the last bit shows in the sum.
   * Products are carried with twice the digits.
   */
  private static double[] powers(double x) {
    double[] powers = new double[MAX_DEGREES];
    powers[0] = 1;
    double high = 1;
    double low = 0;
    for (int k = 1; k < powers.length; k++) {
      double product = high * x;
      double rest = Math.fma(low, x, Math.fma(high, x, -product));
      high = product + rest;
      low = rest - (high - product);
      powers[k] = high;
    }
    return powers;
  }

  private static final class Table {
    static final Term[] TERMS = read();

    private static Term[] read() {
      Term[] terms = new Term[MAX_DEGREES * (MAX_DEGREES + 1) / 2];
      try (InputStream file =
          AnalyticHarmonics.class.getResourceAsStream("satclip-harmonics.txt.gz")) {
        if (file == null) {
          throw new IllegalStateException("satclip-harmonics.txt.gz is not in the jar");
        }
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII));
        for (int i = 0; i < terms.length; i++) {
          String line = lines.readLine();
          if (line == null) throw new IllegalStateException("satclip-harmonics.txt.gz is cut off");
          terms[i] = Term.parse(line);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return terms;
    }
  }

  private final int degrees;

  /**
   * @param degrees degrees 0 to degrees - 1, at most {@link #MAX_DEGREES}
   */
  AnalyticHarmonics(int degrees) {
    this.degrees = degrees;
  }

  @Override
  public int count() {
    return degrees * degrees;
  }

  @Override
  public double[] of(GeoPoint place) {
    double phi = Math.toRadians(place.longitude() + 180);
    double[] powers = powers(Math.cos(Math.toRadians(place.latitude() + 90)));
    double[] features = new double[count()];
    for (int l = 0; l < degrees; l++) {
      int center = l * l + l;
      for (int m = 0; m <= l; m++) {
        double value = Table.TERMS[l * (l + 1) / 2 + m].at(powers);
        if (m > 0) features[center - m] = value * Math.sin(m * phi);
        features[center + m] = m == 0 ? value : value * Math.cos(m * phi);
      }
    }
    return features;
  }
}
