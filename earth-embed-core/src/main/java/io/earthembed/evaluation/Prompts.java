package io.earthembed.evaluation;

import io.earthembed.encoder.Encoder;
import io.earthembed.vector.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Sentences that stand for a class. The embedding of a class is the mean of the embeddings of its
 * sentences, normalised again. Immutable and safe for many threads.
 *
 * @param name a short name
 * @param templates sentences in which {@code {}} stands for the class; at least one
 * @param captionPrefix text before each caption of a captioned set; may be empty
 */
public record Prompts(String name, List<String> templates, String captionPrefix) {
  /**
   * The sentences and the prefix with which FarSLIP is evaluated (NJU-LHRS/FarSLIP at d32ef2cd,
   * open_clip_train/prompt_templates.py and tests/test_retrieval.py).
   */
  public static final Prompts FARSLIP =
      new Prompts(
          "farslip",
          List.of("a satellite photo of {}.", "a satellite image of {}"),
          "a satellite image. ");

  /** CLIP's sentences for EuroSAT (openai/CLIP, data/prompts.md). */
  public static final Prompts CLIP =
      new Prompts(
          "clip",
          List.of(
              "a centered satellite photo of {}.",
              "a centered satellite photo of a {}.",
              "a centered satellite photo of the {}."),
          "");

  /**
   * The 50 sentences with which MS-CLIP is evaluated (IBM/MS-CLIP at 9dbeb332,
   * msclip/inference/classname_and_prompt/MSCLIP.py).
   */
  public static final Prompts MS_CLIP = new Prompts("ms-clip", msClip(), "");

  /** The class itself, for models that take words. */
  public static final Prompts PLAIN = new Prompts("plain", List.of("{}"), "");

  /** Checks its arguments. */
  public Prompts {
    templates = List.copyOf(templates);
    if (templates.isEmpty()) throw new IllegalArgumentException("no templates: " + name);
    for (String template : templates) {
      if (!template.contains("{}")) {
        throw new IllegalArgumentException("a template without {}: " + template);
      }
    }
  }

  /**
   * Returns the prompts of a name.
   *
   * @param name farslip, clip, ms-clip or plain
   * @throws IllegalArgumentException if there are none of that name
   */
  public static Prompts named(String name) {
    List<Prompts> all = List.of(FARSLIP, CLIP, MS_CLIP, PLAIN);
    for (Prompts each : all) if (each.name.equals(name.toLowerCase(Locale.ROOT))) return each;
    throw new IllegalArgumentException(
        "no prompts " + name + "; there are " + all.stream().map(Prompts::name).toList());
  }

  /** Returns the sentences of a class. */
  public List<String> of(String className) {
    return templates.stream().map(template -> template.replace("{}", className)).toList();
  }

  /** Returns an embedding for each class. */
  Vectors encode(Encoder<String> text, List<String> classes) {
    List<String> sentences = new ArrayList<>();
    for (String each : classes) sentences.addAll(of(each));
    Vectors encoded = text.encode(sentences);
    Vectors means = Vectors.allocate(classes.size(), encoded.dimension());
    for (int i = 0; i < classes.size(); i++) {
      float[] mean = new float[encoded.dimension()];
      for (int t = 0; t < templates.size(); t++) {
        float[] row = encoded.row((long) i * templates.size() + t);
        for (int d = 0; d < mean.length; d++) mean[d] += row[d];
      }
      means.set(i, mean);
    }
    means.normalize();
    return means;
  }

  private static List<String> msClip() {
    List<String> all = new ArrayList<>();
    for (String start :
        List.of("a satellite image showing", "The image is a satellite view showing")) {
      for (String article : List.of("", "a ", "the ")) all.add(start + " " + article + "{}.");
    }
    all.add("The image shows {}");
    for (String start :
        List.of("a satellite image of", "the satellite image of", "a satellite view of")) {
      for (String article : List.of("", "a ", "the ")) all.add(start + " " + article + "{}.");
    }
    for (String kind : List.of("low resolution", "bad", "cropped", "bright")) {
      for (String article : List.of("the", "a"))
        all.add("a " + kind + " satellite image of " + article + " {}.");
    }
    for (String kind :
        List.of(
            "cropped",
            "bright",
            "dark",
            "close-up",
            "black and white",
            "jpeg corrupted",
            "blurry",
            "good")) {
      for (String article : List.of("the", "a"))
        all.add("a " + kind + " aerial image of " + article + " {}.");
    }
    for (String kind : List.of("large", "nice", "small", "weird", "cool")) {
      for (String article : List.of("the", "a"))
        all.add("an aerial image of " + article + " " + kind + " {}.");
    }
    return List.copyOf(all);
  }
}
