package io.earthembed.parquet.internal;

import io.earthembed.base.range.ChunkBytes.Pieces;
import io.earthembed.parquet.internal.Footer.Chunk;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/** Supplies a chunk's uncompressed pages to parquet-java's decoders, in order. */
final class DecoderPages implements PageReader {
  private final Chunk chunk;
  private final List<Page> pages;
  private final Pieces pieces;
  private final PageDecompressor decompressor;
  private final Statistics<?> none;
  private final Iterator<Page> data;

  DecoderPages(
      Chunk chunk,
      List<Page> pages,
      ColumnDescriptor column,
      Pieces pieces,
      PageDecompressor decompressor) {
    this.chunk = chunk;
    this.pages = pages;
    this.pieces = pieces;
    this.decompressor = decompressor;
    this.none = Statistics.createStats(column.getPrimitiveType());
    this.data = pages.stream().filter(p -> p.kind() != Page.Kind.DICTIONARY).iterator();
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  @Override
  public @Nullable DictionaryPage readDictionaryPage() {
    for (Page page : pages) {
      if (page.kind() == Page.Kind.DICTIONARY) {
        byte[] entries = decompressor.unpackToArray(pieces, page);
        return new DictionaryPage(
            BytesInput.from(entries), page.count(), encoding(page.encoding()));
      }
    }
    return null;
  }

  @Override
  public long getTotalValueCount() {
    return chunk.values();
  }

  @Override
  public @Nullable DataPage readPage() {
    if (!data.hasNext()) return null;
    Page page = data.next();
    byte[] levels = PageDecompressor.array(decompressor.levels(pieces, page));
    byte[] plain = decompressor.unpackToArray(pieces, page);
    EncodedCounts.require(chunk.column(), page, ByteBuffer.wrap(levels), ByteBuffer.wrap(plain));
    if (page.kind() == Page.Kind.V1) {
      return new DataPageV1(
          BytesInput.from(plain),
          page.count(),
          page.plain(),
          none,
          encoding(page.repetitionEncoding()),
          encoding(page.definitionEncoding()),
          encoding(page.encoding()));
    }
    return DataPageV2.uncompressed(
        page.count(),
        0,
        page.count(),
        BytesInput.from(levels, 0, page.repetition()),
        BytesInput.from(levels, page.repetition(), page.definition()),
        encoding(page.encoding()),
        BytesInput.from(plain),
        none);
  }
}
