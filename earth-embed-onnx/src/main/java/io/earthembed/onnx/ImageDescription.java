package io.earthembed.onnx;

import io.earthembed.image.Band;
import io.earthembed.image.resample.Resampler;
import io.earthembed.internal.Settings;
import io.earthembed.onnx.ModelDescription.Network;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Preparation of pictures: they are resized and cropped or padded in the middle, and each value of
 * a channel becomes {@code (value / divisor - mean) / std}. Immutable.
 */
public final class ImageDescription {
  /** Ways to resize a picture of another size than the network's. */
  public enum Resize {
    /** Resizes the shorter side to {@code resizeTo} and keeps the aspect ratio. */
    SHORTER_SIDE,
    /** Resizes both sides to {@code resizeTo}; the aspect ratio may change. */
    SQUASH,
    /**
     * Resizes the longer side to {@code size}, keeps the aspect ratio and pads the shorter side on
     * both ends with {@code fill}, like open_clip's mode "longest". For true colours only.
     */
    LONGER_SIDE
  }

  /** The order of the channels of true-colour pictures. */
  public enum ChannelOrder {
    /** Red, green, blue. */
    RGB,
    /** Blue, green, red, as in OpenCV and Caffe. */
    BGR
  }

  /** Rounding of the crop's offset if (n - size) is odd, so that the margins differ by one. */
  public enum Crop {
    /** Rounds (n - size) / 2 down, like Hugging Face's image processors. */
    FLOOR,
    /** Rounds (n - size) / 2 half to even, like torchvision. */
    ROUND
  }

  /** The name of a channel of zeros. */
  public static final String ZERO = "0";

  private final Values values;

  private static final class Values extends Settings<Values> {
    final Network network;
    final int size;
    List<String> bands = List.of();
    ChannelOrder channelOrder = ChannelOrder.RGB;
    Resize resize = Resize.SHORTER_SIDE;
    int resizeTo;
    int fill;
    Crop crop = Crop.FLOOR;
    Resampler.Filter interpolation = Resampler.Filter.BICUBIC;
    boolean antialias = true;
    float divisor = 255;
    List<Float> mean = List.of(0f, 0f, 0f);
    List<Float> std = List.of(1f, 1f, 1f);
    Map<String, PictureMetadata> metadata = Map.of();
    @Nullable Pooling pooling;

    Values(Network network, int size) {
      this.network = network;
      this.size = size;
      this.resizeTo = size;
    }

    void check() {
      if (size < 1 || size > 8192) {
        throw new IllegalArgumentException("image.size outside [1, 8192]: " + size);
      }
      if (resizeTo < size || resizeTo > 8192) {
        throw new IllegalArgumentException(
            "image.resizeTo outside [" + size + ", 8192]: " + resizeTo);
      }
      if (resize == Resize.LONGER_SIDE) {
        if (resizeTo != size) {
          throw new IllegalArgumentException(
              "image.resizeTo must be the size, " + size + ", with longer-side: " + resizeTo);
        }
        if (!bands.isEmpty()) {
          throw new IllegalArgumentException("image.resize longer-side is for true colors only");
        }
      }
      if (fill < 0 || fill > 255) {
        throw new IllegalArgumentException("image.fill outside [0, 255]: " + fill);
      }
      if (!antialias && interpolation == Resampler.Filter.LANCZOS) {
        throw new IllegalArgumentException("image.antialias must be true for lanczos");
      }
      for (String band : bands) {
        if (!band.equals(ZERO)) requireBand(band);
      }
      if (!antialias && bands.isEmpty()) {
        throw new IllegalArgumentException("image.antialias must be true for RGB");
      }
      if (metadata.containsKey(network.input())) {
        throw new IllegalArgumentException(
            "image.metadata: " + network.input() + " is the input of the pixels");
      }
      if (!(divisor > 0 && divisor < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("image.divisor must be positive: " + divisor);
      }
      int channels = bands.isEmpty() ? 3 : bands.size();
      if (mean.size() != channels) {
        throw new IllegalArgumentException("image.mean must be " + channels + " numbers: " + mean);
      }
      if (std.size() != channels || std.contains(0f) || std.contains(-0f)) {
        throw new IllegalArgumentException(
            "image.std must be " + channels + " numbers other than 0: " + std);
      }
    }

    private static void requireBand(String band) {
      try {
        Band.valueOf(band);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("image.channels: no such band: \"" + band + "\"", e);
      }
    }
  }

  private ImageDescription(Values values) {
    this.values = values;
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param network input float32 or float16 [n, channels, size, size] or [n, size, size, channels];
   *     output float32 or float16 [n, dimension], or [n, tokens, dimension] with a pooling
   * @param size height and width of the network's input, from 1 to 8192
   */
  public static Builder builder(Network network, int size) {
    return new Builder(new Values(network, size));
  }

  /** Returns a builder with this network, this size and these settings. */
  public Builder toBuilder() {
    return new Builder(values.copy());
  }

  /** Returns the network. */
  public Network network() {
    return values.network;
  }

  /** Returns the height and width of the network's input. */
  public int size() {
    return values.size;
  }

  /** Returns the band of each channel, or an empty list for true-colour pictures. */
  public List<String> bands() {
    return values.bands;
  }

  /** Returns the order of the channels of true-colour pictures. */
  public ChannelOrder channelOrder() {
    return values.channelOrder;
  }

  /** Returns the number of the network's channels. */
  public int channels() {
    return values.mean.size();
  }

  /** Returns how pictures of another size are resized. */
  public Resize resize() {
    return values.resize;
  }

  /** Returns the side in pixels after resizing. */
  public int resizeTo() {
    return values.resizeTo;
  }

  /** Returns the tone that pads pictures, from 0 to 255. */
  public int fill() {
    return values.fill;
  }

  /** Returns how the crop's offset is rounded. */
  public Crop crop() {
    return values.crop;
  }

  /** Returns how pixels are interpolated. */
  public Resampler.Filter interpolation() {
    return values.interpolation;
  }

  /** Returns whether pixels are interpolated like {@link Resampler}. */
  public boolean antialias() {
    return values.antialias;
  }

  /** Returns the divisor of the samples. */
  public float divisor() {
    return values.divisor;
  }

  /** Returns the mean of each channel. */
  public List<Float> mean() {
    return values.mean;
  }

  /** Returns the standard deviation of each channel. */
  public List<Float> std() {
    return values.std;
  }

  /** Returns the network's inputs besides pixels by name, in order. */
  public Map<String, PictureMetadata> metadata() {
    return values.metadata;
  }

  /**
   * Returns how the network's vectors of tokens become an embedding, or null if its output is the
   * embedding.
   */
  public @Nullable Pooling pooling() {
    return values.pooling;
  }

  /** Returns the bytes of a picture of float32 values. */
  int sampleBytes() {
    return Math.multiplyExact(channels() * Float.BYTES, size() * size());
  }

  /**
   * Describes everything except the network in one line, for {@link
   * io.earthembed.encoder.Encoder#preparation}.
   */
  String preparation() {
    return (bands().isEmpty() ? channelOrder().name() : String.join(",", bands()))
        + " size="
        + size()
        + " resize="
        + resize()
        + "("
        + resizeTo()
        + ")"
        + " crop="
        + crop()
        + " interpolation="
        + interpolation()
        + (antialias() ? "" : "(no antialias)")
        + " divisor="
        + divisor()
        + " mean="
        + mean()
        + " std="
        + std()
        + (metadata().isEmpty()
            ? ""
            : metadata().values().stream()
                .sorted()
                .map(PictureMetadata::describe)
                .collect(Collectors.joining(", ", " metadata=[", "]")))
        + (resize() == Resize.LONGER_SIDE ? " fill=" + fill() : "")
        + (pooling() == null ? "" : " pooling=" + pooling());
  }

  /** Two preparations are equal if their networks and all their settings are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageDescription that
        && network().equals(that.network())
        && metadata().equals(that.metadata())
        && preparation().equals(that.preparation());
  }

  @Override
  public int hashCode() {
    return 31 * network().hashCode() + preparation().hashCode();
  }

  @Override
  public String toString() {
    return "ImageDescription[" + network() + ", " + preparation() + "]";
  }

  /** Builds preparations. Not safe for several threads at once. */
  public static final class Builder {
    private final Values values;

    private Builder(Values values) {
      this.values = values;
    }

    /**
     * Sets the band of each channel (default an empty list: 8-bit true-colour pictures, whose
     * channels are red, green and blue).
     *
     * @param names for each channel the name of a {@link Band}, or "0" for zeros
     */
    public Builder bands(List<String> names) {
      values.bands = List.copyOf(names);
      return this;
    }

    /**
     * Sets the order of the channels of true-colour pictures (default {@link ChannelOrder#RGB});
     * mean and standard deviation are in this order too.
     */
    public Builder channelOrder(ChannelOrder order) {
      values.channelOrder = Objects.requireNonNull(order, "order");
      return this;
    }

    /** Sets how pictures of another size are resized (default {@link Resize#SHORTER_SIDE}). */
    public Builder resize(Resize resize) {
      values.resize = Objects.requireNonNull(resize, "resize");
      return this;
    }

    /** Sets the side in pixels after resizing, from size to 8192 (default size). */
    public Builder resizeTo(int side) {
      values.resizeTo = side;
      return this;
    }

    /** Sets the tone that pads pictures with {@link Resize#LONGER_SIDE}, 0 to 255 (default 0). */
    public Builder fill(int tone) {
      values.fill = tone;
      return this;
    }

    /** Sets how the crop's offset is rounded (default {@link Crop#FLOOR}). */
    public Builder crop(Crop crop) {
      values.crop = Objects.requireNonNull(crop, "crop");
      return this;
    }

    /** Sets how pixels are interpolated (default bicubic). */
    public Builder interpolation(Resampler.Filter filter) {
      values.interpolation = Objects.requireNonNull(filter, "filter");
      return this;
    }

    /**
     * Sets whether pixels are interpolated like {@link Resampler} (default true). If false, only
     * the nearest 2 or 4 pixels of each axis are blended, like PyTorch's {@code interpolate}, which
     * is allowed for bands only.
     */
    public Builder antialias(boolean antialias) {
      values.antialias = antialias;
      return this;
    }

    /** Sets the divisor of the samples, above 0 (default 255). */
    public Builder divisor(float divisor) {
      values.divisor = divisor;
      return this;
    }

    /** Sets the mean of each channel, after division (default 0 for three channels). */
    public Builder mean(List<Float> mean) {
      values.mean = List.copyOf(mean);
      return this;
    }

    /**
     * Sets the standard deviation of each channel, after division, not zero (default 1 for three
     * channels).
     */
    public Builder std(List<Float> std) {
      values.std = List.copyOf(std);
      return this;
    }

    /**
     * Sets the network's inputs besides pixels (default none).
     *
     * @param metadata values by the names of the inputs
     */
    public Builder metadata(Map<String, PictureMetadata> metadata) {
      values.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
      return this;
    }

    /**
     * Sets how the network's vectors of tokens become an embedding (default null: the network's
     * output is the embedding).
     */
    public Builder pooling(@Nullable Pooling pooling) {
      values.pooling = pooling;
      return this;
    }

    /**
     * Returns the preparation.
     *
     * @throws IllegalArgumentException if a setting is out of range or does not fit another, naming
     *     it as in {@code model.json}
     */
    public ImageDescription build() {
      values.check();
      return new ImageDescription(values.copy());
    }
  }
}
