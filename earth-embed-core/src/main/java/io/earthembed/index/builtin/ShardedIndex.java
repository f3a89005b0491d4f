package io.earthembed.index.builtin;

import io.earthembed.base.thread.Lifetime;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import io.earthembed.index.IndexLabel;
import io.earthembed.index.MutableIndex;
import io.earthembed.index.PersistentIndex;
import io.earthembed.internal.Checks;
import io.earthembed.vector.Metric;
import io.earthembed.vector.Neighbors;
import io.earthembed.vector.OrdinalSet;
import io.earthembed.vector.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Searches several indexes as one. The ordinals of the first shard come first, then those of the
 * second, and so on; results, order and ties equal those of one index of all vectors. Ordinals of
 * vectors that a shard has removed stay unused. Each shard gets the filter over its own ordinals.
 *
 * <p>If a shard fails, searches throw a {@link PartialResultException} with the hits of the others.
 * Shards are searched one after another, each on all its threads. Closing closes every shard.
 *
 * <p>{@link #growing} and {@link #loadGrowing} make an index that takes additions.
 */
public sealed class ShardedIndex implements PersistentIndex permits GrowingShardedIndex {
  private final List<Shard> shards;
  final Lifetime lifetime = Lifetime.of("the index", this::closeShards);

  /**
   * Held while vectors are added or files are written, so that a file has the size in its manifest.
   */
  final Object growing = new Object();

  private volatile IndexLabel label;

  /**
   * @param name for messages, for example the shard's file
   * @param index the index
   * @param base the ordinal of its first vector: only the last shard grows
   */
  record Shard(String name, PersistentIndex index, long base) {}

  ShardedIndex(List<Shard> shards, IndexLabel label) {
    this.shards = List.copyOf(shards);
    this.label = label;
  }

  /**
   * Joins indexes, which the result owns; they are named {@code shard 0}, {@code shard 1}, …
   *
   * @param indexes at least one, all of equal dimension and metric
   */
  public static ShardedIndex of(List<? extends PersistentIndex> indexes) {
    List<Shard> shards = new ArrayList<>();
    long base = 0;
    for (PersistentIndex index : indexes) {
      shards.add(new Shard("shard " + shards.size(), index, base));
      base += index.ordinalEnd();
    }
    return checked(shards, IndexLabel.NONE);
  }

  /**
   * Joins indexes as {@link #of} does, to an index that takes additions.
   *
   * @param indexes at least one, all of equal dimension and metric; the last takes the additions
   * @param <I> what the shards can
   */
  public static <I extends MutableIndex & PersistentIndex> GrowingShardedIndex growing(
      List<? extends I> indexes) {
    ShardedIndex joined = of(indexes);
    return new GrowingShardedIndex(joined.shards, joined.label, indexes.get(indexes.size() - 1));
  }

  /**
   * Opens what {@link #save} wrote, as {@link #load} does, to an index that takes additions.
   *
   * @param manifest the file that names the shards, which lie beside it
   * @param open reads one shard, for example {@code ExactIndex::load}; the last shard takes the
   *     additions
   * @param <I> what the shards can
   * @throws CorruptDataException if the manifest is damaged, or a shard is not the one it names
   */
  public static <I extends MutableIndex & PersistentIndex> GrowingShardedIndex loadGrowing(
      Path manifest, Function<Path, ? extends I> open) {
    List<I> opened = new ArrayList<>();
    ShardedIndex joined =
        load(
            manifest,
            file -> {
              I shard = open.apply(file);
              opened.add(shard);
              return shard;
            });
    return new GrowingShardedIndex(joined.shards, joined.label, opened.get(opened.size() - 1));
  }

  /**
   * @param label label of the whole; if it names no model, the shards' model is used
   */
  private static ShardedIndex checked(List<Shard> shards, IndexLabel label) {
    if (shards.isEmpty()) throw new IllegalArgumentException("no shards");
    PersistentIndex first = shards.get(0).index;
    String model = label.model();
    for (Shard shard : shards) {
      String own = shard.index.label().model();
      if (model.isEmpty()) model = own;
      if (!own.isEmpty() && !own.equals(model)) {
        throw new IllegalArgumentException(
            shard.name + " is labeled as of the model '" + own + "', others as of '" + model + "'");
      }
      if (shard.index.dimension() != first.dimension() || shard.index.metric() != first.metric()) {
        throw new IllegalArgumentException(
            shard.name
                + " is "
                + shard.index.metric()
                + " of "
                + shard.index.dimension()
                + " components, "
                + shards.get(0).name
                + " "
                + first.metric()
                + " of "
                + first.dimension());
      }
    }
    return new ShardedIndex(shards, new IndexLabel(model, label.dataset(), label.rows()));
  }

  /**
   * Opens what {@link #save} wrote.
   *
   * @param manifest the file that names the shards, which lie beside it
   * @param open reads one shard, for example {@code FaissIndex::open}; {@code IndexFormat::open}
   *     reads any kind
   * @throws CorruptDataException if the manifest is damaged, or a shard is not the one it names
   */
  public static ShardedIndex load(Path manifest, Function<Path, ? extends PersistentIndex> open) {
    ShardManifest content = ShardManifest.read(manifest);
    List<Shard> shards = new ArrayList<>();
    long base = 0;
    try {
      for (ShardManifest.Entry entry : content.entries()) {
        Path file = ShardManifest.beside(manifest, entry.file());
        PersistentIndex index = open.apply(file);
        shards.add(new Shard(entry.file(), index, base));
        base += index.ordinalEnd();
        if (index.size() != entry.size()) {
          throw new CorruptDataException(
              file.toString(),
              "holds " + index.size() + " vectors, not the " + entry.size() + " of its manifest");
        }
      }
      return checked(shards, content.label());
    } catch (IllegalArgumentException e) {
      for (Shard shard : shards) shard.index.close();
      throw new CorruptDataException(manifest.toString(), String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      for (Shard shard : shards) shard.index.close();
      throw e;
    }
  }

  /**
   * Joins shard files, for example of many machines, into one index and writes its manifest; {@link
   * #load} opens it later.
   *
   * @param manifest the file to write, in the folder of the shards; an existing one is replaced,
   *     and its shards remain
   * @param files the shards, in the order of their ordinals
   * @param open reads one shard, for example {@code FaissIndex::open}
   * @throws IllegalArgumentException if a shard is in another folder, is named twice or does not
   *     fit the first
   */
  public static ShardedIndex create(
      Path manifest, List<Path> files, Function<Path, ? extends PersistentIndex> open) {
    return create(manifest, files, IndexLabel.NONE, open);
  }

  /**
   * Joins shard files as {@link #create(Path, List, Function)} does, with a label for the whole,
   * whose rows are those of all shards in order.
   *
   * @param label stored in the manifest; if it names no model, the shards' model is used
   */
  public static ShardedIndex create(
      Path manifest,
      List<Path> files,
      IndexLabel label,
      Function<Path, ? extends PersistentIndex> open) {
    Path folder = manifest.toAbsolutePath().normalize().getParent();
    List<Shard> shards = new ArrayList<>();
    List<ShardManifest.Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long base = 0;
    try {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!Objects.equals(file.toAbsolutePath().normalize().getParent(), folder)) {
          throw new IllegalArgumentException("the shard " + file + " is not beside " + manifest);
        }
        if (!names.add(name)) throw new IllegalArgumentException("the shard " + file + " twice");
        PersistentIndex index = open.apply(file);
        shards.add(new Shard(name, index, base));
        entries.add(new ShardManifest.Entry(name, index.size()));
        base += index.ordinalEnd();
      }
      ShardedIndex sharded = checked(shards, label);
      ShardManifest old = ShardManifest.readOrNull(manifest);
      new ShardManifest(old == null ? 0 : old.generation() + 1, sharded.label, entries)
          .write(manifest);
      return sharded;
    } catch (RuntimeException e) {
      for (Shard shard : shards) shard.index.close();
      throw e;
    }
  }

  @Override
  public IndexLabel label() {
    return label;
  }

  @Override
  public void label(IndexLabel what) {
    label = Objects.requireNonNull(what, "what");
  }

  /** Returns the number of shards. */
  public int shardCount() {
    return shards.size();
  }

  @Override
  public int dimension() {
    return shards.get(0).index.dimension();
  }

  @Override
  public Metric metric() {
    return shards.get(0).index.metric();
  }

  @Override
  public long size() {
    try (Lifetime.Scope open = lifetime.use()) {
      return shards.stream().mapToLong(shard -> shard.index.size()).sum();
    }
  }

  @Override
  public long ordinalEnd() {
    try (Lifetime.Scope open = lifetime.use()) {
      Shard last = shards.get(shards.size() - 1);
      return last.base + last.index.ordinalEnd();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws PartialResultException if a shard fails
   */
  @Override
  public List<Neighbors> search(Vectors queries, int k, OrdinalSet filter) {
    if (queries.dimension() != dimension()) {
      throw new IllegalArgumentException(
          "queries has dimension " + queries.dimension() + ", the index " + dimension());
    }
    Checks.positive("k", k);
    queries.requireComparable("queries");
    int rows = Math.toIntExact(queries.rows());
    try (Lifetime.Scope open = lifetime.use()) {
      return gather(rows, k, filter, (shard, part) -> shard.search(queries, k, part));
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws PartialResultException if a shard fails
   */
  @Override
  public Neighbors searchAbove(float[] query, float minScore, OrdinalSet filter) {
    if (query.length != dimension()) {
      throw new IllegalArgumentException(
          "query has dimension " + query.length + ", the index " + dimension());
    }
    if (Float.isNaN(minScore)) throw new IllegalArgumentException("minScore is NaN");
    Vectors.requireComparable("query", query);
    try (Lifetime.Scope open = lifetime.use()) {
      return gather(
              1,
              Integer.MAX_VALUE,
              filter,
              (shard, part) -> List.of(shard.searchAbove(query, minScore, part)))
          .get(0);
    }
  }

  private interface Search {
    List<Neighbors> in(PersistentIndex shard, OrdinalSet part);
  }

  private List<Neighbors> gather(int queries, int k, OrdinalSet filter, Search search) {
    Map<String, RuntimeException> failed = new LinkedHashMap<>();
    List<List<Neighbors>> found = new ArrayList<>();
    for (Shard shard : shards) {
      try {
        long end = shard.base + shard.index.ordinalEnd();
        found.add(
            search.in(shard.index, filter.slice(shard.base, end)).stream()
                .map(part -> shifted(part, shard.base))
                .toList());
      } catch (RuntimeException e) {
        failed.put(shard.name, e);
      }
    }
    List<Neighbors> results = new ArrayList<>();
    for (int q = 0; q < queries; q++) {
      List<Neighbors> parts = new ArrayList<>();
      for (List<Neighbors> part : found) parts.add(part.get(q));
      results.add(Neighbors.merge(parts, k));
    }
    if (!failed.isEmpty()) throw new PartialResultException(results, failed);
    return results;
  }

  /** Adds a shard's base to its ordinals. */
  private static Neighbors shifted(Neighbors part, long base) {
    long[] ordinals = part.ordinals();
    for (int i = 0; i < ordinals.length; i++) ordinals[i] += base;
    return new Neighbors(ordinals, part.scores());
  }

  @Override
  public void reconstruct(long ordinal, float[] into) {
    Objects.checkIndex(ordinal, ordinalEnd());
    try (Lifetime.Scope open = lifetime.use()) {
      int s = shards.size() - 1;
      while (shards.get(s).base > ordinal) s--;
      shards.get(s).index.reconstruct(ordinal - shards.get(s).base, into);
    }
  }

  /**
   * {@inheritDoc} Writes each shard beside the manifest, under a new name, and then the manifest.
   * At the end it deletes the shards of an earlier save, but never files that were given to {@link
   * #create}. Additions wait meanwhile.
   */
  @Override
  public void save(Path manifest) {
    try (Lifetime.Scope open = lifetime.use()) {
      synchronized (growing) {
        write(manifest);
      }
    }
  }

  private void write(Path manifest) {
    ShardManifest old = ShardManifest.readOrNull(manifest);
    int generation = old == null ? 0 : old.generation() + 1;
    List<ShardManifest.Entry> entries = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      String file = generation + "-" + i + "." + manifest.getFileName();
      shards.get(i).index.save(manifest.resolveSibling(file));
      entries.add(new ShardManifest.Entry(file, shards.get(i).index.size()));
    }
    new ShardManifest(generation, label, entries).write(manifest);
    if (old != null) {
      String own = "\\d+-\\d+\\." + Pattern.quote(String.valueOf(manifest.getFileName()));
      for (ShardManifest.Entry entry : old.entries()) {
        if (!entry.file().matches(own)) continue;
        try {
          Files.deleteIfExists(ShardManifest.beside(manifest, entry.file()));
        } catch (IOException e) {
          throw new EarthEmbedException(entry.file() + ": an old shard stays: " + e, e);
        }
      }
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }

  /** Closes every shard, even if some fail. */
  private void closeShards() {
    RuntimeException failure = null;
    for (Shard shard : shards) {
      try {
        shard.index.close();
      } catch (RuntimeException e) {
        if (failure == null) failure = e;
        else failure.addSuppressed(e);
      }
    }
    if (failure != null) throw failure;
  }

  @Override
  public String toString() {
    return "ShardedIndex[" + shards.size() + " shards, first " + shards.get(0).index + "]";
  }
}
