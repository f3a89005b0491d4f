package io.earthembed;

import io.earthembed.encoder.ModelInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * Names that published sets and hubs give to models which {@code earth-embed-onnx} describes under
 * another name. A name that two recipes share has two entries: it does not tell which one made an
 * embedding.
 */
final class ModelAliases {
  /** Stands for any version. */
  private static final String ANY = "";

  private record Alias(String name, String version, ModelInfo model) {
    boolean fits(ModelInfo named) {
      return name.equalsIgnoreCase(named.name())
          && (version.equals(ANY) || version.equalsIgnoreCase(named.version()))
          && model.dimension() == named.dimension();
    }
  }

  /** The second way in which EarthEmbeddingExplorer and Major TOM prepared pictures. */
  private static final String EXPLORER = " explorer-249k";

  private static final List<Alias> ALIASES = aliases();

  private ModelAliases() {}

  private static List<Alias> aliases() {
    List<Alias> all = new ArrayList<>();
    // LGND's registry entry and TerraBit's manifest; the checkpoint is v1.5/clay-v1.5.ckpt.
    ModelInfo clay = new ModelInfo("Clay", "v1.5", 1024);
    all.add(new Alias("Clay", "1.5", clay));
    all.add(new Alias("Clay-v1.5", ANY, clay));
    // The names of the checkpoints on Hugging Face's hub. Major TOM's embedder and
    // EarthEmbeddingExplorer divide tones twice; their names are those of the checkpoints.
    List<String> sizes = List.of("small", "base", "large");
    int[] dimensions = {384, 768, 1024};
    for (int i = 0; i < dimensions.length; i++) {
      String name = "dinov2-" + sizes.get(i);
      for (String way : List.of("", EXPLORER)) {
        ModelInfo model = new ModelInfo("DINOv2", name + way, dimensions[i]);
        all.add(new Alias(name, ANY, model));
        all.add(new Alias("facebook/" + name, ANY, model));
      }
    }
    // open_clip's name of the architecture, and of its weights.
    String sigLip = "ViT-SO400M-14-SigLIP-384";
    for (String way : List.of("", EXPLORER)) {
      all.add(new Alias(sigLip, ANY, new ModelInfo("SigLIP", sigLip + way, 1152)));
    }
    // The names of the checkpoints in EarthEmbeddingExplorer's configs/config.yaml.
    all.add(new Alias("SatCLIP-ViT16-L40", ANY, new ModelInfo("SatCLIP", "ViT16-L40", 256)));
    for (String stage : List.of("1", "2")) {
      ModelInfo model = new ModelInfo("FarSLIP", "FarSLIP" + stage + "_ViT-B-16", 512);
      all.add(new Alias("FarSLIP-ViT-B-16", stage, model));
      all.add(new Alias("FarSLIP" + stage + "_ViT-B-16", ANY, model));
    }
    // Major TOM's Core-S2L1C-SSL4EO; the weights are torchgeo's.
    all.add(
        new Alias(
            "SSL4EO-ResNet50-DINO",
            ANY,
            new ModelInfo("SSL4EO", "ResNet50_Weights.SENTINEL2_ALL_DINO", 2048)));
    // The names of the repositories on Hugging Face's hub.
    all.add(
        new Alias("Qwen3-VL-Embedding-2B", ANY, new ModelInfo("Qwen3-VL-Embedding", "2B", 2048)));
    all.add(new Alias("OlmoEarth-v1-Base", ANY, olmoEarth("v1-Base", 768)));
    all.add(new Alias("OlmoEarth-v1_2-Base", ANY, olmoEarth("v1_2-Base", 768)));
    all.add(new Alias("OlmoEarth-v1_2-Small", ANY, olmoEarth("v1_2-Small", 384)));
    all.add(new Alias("OlmoEarth-v1_2-Tiny", ANY, olmoEarth("v1_2-Tiny", 192)));
    all.add(new Alias("OlmoEarth-v1_2-Nano", ANY, olmoEarth("v1_2-Nano", 128)));
    return List.copyOf(all);
  }

  private static ModelInfo olmoEarth(String release, int dimension) {
    return new ModelInfo("OlmoEarth", "OlmoEarth-" + release, dimension);
  }

  /**
   * Returns the models that others may mean by a name: none if the name is no known alias, and
   * several if it does not tell which of them.
   */
  static List<ModelInfo> of(ModelInfo named) {
    // A checksum tells the weights, which a name does not.
    if (named.version().startsWith("sha256-")) return List.of();
    return ALIASES.stream().filter(alias -> alias.fits(named)).map(Alias::model).toList();
  }
}
