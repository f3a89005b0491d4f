package io.earthembed.parquet.internal;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import shaded.parquet.org.apache.thrift.TBase;
import shaded.parquet.org.apache.thrift.TConfiguration;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.protocol.TField;
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TMap;
import shaded.parquet.org.apache.thrift.protocol.TProtocolException;
import shaded.parquet.org.apache.thrift.protocol.TProtocolUtil;
import shaded.parquet.org.apache.thrift.protocol.TSet;
import shaded.parquet.org.apache.thrift.protocol.TStruct;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;
import shaded.parquet.org.apache.thrift.transport.TTransportException;

/**
 * Reads footers and page headers within bounds. The generated readers reserve memory for a list
 * before they read its elements, so claimed sizes are checked against the remaining bytes. Three
 * bytes of a file can become an object of a hundred bytes, so objects are counted.
 */
final class Thrift {
  private Thrift() {}

  // Thrift's TType, which the jar lacks.
  private static final byte STOP = 0;
  private static final byte STRUCT = 12;
  private static final byte LIST = 15;

  /** The most elements of a schema; a column of lists has three. */
  private static final int MAX_SCHEMA = 100_000;

  private static final int MAX_METADATA = 1 << 16;
  private static final int MAX_DEPTH = 64;

  /** The most objects of a page's header, or of another small structure. */
  private static final int FEW = 1000;

  /** Receives the parts of a footer one by one, so only the kept parts take memory. */
  interface FooterParts {
    /** Receives the schema, which comes first. Returns how many columns a row group has. */
    int schema(List<SchemaElement> elements);

    void rowGroup(RowGroup group);

    void metadata(KeyValue pair);
  }

  /**
   * Reads a footer.
   *
   * @throws TException or RuntimeException if it is damaged
   */
  static void footer(ByteBuffer bytes, FooterParts parts) throws TException {
    Bounded in = new Bounded(new Stream(bytes));
    int columns = -1;
    boolean groups = false;
    in.readStructBegin();
    for (TField field = in.readFieldBegin(); field.type != STOP; field = in.readFieldBegin()) {
      FileMetaData._Fields known = FileMetaData._Fields.findByThriftId(field.id);
      if (field.type == LIST && known == FileMetaData._Fields.SCHEMA) {
        int size = in.structs(MAX_SCHEMA);
        // Enough for an element with every part of a logical type.
        in.allow(FEW + 12 * size);
        List<SchemaElement> elements = new ArrayList<>();
        for (int i = 0; i < size; i++) elements.add(in.read(new SchemaElement()));
        columns = parts.schema(elements);
      } else if (field.type == LIST && known == FileMetaData._Fields.ROW_GROUPS) {
        if (columns < 0) throw new TProtocolException("row groups before the schema");
        groups = true;
        for (int i = in.structs(Integer.MAX_VALUE); i > 0; i--) {
          in.allow(10_000 + 100 * columns);
          parts.rowGroup(in.read(new RowGroup()));
        }
      } else if (field.type == LIST && known == FileMetaData._Fields.KEY_VALUE_METADATA) {
        for (int i = in.structs(MAX_METADATA); i > 0; i--) {
          in.allow(100);
          parts.metadata(in.read(new KeyValue()));
        }
      } else {
        in.allow(Integer.MAX_VALUE); // not kept
        TProtocolUtil.skip(in, field.type);
      }
      in.readFieldEnd();
    }
    in.readStructEnd();
    if (!groups) throw new TProtocolException("no row groups");
  }

  /** Reads the page header at the buffer's position, and moves the position behind it. */
  static PageHeader pageHeader(ByteBuffer bytes) throws TException {
    Bounded in = new Bounded(new Stream(bytes));
    return in.read(new PageHeader());
  }

  private static final class Bounded extends TCompactProtocol {
    private final Stream in;
    private int objects = FEW;
    private int depth;

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

    /** Sets how many objects may be made from now on. */
    void allow(int most) {
      objects = most;
    }

    <T extends TBase<T, ?>> T read(T empty) throws TException {
      empty.read(this);
      return empty;
    }

    /** Starts a list of structs and returns its size. */
    int structs(int most) throws TException {
      allow(FEW);
      TList list = readListBegin();
      if (list.elemType != STRUCT && list.size > 0 || list.size > most) {
        throw new TProtocolException(
            TProtocolException.SIZE_LIMIT, "a list of " + list.size + " elements");
      }
      readListEnd();
      return list.size;
    }

    private void count(long made) throws TException {
      if (made > objects) {
        throw new TProtocolException(TProtocolException.SIZE_LIMIT, "more objects than make sense");
      }
      objects -= (int) made;
    }

    private void enter() throws TException {
      if (++depth > MAX_DEPTH) {
        throw new TProtocolException(TProtocolException.DEPTH_LIMIT, "nested too deep");
      }
      count(1);
    }

    @Override
    public TStruct readStructBegin() throws TException {
      enter();
      return super.readStructBegin();
    }

    @Override
    public void readStructEnd() throws TException {
      depth--;
      super.readStructEnd();
    }

    @Override
    public String readString() throws TException {
      count(1);
      return super.readString();
    }

    @Override
    public ByteBuffer readBinary() throws TException {
      count(1);
      return super.readBinary();
    }

    /** Counts elements; those that are no structs are objects too. */
    private void enter(int elements, byte type) throws TException {
      enter();
      require(elements);
      if (type != STRUCT) count(elements);
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
      enter(list.size, list.elemType);
      return list;
    }

    @Override
    public TSet readSetBegin() throws TException {
      TSet set = super.readSetBegin();
      enter(set.size, set.elemType);
      return set;
    }

    @Override
    public TMap readMapBegin() throws TException {
      TMap map = super.readMapBegin();
      enter(map.size, map.valueType);
      count(map.size);
      return map;
    }

    @Override
    public void readListEnd() throws TException {
      depth--;
      super.readListEnd();
    }

    @Override
    public void readSetEnd() throws TException {
      depth--;
      super.readSetEnd();
    }

    @Override
    public void readMapEnd() throws TException {
      depth--;
      super.readMapEnd();
    }
  }

  /** Reads the rest of a buffer as a stream, and moves its position. */
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
