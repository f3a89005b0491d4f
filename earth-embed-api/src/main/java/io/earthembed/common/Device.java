package io.earthembed.common;

/**
 * Where numbers are crunched: the choice is the caller's, and a plug-in that cannot honour it says
 * so. Immutable.
 *
 * @param kind how it is chosen
 * @param index which GPU, from 0; 0 where none is meant
 */
public record Device(Kind kind, int index) {
  /** How a device is chosen. */
  public enum Kind {
    /** The first GPU that works, or else the CPU. */
    AUTO,
    /** The CPU. */
    CPU,
    /** One NVIDIA GPU, and nothing else. */
    CUDA
  }

  /** Checks its arguments. */
  public Device {
    if (index < 0 || (kind != Kind.CUDA && index != 0)) {
      throw new IllegalArgumentException("index of " + kind + " is out of range: " + index);
    }
  }

  /** The first NVIDIA GPU where there is one that works; else the CPU, which is logged once. */
  public static Device auto() {
    return new Device(Kind.AUTO, 0);
  }

  /** The CPU. */
  public static Device cpu() {
    return new Device(Kind.CPU, 0);
  }

  /**
   * An NVIDIA GPU. Where it cannot be used, that is an error which names what is missing.
   *
   * @param index as the driver numbers them, from 0
   */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** {@code auto}, {@code cpu} or {@code cuda:INDEX}. */
  @Override
  public String toString() {
    return switch (kind) {
      case AUTO -> "auto";
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
    };
  }
}
