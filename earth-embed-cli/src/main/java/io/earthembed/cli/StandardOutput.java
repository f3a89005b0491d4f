package io.earthembed.cli;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why a write failed, which a {@code PrintStream} does not. */
final class StandardOutput extends OutputStream {
  private final OutputStream target;
  private volatile @Nullable IOException failure;

  StandardOutput(OutputStream target) {
    this.target = target;
  }

  /** Returns whether a write failed because the reader, such as {@code head}, has ended. */
  static boolean isReaderGone(IOException failure) {
    return String.valueOf(failure.getMessage()).contains("Broken pipe");
  }

  /** Returns the first failure, or null. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      target.write(bytes, offset, length);
    } catch (IOException e) {
      if (failure == null) failure = e;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    target.flush();
  }
}
