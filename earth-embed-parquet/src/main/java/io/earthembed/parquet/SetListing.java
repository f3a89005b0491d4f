package io.earthembed.parquet;

import io.earthembed.base.http.HttpDocuments;
import io.earthembed.base.range.RangeSource;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.geo.Region;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.listing.Extent;
import io.earthembed.parquet.internal.listing.Folders;
import io.earthembed.parquet.internal.listing.HubTree;
import io.earthembed.parquet.internal.listing.IndexPages;
import io.earthembed.parquet.internal.listing.ListedFile;
import io.earthembed.parquet.internal.listing.LocalFolders;
import io.earthembed.parquet.internal.listing.PartitionWalk;
import io.earthembed.parquet.internal.listing.PathPartitions;
import io.earthembed.parquet.internal.listing.PathPartitions.FileName;
import io.earthembed.parquet.internal.listing.PathPartitions.Meaning;
import io.earthembed.parquet.internal.listing.S3Folders;
import io.earthembed.stac.StacClient;
import io.earthembed.stac.StacItem;
import io.earthembed.stac.StacSearch;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the files of a set are listed. Immutable. */
interface SetListing {
  /** Returns the wanted files, by address. */
  List<ListedFile> list(Access access, RowSelection selection);

  /** Returns where the listing is read. */
  URI address();

  /** Returns this listing at another address. */
  SetListing at(URI address);

  /**
   * The readers of a listing.
   *
   * @param http reads documents
   * @param sources opens tables
   * @param threads list folders
   * @param cache keeps listings, or null
   */
  record Access(
      HttpDocuments http,
      Function<URI, RangeSource> sources,
      Executor threads,
      @Nullable ListingCache cache) {}

  /**
   * Folders of a host.
   *
   * @param kind s3, index or hub
   * @param address of the bucket, of the first page or of the hub
   * @param repository owner and name at a hub, else empty
   * @param start folder in which the files are, with a final slash, or empty
   */
  record OfFolders(
      String kind, URI address, String repository, String start, PathPartitions partitions)
      implements SetListing {
    @Override
    public List<ListedFile> list(Access access, RowSelection selection) {
      Folders folders = folders(access.http());
      ListingCache cache = access.cache();
      if (cache != null && !Addresses.isFile(address)) folders = cache.around(folders);
      return new PartitionWalk(folders, partitions, selection::meets, access.threads())
          .files(start);
    }

    private Folders folders(HttpDocuments http) {
      if (Addresses.isFile(address)) return new LocalFolders(Path.of(address));
      return switch (kind) {
        case "s3" -> new S3Folders(http, address);
        case "hub" -> new HubTree(http, address, repository);
        default -> new IndexPages(http, address);
      };
    }

    @Override
    public SetListing at(URI other) {
      return new OfFolders(kind, other, repository, start, partitions);
    }
  }

  /** Files that the description names. */
  record OfFiles(URI address, List<String> files) implements SetListing {
    @Override
    public List<ListedFile> list(Access access, RowSelection selection) {
      return files.stream()
          .map(file -> new ListedFile(address.resolve(file), -1, -1, Extent.UNKNOWN))
          .toList();
    }

    @Override
    public SetListing at(URI other) {
      return new OfFiles(other, files);
    }
  }

  /**
   * A STAC API.
   *
   * @param asset the name of an item's Parquet file
   */
  record OfStac(URI address, List<String> collections, String asset) implements SetListing {
    @Override
    public List<ListedFile> list(Access access, RowSelection selection) {
      StacSearch search = search(selection);
      ListingCache cache = access.cache();
      String key = address + "\n" + search;
      List<ListedFile> found =
          cache == null ? search(search) : cache.files(key, () -> search(search));
      List<ListedFile> files = found.stream().filter(f -> selection.meets(f.extent())).toList();
      if (!files.isEmpty()) return files;
      throw new EarthEmbedException(
          Addresses.redacted(address) + ": no item of the region and the period: " + search);
    }

    private StacSearch search(RowSelection selection) {
      StacSearch search = StacSearch.of(collections.toArray(String[]::new)).limit(MOST_ITEMS);
      Region region = selection.region();
      if (region != null) search = search.in(region.bounds());
      if (!selection.isPeriod()) return search;
      boolean open = selection.until().equals(Instant.MAX);
      return search.between(selection.from(), open ? Instant.MAX : selection.until().minusNanos(1));
    }

    private List<ListedFile> search(StacSearch search) {
      try (Stream<StacItem> items = StacClient.of(address).search(search)) {
        return items.map(this::file).toList();
      }
    }

    private ListedFile file(StacItem item) {
      Instant time = item.datetime();
      Instant start = item.start() != null ? item.start() : time;
      Instant end = item.end() != null ? item.end() : time;
      Extent extent =
          new Extent(
              item.bbox(), start == null ? Instant.MIN : start, end == null ? Instant.MAX : end);
      return new ListedFile(item.asset(asset).href(), -1, -1, extent);
    }

    @Override
    public SetListing at(URI other) {
      return new OfStac(other, collections, asset);
    }
  }

  /** The most items of a region: more are an error that says so. */
  int MOST_ITEMS = 100_000;

  /** Reads a listing from a description. */
  static SetListing of(DescriptionFields fields) {
    String kind = fields.text("kind");
    SetListing listing =
        switch (kind) {
          case "s3", "index", "hub" -> ofFolders(kind, fields);
          case "files" -> {
            List<String> files = fields.texts("files");
            if (files.isEmpty()) throw fields.wrong("files", "is missing or empty");
            yield new OfFiles(folder(fields), files);
          }
          case "manifest" -> ManifestListing.of(fields);
          case "stac" ->
              new OfStac(
                  fields.address("address"), fields.texts("collections"), fields.text("asset"));
          default ->
              throw fields.wrong(
                  "kind", "is none of s3, index, hub, files, manifest, stac: " + kind);
        };
    fields.requireNoOthers();
    return listing;
  }

  private static URI folder(DescriptionFields fields) {
    URI address = fields.address("address");
    boolean folder = address.getPath() != null && address.getPath().endsWith("/");
    if (!folder) throw fields.wrong("address", "has no final slash");
    if (!Addresses.isWeb(address) && !Addresses.isFile(address)) {
      throw fields.wrong("address", "is not an http, https or file URL");
    }
    return address;
  }

  private static SetListing ofFolders(String kind, DescriptionFields fields) {
    String start = fields.text("folder", "");
    if (start.startsWith("/") || !start.isEmpty() && !start.endsWith("/")) {
      throw fields.wrong("folder", "is not a path such as a/b/: " + start);
    }
    Map<String, Meaning> keys = new LinkedHashMap<>();
    if (fields.has("partitions")) {
      DescriptionFields partitions = fields.object("partitions");
      for (String key : fields.textMap("partitions").keySet()) {
        keys.put(key, partitions.parsed(key, Meaning::of));
      }
    }
    FileName name = fields.has("file") ? fields.parsed("file", FileName::new) : null;
    String repository = kind.equals("hub") ? fields.text("repository") : "";
    return new OfFolders(
        kind, folder(fields), repository, start, new PathPartitions(Map.copyOf(keys), name));
  }
}
