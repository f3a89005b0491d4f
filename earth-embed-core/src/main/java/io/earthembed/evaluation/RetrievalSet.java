package io.earthembed.evaluation;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import io.earthembed.common.CorruptDataException;
import io.earthembed.common.EarthEmbedException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Pictures with what is known to be true of them: labels, captions, or both. Immutable and safe for
 * many threads.
 *
 * @param name a name for reports
 * @param items the pictures
 */
public record RetrievalSet(String name, List<Item> items) {
  private static final List<String> PICTURES =
      List.of(".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff");

  private static final String V1_LABELS = "_labels_metadata.json";

  /**
   * A picture of a set.
   *
   * @param picture a file, or a BigEarthNet folder with a file for each band
   * @param labels its classes; empty if unknown
   * @param captions texts that describe it; may be empty
   */
  public record Item(Path picture, Set<String> labels, List<String> captions) {
    /** Copies its arguments. */
    public Item {
      labels = Set.copyOf(labels);
      captions = List.copyOf(captions);
    }
  }

  /**
   * Copies its arguments.
   *
   * @throws IllegalArgumentException if there are no pictures
   */
  public RetrievalSet {
    items = List.copyOf(items);
    if (items.isEmpty()) throw new IllegalArgumentException("no pictures in " + name);
  }

  /** Returns all labels, sorted. */
  public List<String> classes() {
    Set<String> all = new TreeSet<>();
    for (Item item : items) all.addAll(item.labels());
    return List.copyOf(all);
  }

  /**
   * Finds the pictures in a folder of folders, each named like a class, as EuroSAT, AID and
   * RESISC45 have them.
   *
   * @param folder a folder; files beside its folders are ignored
   * @throws EarthEmbedException if it cannot be read, or there is no picture
   */
  public static RetrievalSet ofFolders(Path folder) {
    List<Item> items = new ArrayList<>();
    for (Path each : list(folder)) {
      if (!Files.isDirectory(each)) continue;
      String label = String.valueOf(each.getFileName());
      for (Path file : list(each)) {
        if (isPicture(file)) items.add(new Item(file, Set.of(label), List.of()));
      }
    }
    return of(folder, items, "no folder with pictures; expected FOLDER/CLASS/PICTURE");
  }

  /**
   * Reads the caption file of RSICD, RSITMD or UCM-Captions: {@code dataset_rsicd.json} and the
   * like, in the layout of Karpathy's splits. It has {@code images}, each with {@code filename},
   * {@code split} and {@code sentences}, each with {@code raw}.
   *
   * @param captions the JSON file
   * @param pictures the folder of the pictures
   * @param split pictures of this split only, such as test; empty for all
   * @throws CorruptDataException if the file is not such JSON
   * @throws EarthEmbedException if it cannot be read, or no picture has this split
   */
  public static RetrievalSet ofCaptions(Path captions, Path pictures, String split) {
    JsonElement images = object(captions).get("images");
    if (!(images instanceof JsonArray array)) {
      throw new CorruptDataException(captions.toString(), "has no array \"images\"");
    }
    List<Item> items = new ArrayList<>();
    Set<String> splits = new TreeSet<>();
    for (int i = 0; i < array.size(); i++) {
      String at = "images[" + i + "]";
      if (!(array.get(i) instanceof JsonObject image)) {
        throw new CorruptDataException(captions.toString(), at + " is not an object");
      }
      String of = text(captions, image, "split", at);
      splits.add(of);
      if (!split.isEmpty() && !split.equals(of)) continue;
      if (!(image.get("sentences") instanceof JsonArray sentences)) {
        throw new CorruptDataException(captions.toString(), at + " has no array \"sentences\"");
      }
      List<String> texts = new ArrayList<>();
      for (JsonElement sentence : sentences) {
        if (!(sentence instanceof JsonObject object)) {
          throw new CorruptDataException(
              captions.toString(), at + " has a sentence without \"raw\"");
        }
        String raw = text(captions, object, "raw", at).strip();
        if (!raw.isEmpty()) texts.add(raw); // RSITMD has blank ones
      }
      String file = text(captions, image, "filename", at);
      items.add(new Item(inside(captions, pictures, file), Set.of(), texts));
    }
    return of(captions, items, "no picture of split " + split + "; the splits are " + splits);
  }

  /**
   * Finds the patches of BigEarthNet v1 (BigEarthNet-S2): folders named like a patch, with a file
   * for each band and {@code PATCH_labels_metadata.json}, whose {@code labels} are read.
   *
   * @param folder the folder of the patches
   * @throws CorruptDataException if a patch's JSON is damaged
   * @throws EarthEmbedException if the folder cannot be read, or there is no patch
   */
  public static RetrievalSet ofBigEarthNet(Path folder) {
    List<Item> items = new ArrayList<>();
    for (Path patch : list(folder)) {
      Path labels = patch.resolve(patch.getFileName() + V1_LABELS);
      if (!Files.isRegularFile(labels)) continue;
      if (!(object(labels).get("labels") instanceof JsonArray array)) {
        throw new CorruptDataException(labels.toString(), "has no array \"labels\"");
      }
      Set<String> all = new LinkedHashSet<>();
      for (JsonElement label : array) {
        if (!(label instanceof JsonPrimitive text) || !text.isString()) {
          throw new CorruptDataException(labels.toString(), "has a label that is not a text");
        }
        all.add(text.getAsString());
      }
      items.add(new Item(patch, all, List.of()));
    }
    return of(folder, items, "no patch with PATCH/PATCH" + V1_LABELS);
  }

  /**
   * Returns the words of a class's name: {@code AnnualCrop} and {@code annual_crop} become "annual
   * crop". Other names are only written in small letters.
   */
  public static String words(String label) {
    return label
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .replaceAll("[_\\s]+", " ")
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  private static RetrievalSet of(Path source, List<Item> items, String otherwise) {
    if (items.isEmpty()) throw new EarthEmbedException(source + ": " + otherwise);
    return new RetrievalSet(
        String.valueOf(source.toAbsolutePath().normalize().getFileName()), items);
  }

  private static boolean isPicture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return PICTURES.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
  }

  private static Path inside(Path captions, Path pictures, String file) {
    try {
      Path found = pictures.resolve(file).normalize();
      if (found.startsWith(pictures.normalize())) return found;
    } catch (InvalidPathException e) {
      // The name is not valid in a path.
    }
    throw new CorruptDataException(captions.toString(), "names a picture elsewhere: " + file);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new EarthEmbedException(folder + ": cannot be listed: " + e, e);
    }
  }

  private static JsonObject object(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      JsonElement json = new Gson().fromJson(reader, JsonElement.class);
      if (json instanceof JsonObject object) return object;
      throw new CorruptDataException(file.toString(), "is not a JSON object");
    } catch (IOException e) {
      throw new EarthEmbedException(file + ": cannot be read: " + e, e);
    } catch (JsonParseException e) {
      throw new CorruptDataException(file.toString(), "is not JSON: " + e.getMessage(), e);
    }
  }

  private static String text(Path file, JsonObject object, String field, String at) {
    if (object.get(field) instanceof JsonPrimitive value && value.isString()) {
      return value.getAsString();
    }
    throw new CorruptDataException(file.toString(), at + " has no text \"" + field + "\"");
  }
}
