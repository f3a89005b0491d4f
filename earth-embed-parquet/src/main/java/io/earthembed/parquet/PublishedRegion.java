package io.earthembed.parquet;

import io.earthembed.base.http.HttpDocuments;
import io.earthembed.base.range.Counters;
import io.earthembed.base.range.RangeSource;
import io.earthembed.base.thread.LimitedExecutor;
import io.earthembed.base.thread.Tasks;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.common.RangeReadException;
import io.earthembed.geo.Region;
import io.earthembed.hub.Hub;
import io.earthembed.internal.Addresses;
import io.earthembed.parquet.internal.listing.ListedFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A part of a {@link PublishedSet}: the rows of a region and a period. Opening it lists the files
 * that may hold such rows, reads their footers, leaves out row groups by their statistics, and
 * reads the columns that are needed of the others.
 *
 * <p>What was read over the network is kept on disk, so that the same region opens from there the
 * next time; several processes may share the cache. Each cached file costs one small request, which
 * asks whether it has changed. A listing counts for a day.
 *
 * <p>Immutable and safe for many threads; each method returns a changed copy.
 */
public final class PublishedRegion {
  private static final Duration LISTING_AGE = Duration.ofDays(1);
  private static final long CACHE_BYTES = 20L << 30;

  private final PublishedSet set;
  private final RowSelection selection;
  private final @Nullable StoreOptions options;
  private final boolean revalidates;

  PublishedRegion(PublishedSet set) {
    this(set, RowSelection.ALL, null, true);
  }

  private PublishedRegion(
      PublishedSet set,
      RowSelection selection,
      @Nullable StoreOptions options,
      boolean revalidates) {
    this.set = set;
    this.selection = selection;
    this.options = options;
    this.revalidates = revalidates;
  }

  /** Returns the set. */
  public PublishedSet set() {
    return set;
  }

  /**
   * Sets the region (default the whole Earth).
   *
   * @param region contains the centres of the tiles
   */
  public PublishedRegion in(Region region) {
    Objects.requireNonNull(region, "region");
    RowSelection selected = new RowSelection(region, selection.from(), selection.until());
    return new PublishedRegion(set, selected, options, revalidates);
  }

  /**
   * Sets the period (default all times). Files and rows count by the times that their paths and
   * columns name. If only the path of a file names a time, all its rows count if the file's period
   * meets this one.
   *
   * @param from inclusive; {@link Instant#MIN} for no start
   * @param until exclusive, after from; {@link Instant#MAX} for no end
   */
  public PublishedRegion between(Instant from, Instant until) {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("from " + from + " is not before until " + until);
    }
    RowSelection selected = new RowSelection(selection.region(), from, until);
    return new PublishedRegion(set, selected, options, revalidates);
  }

  /**
   * Sets how files are read, and where they are cached (default a cache of 20 GiB in {@code sets}
   * in {@link Hub#cache}; the other defaults are those of {@link StoreOptions}). Options without a
   * cache keep nothing. {@link StoreOptions#tailGuess} and {@link StoreOptions#parallelism} have no
   * effect.
   */
  public PublishedRegion with(StoreOptions options) {
    Objects.requireNonNull(options, "options");
    return new PublishedRegion(set, selection, options, revalidates);
  }

  /**
   * Uses what is cached, however old it is, without asking whether it has changed. Files that are
   * not cached are read.
   */
  public PublishedRegion withoutRevalidation() {
    return new PublishedRegion(set, selection, options, false);
  }

  private StoreOptions options() {
    if (options != null) return options;
    Path folder = Hub.fromEnvironment().cache().resolve("sets");
    return StoreOptions.builder().cache(folder, CACHE_BYTES).build();
  }

  /**
   * Lists the files that may hold rows of the region and the period, without reading them.
   *
   * @return their addresses, at least one
   * @throws EarthEmbedException if there are none, or they cannot be listed
   */
  public List<URI> files() {
    return new Opening(options()).list().stream().map(ListedFile::address).toList();
  }

  /**
   * Lists the files and reads their footers, to say what opening the region would read.
   *
   * @throws EarthEmbedException if the set is not of Parquet files, or they cannot be listed or
   *     read
   */
  public RegionPlan plan() {
    if (!set.format().equals("parquet")) {
      throw new EarthEmbedException(
          set.name()
              + " holds arrays of pixels ("
              + set.format()
              + "), not rows of embeddings: module "
              + set.module().orElse("")
              + " makes tiles of them");
    }
    Opening opening = new Opening(options());
    try {
      return opening.plan();
    } catch (RangeReadException e) {
      // A file that was listed some time ago is gone, so the listing is out of date.
      if (e.status() != 404 || !opening.usedCachedListing() || !revalidates) throw e;
      return new Opening(options(), Duration.ZERO).plan();
    }
  }

  /**
   * Opens the region: {@link #plan} and {@link RegionPlan#open}.
   *
   * @throws EarthEmbedException as both do
   */
  public GeoParquetDataset open() {
    return plan().open();
  }

  @Override
  public String toString() {
    Region region = selection.region();
    return set.name()
        + (region == null ? "" : " in " + region.bounds())
        + (selection.isPeriod() ? " from " + selection.from() + " until " + selection.until() : "");
  }

  /** One listing and its files. */
  private final class Opening {
    private final Sources sources;
    private final @Nullable DiskCache cache;
    private final @Nullable ListingCache listings;
    private final HttpDocuments http;
    private final Executor threads;

    Opening(StoreOptions options) {
      this(options, revalidates ? LISTING_AGE : Duration.ofDays(36_500));
    }

    Opening(StoreOptions options, Duration listingAge) {
      sources = new Sources(options, ShardAccess.DIRECT, new Counters());
      cache = options.cacheFolder().map(f -> new DiskCache(f, options.cacheBytes())).orElse(null);
      listings = cache == null ? null : new ListingCache(cache, listingAge);
      http = new HttpDocuments(options.timeout(), options.attempts());
      threads = new LimitedExecutor(sources.threads(), options.connectionsPerHost());
    }

    boolean usedCachedListing() {
      return listings != null && listings.isUsed();
    }

    List<ListedFile> list() {
      SetListing listing = set.listing();
      List<ListedFile> files =
          listing.list(new SetListing.Access(http, this::open, threads, listings), selection);
      for (ListedFile file : files) {
        // A server must not choose files of this machine.
        if (Addresses.isFile(file.address()) && !Addresses.isFile(listing.address())) {
          throw new EarthEmbedException(
              Addresses.redacted(listing.address())
                  + " lists a file of this machine: "
                  + Addresses.redacted(file.address()));
        }
      }
      return files;
    }

    private RangeSource open(URI file) {
      RangeSource source = sources.open(file);
      return source.local() ? source : new CachedRanges(source, cache, revalidates);
    }

    RegionPlan plan() {
      List<ListedFile> listed = list();
      List<FutureTask<MappedFile>> footers = new ArrayList<>();
      for (ListedFile file : listed) {
        FutureTask<MappedFile> footer = new FutureTask<>(() -> map(file));
        threads.execute(footer);
        footers.add(footer);
      }
      List<MappedFile> files = new ArrayList<>();
      try {
        for (FutureTask<MappedFile> footer : footers) {
          files.add(Tasks.await(footer, "reading " + set.name()));
        }
      } finally {
        for (FutureTask<MappedFile> footer : footers) footer.cancel(true);
      }
      return new RegionPlan(PublishedRegion.this, selection, files);
    }

    private MappedFile map(ListedFile listed) {
      RangeSource source = open(listed.address());
      if (!source.local()) source = new PrefetchedRanges(source, threads);
      MappedFile file = MappedFile.open(source, set.columns());
      if (file.rows() > 0) {
        selection.requireTime(file.footer(), file.columns(), listed.extent().hasTime());
        file.requireDimension(set.model().dimension());
      }
      if (listed.rows() >= 0 && listed.rows() != file.rows()) {
        throw new EarthEmbedException(
            Addresses.redacted(listed.address())
                + " has "
                + file.rows()
                + " rows, in the manifest "
                + listed.rows()
                + ": one of them has changed");
      }
      return file;
    }
  }
}
