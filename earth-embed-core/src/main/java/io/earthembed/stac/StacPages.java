package io.earthembed.stac;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.internal.Addresses;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items of a search, page by page. Ends, whatever the server sends: it follows no link twice,
 * and takes a limited number of items, and of empty pages in a row. For one thread.
 */
final class StacPages implements Iterator<StacItem> {
  /** The most pages in a row without an item: servers that filter late send some. */
  private static final int EMPTY_PAGES = 100;

  private final StacReader reader;
  private final int limit;

  /** The first pages of the halves of a box across the antimeridian, of which one is current. */
  private final Queue<StacRequest> searches;

  private final Set<StacRequest> sent = new HashSet<>();
  private final Set<List<@Nullable String>> found = new HashSet<>();
  private final Queue<StacItem> items = new ArrayDeque<>();
  private @Nullable StacRequest next;
  private int received;
  private int empty;

  StacPages(StacReader reader, List<StacRequest> searches, int limit) {
    this.reader = reader;
    this.searches = new ArrayDeque<>(searches);
    this.limit = limit;
  }

  @Override
  public boolean hasNext() {
    while (items.isEmpty()) {
      if (next == null) next = searches.poll();
      if (next == null) return false;
      StacRequest request = next;
      next = null;
      if (!sent.add(request)) throw failed(request, "its next links lead in a circle");
      readPage(request);
    }
    return true;
  }

  @Override
  public StacItem next() {
    if (!hasNext()) throw new NoSuchElementException();
    return items.remove();
  }

  private void readPage(StacRequest request) {
    JsonObject page = reader.read(request);
    try {
      JsonArray features = StacJson.array(page, "features");
      if (!page.has("features")) throw new IllegalArgumentException("no features");
      empty = features.size() == 0 ? empty + 1 : 0;
      received += features.size();
      if (received > limit) {
        throw failed(
            request,
            "the search finds more than " + limit + " items: narrow it or raise its limit");
      }
      features.forEach(
          feature -> {
            StacItem item = StacJson.item(feature, request.address(), false);
            // The halves of a box may both have it.
            if (found.add(Arrays.asList(item.collection(), item.id()))) items.add(item);
          });
      JsonObject link = StacJson.link(page, "next");
      if (link == null) return;
      if (empty >= EMPTY_PAGES) {
        throw failed(request, EMPTY_PAGES + " pages in a row have no item, and there are more");
      }
      next = request.next(link);
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw new CorruptDataException(
          Addresses.redacted(request.address()), "no page of STAC items: " + e.getMessage(), e);
    }
  }

  private static EarthEmbedException failed(StacRequest request, String problem) {
    return new EarthEmbedException(Addresses.redacted(request.address()) + ": " + problem);
  }
}
