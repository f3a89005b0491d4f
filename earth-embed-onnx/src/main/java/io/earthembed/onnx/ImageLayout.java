package io.earthembed.onnx;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Derives the preparation of pictures from the files of a model's repository. */
final class ImageLayout {
  private static final String FILE = "preprocessor_config.json";

  private final HubLayout layout;
  private final String file;
  private final JsonObject processor;

  ImageLayout(HubLayout layout, String file) {
    this.layout = layout;
    this.file = file;
    JsonObject own = layout.optional(FILE);
    this.processor =
        own.size() > 0
            ? own
            : HubLayout.object(layout.optional("processor_config.json"), "image_processor");
  }

  void derive() {
    OnnxFile onnx = layout.files().inspect(file);
    layout.derive("image.file", file);
    layout.derive("image.channels", "RGB");
    deriveInput(onnx);
    deriveOutput(onnx);
    deriveSize();
    deriveFilter();
    deriveTones();
  }

  private void deriveInput(OnnxFile onnx) {
    List<String> pictures = new ArrayList<>();
    for (OnnxFile.Value input : onnx.inputs()) {
      if (input.shape().size() == 4) pictures.add(input.name());
    }
    if (pictures.contains("pixel_values")) layout.derive("image.input", "pixel_values");
    else if (pictures.size() == 1) layout.derive("image.input", pictures.get(0));
    else {
      layout.ask(
          "image.input",
          "\"pixel_values\"",
          "which of the network's inputs " + HubLayout.names(onnx.inputs()) + " is the picture");
    }
  }

  private void deriveOutput(OnnxFile onnx) {
    JsonObject config =
        layout.config().has("vision_config")
            ? HubLayout.object(layout.config(), "vision_config")
            : layout.config();
    String type = String.valueOf(HubLayout.string(layout.config(), "model_type"));
    String tower = String.valueOf(HubLayout.string(config, "model_type"));
    // CLIP's pooler_output is not projected to the texts' space, and that of ViT is not trained.
    boolean pooled = !type.startsWith("clip") && !tower.equals("vit") && !tower.equals("deit");
    boolean dino = tower.startsWith("dinov2") || tower.startsWith("dinov3_vit");
    layout.deriveOutput(
        "image",
        onnx,
        pooled
            ? List.of("image_embeds", "embedding", "pooler_output")
            : List.of("image_embeds", "embedding"),
        List.of("last_hidden_state"),
        // Transformers' own pooler of DINO is the class token.
        dino ? Pooling.CLASS_TOKEN : null);
  }

  private String kind() {
    String type = HubLayout.string(processor, "image_processor_type");
    if (type == null) type = HubLayout.string(processor, "feature_extractor_type");
    return String.valueOf(type);
  }

  private void deriveSize() {
    JsonElement size = HubLayout.field(processor, "size");
    int crop = side(HubLayout.field(processor, "crop_size"));
    boolean cropped = HubLayout.bool(processor, "do_center_crop", crop > 0) && crop > 0;
    boolean resized = HubLayout.bool(processor, "do_resize", true);
    boolean special =
        HubLayout.bool(processor, "do_pad", false)
            || HubLayout.field(processor, "crop_pct") != null;
    int shorter =
        size instanceof JsonObject edges ? HubLayout.positive(edges, "shortest_edge") : -1;
    int square = side(size);
    if (size instanceof JsonPrimitive) {
      // A number is the shorter side for processors that keep the aspect ratio.
      boolean keeps = kind().startsWith("CLIP") || kind().startsWith("Bit");
      shorter = keeps ? square : -1;
      square = keeps ? -1 : square;
    }
    int target = Math.max(shorter, square);
    if (!resized || special || target < 0 || (shorter > 0 && !cropped)) {
      layout.ask("image.size", "224", "height and width of the network's pictures");
      layout.ask(
          "image.resize",
          "\"shorter-side\"",
          "how pictures become that size: shorter-side, squash or longer-side, with resizeTo");
      return;
    }
    layout.derive("image.size", cropped ? crop : target);
    layout.derive("image.resizeTo", target);
    layout.derive("image.resize", shorter > 0 ? "shorter-side" : "squash");
    layout.derive("image.crop", "floor");
  }

  /** Returns the side of a square, given as a number or as two equal sides; -1 otherwise. */
  private static int side(@Nullable JsonElement size) {
    if (size instanceof JsonPrimitive) {
      JsonObject wrapped = new JsonObject();
      wrapped.add("side", size);
      return HubLayout.positive(wrapped, "side");
    }
    if (!(size instanceof JsonObject sides)) return -1;
    int height = HubLayout.positive(sides, "height");
    return height == HubLayout.positive(sides, "width") ? height : -1;
  }

  private void deriveFilter() {
    // The numbers are Pillow's.
    String filter =
        HubLayout.field(processor, "resample") instanceof JsonPrimitive number && number.isNumber()
            ? switch ((int) number.getAsDouble()) {
              case 1 -> "lanczos";
              case 2 -> "bilinear";
              case 3 -> "bicubic";
              default -> null;
            }
            : null;
    if (filter != null) layout.derive("image.interpolation", filter);
    else {
      layout.ask(
          "image.interpolation",
          "\"bicubic\"",
          "how pixels are interpolated: bilinear, bicubic or lanczos (resample in " + FILE + ")");
    }
  }

  private void deriveTones() {
    double factor = 1 / 255.0;
    if (HubLayout.field(processor, "rescale_factor") instanceof JsonPrimitive number
        && number.isNumber()
        && number.getAsDouble() > 0) {
      factor = number.getAsDouble();
    }
    boolean rescaled = HubLayout.bool(processor, "do_rescale", true);
    layout.derive("image.divisor", rescaled ? (float) (1 / factor) : 1f);
    if (HubLayout.bool(processor, "rescale_offset", false)) {
      layout.ask("image.divisor", "127.5", "the divisor of the tones, with an offset of -1");
    }
    if (!HubLayout.bool(processor, "do_normalize", true)) {
      layout.derive("image.mean", HubLayout.array(0, 0, 0));
      layout.derive("image.std", HubLayout.array(1, 1, 1));
      return;
    }
    for (String name : List.of("mean", "std")) {
      if (HubLayout.field(processor, "image_" + name) instanceof JsonArray values
          && values.size() == 3) {
        layout.derive("image." + name, values);
      } else {
        layout.ask(
            "image." + name,
            name.equals("mean") ? "[0.485, 0.456, 0.406]" : "[0.229, 0.224, 0.225]",
            "the " + name + " of each channel (image_" + name + " in " + FILE + ")");
      }
    }
  }
}
