package io.earthembed.parquet.internal;

import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TMap;
import shaded.parquet.org.apache.thrift.protocol.TProtocolException;
import shaded.parquet.org.apache.thrift.protocol.TSet;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;
import shaded.parquet.org.apache.thrift.transport.TTransportException;

/**
 * Reads footers and page headers. What they claim to hold is held against the bytes there are,
 * since the generated readers reserve memory for a list before they have seen its elements.
 */
final class Thrift {
  private Thrift() {}

  /** The footer in these bytes. */
  static FileMetaData footer(ByteBuffer bytes) throws TException {
    FileMetaData footer = new FileMetaData();
    footer.read(new Bounded(new Stream(bytes)));
    return footer;
  }

  /** The page header at the buffer's position, which is then behind it. */
  static PageHeader pageHeader(ByteBuffer bytes) throws TException {
    PageHeader header = new PageHeader();
    header.read(new Bounded(new Stream(bytes)));
    return header;
  }

  private static final class Bounded extends TCompactProtocol {
    private final Stream in;

    Bounded(Stream in) throws TTransportException {
      super(
          new TIOStreamTransport(
              new TConfiguration(
                  in.available() + 1,
                  TConfiguration.DEFAULT_MAX_FRAME_SIZE,
                  TConfiguration.DEFAULT_RECURSION_DEPTH),
              in),
          in.available(),
          in.available());
      this.in = in;
    }

    private void require(int elements) throws TException {
      if (elements < 0 || elements > in.available()) {
        throw new TProtocolException(
            TProtocolException.SIZE_LIMIT, elements + " elements in " + in.available() + " bytes");
      }
    }

    @Override
    public TList readListBegin() throws TException {
      TList list = super.readListBegin();
      require(list.size);
      return list;
    }

    @Override
    public TSet readSetBegin() throws TException {
      TSet set = super.readSetBegin();
      require(set.size);
      return set;
    }

    @Override
    public TMap readMapBegin() throws TException {
      TMap map = super.readMapBegin();
      require(map.size);
      return map;
    }
  }

  /** What is left of a buffer, as a stream that moves its position. */
  private static final class Stream extends InputStream {
    private final ByteBuffer bytes;

    Stream(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) {
      if (length == 0) return 0;
      int n = Math.min(length, bytes.remaining());
      if (n == 0) return -1;
      bytes.get(target, from, n);
      return n;
    }

    @Override
    public int available() {
      return bytes.remaining();
    }
  }
}
