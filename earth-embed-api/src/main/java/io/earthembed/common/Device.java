package io.earthembed.common;

/**
 * The processor that computes. The caller chooses it; a plug-in that cannot use it throws.
 * Immutable.
 *
 * @param kind how the device is chosen
 * @param index number of the GPU, from 0; 0 for other kinds
 */
public record Device(Kind kind, int index) {
  /** The ways to choose a device. */
  public enum Kind {
    /** The first GPU that works, or the CPU if there is none. */
    AUTO,
    /** The CPU. */
    CPU,
    /** One NVIDIA GPU; an error if it cannot be used. */
    CUDA
  }

  /** Checks its arguments. */
  public Device {
    if (index < 0 || (kind != Kind.CUDA && index != 0)) {
      throw new IllegalArgumentException("index of " + kind + " is out of range: " + index);
    }
  }

  /**
   * Returns the first NVIDIA GPU that works, or the CPU if there is none. The choice of the CPU is
   * logged once.
   */
  public static Device auto() {
    return new Device(Kind.AUTO, 0);
  }

  /** Returns the CPU. */
  public static Device cpu() {
    return new Device(Kind.CPU, 0);
  }

  /**
   * Returns an NVIDIA GPU. If it cannot be used, the plug-in throws an error that names the missing
   * part.
   *
   * @param index the driver's number of the GPU, from 0
   */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /** Returns {@code auto}, {@code cpu} or {@code cuda:INDEX}. */
  @Override
  public String toString() {
    return switch (kind) {
      case AUTO -> "auto";
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
    };
  }
}
