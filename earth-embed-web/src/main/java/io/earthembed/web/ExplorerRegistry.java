package io.earthembed.web;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.earthembed.EarthExplorer;
import io.earthembed.common.EarthEmbedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The served explorers by name, in order, those that failed to load included. */
final class ExplorerRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExplorerRegistry.class);

  private final Map<String, ExplorerVersions> loaded = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>();
  private final List<Supplier<JsonObject>> descriptions = new ArrayList<>();
  private volatile Runnable changed = () -> {};

  private ExplorerRegistry() {}

  /**
   * Loads explorers, one after the other.
   *
   * @throws IllegalArgumentException if there is none, or two have one name
   */
  static ExplorerRegistry load(List<ServedExplorer> all) {
    if (all.isEmpty()) throw new IllegalArgumentException("no explorer to serve");
    if (all.stream().map(ServedExplorer::name).distinct().count() < all.size()) {
      throw new IllegalArgumentException("two explorers of one name: " + all);
    }
    ExplorerRegistry registry = new ExplorerRegistry();
    for (ServedExplorer served : all) registry.load(served);
    return registry;
  }

  @SuppressWarnings("IllegalCatch") // a loader may throw anything; the others are served
  private void load(ServedExplorer served) {
    try {
      EarthExplorer explorer = served.load();
      ExplorerVersions versions = new ExplorerVersions(served, explorer, () -> changed.run());
      versions.newest().description(); // computed before the first client asks
      loaded.put(served.name(), versions);
      descriptions.add(() -> versions.newest().description());
    } catch (Exception e) {
      LOG.error("The explorer {} cannot be loaded", served.name(), e);
      boolean told = e instanceof EarthEmbedException || e instanceof IllegalArgumentException;
      String message = told ? String.valueOf(e.getMessage()) : "it cannot be loaded; see the log";
      failures.put(served.name(), message);
      JsonObject json = LoadedExplorer.describe(served, "failed");
      json.addProperty("message", message);
      descriptions.add(() -> json);
    }
  }

  /** Has a task run when a request finds that the tiles of an explorer have changed. */
  void whenChanged(Runnable task) {
    changed = task;
  }

  /** Returns the descriptions of all, in order; callers must not change it. */
  JsonArray descriptions() {
    JsonArray all = new JsonArray();
    for (Supplier<JsonObject> one : descriptions) all.add(one.get());
    return all;
  }

  /** Returns those that can be searched, in order. */
  List<LoadedExplorer> ready() {
    return loaded.values().stream().map(ExplorerVersions::newest).toList();
  }

  /**
   * Returns an explorer with its current tiles.
   *
   * @throws ProblemException (404) if there is none of the name; (503) if it failed to load
   */
  LoadedExplorer require(String name) {
    return require(name, null);
  }

  /**
   * Returns an explorer with the tiles that a client has seen.
   *
   * @param tag of the tiles; null for the current ones
   * @throws ProblemException (404) if there is none of the name; (409) if these tiles are no longer
   *     kept; (503) if it failed to load
   */
  LoadedExplorer require(String name, @Nullable String tag) {
    ExplorerVersions explorer = loaded.get(name);
    if (explorer != null) return explorer.require(tag);
    String failure = failures.get(name);
    if (failure != null) {
      throw ProblemException.of(503, "the explorer " + name + " failed to load: " + failure);
    }
    throw ProblemException.notFound("no explorer is named " + name + "; known: " + names());
  }

  private List<String> names() {
    List<String> names = new ArrayList<>(loaded.keySet());
    names.addAll(failures.keySet());
    return names;
  }

  /** Closes the explorers that the server loaded itself. */
  @Override
  public void close() {
    for (ExplorerVersions explorer : loaded.values()) {
      if (explorer.served().owned()) explorer.explorer().close();
    }
  }
}
