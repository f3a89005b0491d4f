package io.earthembed.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.earthembed.geo.GeoPoint;
import java.nio.ByteBuffer;
import java.util.List;

/** Places to a tensor [n, degree²]: spherical harmonics, computed in float64. */
final class LocationPreparation implements Preparation<GeoPoint> {
  private final SphericalHarmonics harmonics;
  private final Tensor tensor;

  LocationPreparation(ModelDescription.Location description) {
    this.harmonics = new SphericalHarmonics(description.degree());
    this.tensor =
        new Tensor(
            description.network().input(), OnnxJavaType.FLOAT, List.of((long) harmonics.count()));
  }

  @Override
  public Tensor tensor() {
    return tensor;
  }

  @Override
  public void check(GeoPoint place) {}

  @Override
  public void write(GeoPoint place, ByteBuffer target) {
    for (double feature : harmonics.of(place)) target.putFloat((float) feature);
  }
}
