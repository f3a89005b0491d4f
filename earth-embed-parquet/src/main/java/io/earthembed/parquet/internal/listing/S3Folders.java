package io.earthembed.parquet.internal.listing;

import io.earthembed.base.http.HttpDocuments;
import io.earthembed.common.CorruptDataException;
import io.earthembed.internal.Addresses;
import java.io.StringReader;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of Amazon S3, or of a store with its protocol, that anybody may list: ListObjectsV2,
 * page by page. Safe for many threads.
 *
 * @param bucket address of the bucket, with a final slash; keys follow it
 */
public record S3Folders(HttpDocuments http, URI bucket) implements Folders {
  @Override
  public boolean takesPrefixes() {
    return true;
  }

  @Override
  public List<Entry> list(String folder, boolean deep) {
    List<Entry> entries = new ArrayList<>();
    String query = "?list-type=2&prefix=" + Folders.encodeAll(folder);
    if (!deep) query += "&delimiter=%2F";
    String token = null;
    String last = "";
    for (int pages = 0; ; pages++) {
      URI address =
          bucket.resolve(
              bucket.getRawPath()
                  + query
                  + (token == null ? "" : "&continuation-token=" + Folders.encodeAll(token)));
      Page page = page(address);
      if (page.isTruncated && page.token == null) {
        throw new CorruptDataException(name(), "a truncated listing without a token for the rest");
      }
      // Keys are in order, so a page that begins before the end of the last one repeats it.
      if (page.first != null && page.first.compareTo(last) <= 0 && pages > 0) {
        throw Folders.endless(name(), "page " + (pages + 1) + " begins before the last one ended");
      }
      if (page.last != null) last = page.last;
      entries.addAll(page.entries);
      if (!page.isTruncated) return entries;
      if (pages >= MOST_PAGES || page.token != null && page.token.equals(token)) {
        throw Folders.endless(name(), pages + 1 + " pages, and the server promises another");
      }
      token = page.token;
    }
  }

  /** One page of a listing; first and last are its least and greatest key or folder. */
  private record Page(
      List<Entry> entries,
      boolean isTruncated,
      @Nullable String token,
      @Nullable String first,
      @Nullable String last) {}

  private Page page(URI address) {
    String text = http.get(address).text();
    List<Entry> entries = new ArrayList<>();
    boolean truncated = false;
    String token = null;
    String key = null;
    long size = -1;
    Deque<String> open = new ArrayDeque<>();
    try {
      XMLInputFactory factory = XMLInputFactory.newFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_COALESCING, true);
      XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text));
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          if (open.isEmpty() && !xml.getLocalName().equals("ListBucketResult")) {
            throw new CorruptDataException(name(), "no listing of a bucket: " + xml.getLocalName());
          }
          open.push(xml.getLocalName());
        } else if (event == XMLStreamConstants.CHARACTERS) {
          String value = xml.getText();
          String at = open.size() == 3 ? inner(open) : open.size() == 2 ? open.peek() : "";
          switch (at) {
            case "Contents/Key" -> key = value;
            case "Contents/Size" -> size = Long.parseLong(value.strip());
            case "CommonPrefixes/Prefix" -> entries.add(new Entry(value, -1));
            case "IsTruncated" -> truncated = value.strip().equals("true");
            case "NextContinuationToken" -> token = value;
            default -> {}
          }
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          // A key with a final slash is the mark of an empty folder.
          if (open.pop().equals("Contents") && key != null) {
            if (!key.endsWith("/")) entries.add(new Entry(key, size));
            key = null;
            size = -1;
          }
        }
      }
    } catch (XMLStreamException | NumberFormatException e) {
      throw new CorruptDataException(
          Addresses.redacted(address), "no listing of a bucket: " + e.getMessage(), e);
    }
    String first = entries.stream().map(Entry::path).min(String::compareTo).orElse(null);
    String last = entries.stream().map(Entry::path).max(String::compareTo).orElse(null);
    return new Page(entries, truncated, token, first, last);
  }

  private static String inner(Deque<String> open) {
    String own = open.pop();
    String path = open.peek() + "/" + own;
    open.push(own);
    return path;
  }

  @Override
  public URI address(String path) {
    return bucket.resolve(bucket.getRawPath() + Folders.encode(path));
  }

  @Override
  public String name() {
    return Addresses.redacted(bucket);
  }
}
