package io.earthembed.repository;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages point one way. */
class ArchitectureTest {
  private static final String[] PLUG_INS = {"onnx", "faiss", "parquet", "raster", "view"};

  /** The plug points and the values in their signatures. */
  private static final String[] API = {
    "io.earthembed.common..",
    "io.earthembed.dataset..",
    "io.earthembed.encoder..",
    "io.earthembed.geo..",
    "io.earthembed.image",
    "io.earthembed.imagery..",
    "io.earthembed.index",
    "io.earthembed.internal..",
    "io.earthembed.vector.."
  };

  /** The packages that join the plug-ins. */
  private static final String[] CORE = {
    "io.earthembed",
    "io.earthembed.catalog..",
    "io.earthembed.collection..",
    "io.earthembed.evaluation..",
    "io.earthembed.hub..",
    "io.earthembed.image.codec..",
    "io.earthembed.image.resample..",
    "io.earthembed.index.builtin..",
    "io.earthembed.pipeline..",
    "io.earthembed.region..",
    "io.earthembed.stac.."
  };

  private static final String BASE = "io.earthembed.base..";
  private static final String[] JDK = {"java..", "org.jspecify.."};

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.earthembed");

  @Test
  void seesEveryModule() {
    for (String module : PLUG_INS) {
      assertTrue(
          ALL.stream().anyMatch(c -> c.getPackageName().startsWith("io.earthembed." + module)),
          module);
    }
    assertTrue(ALL.stream().anyMatch(c -> c.getPackageName().equals("io.earthembed.pipeline")));
    assertTrue(ALL.stream().anyMatch(c -> c.getPackageName().equals("io.earthembed.web")));
  }

  @Test
  void noPlugInKnowsAnother() {
    for (String one : PLUG_INS) {
      for (String other : PLUG_INS) {
        if (one.equals(other)) continue;
        noClasses()
            .that()
            .resideInAPackage("io.earthembed." + one + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.earthembed." + other + "..")
            .check(ALL);
      }
    }
  }

  /** An application that needs no server gets none. */
  @Test
  void onlyTheWebModuleKnowsServers() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.earthembed.web..", "io.earthembed.cli..", "io.earthembed.guides..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.earthembed.web..", "jakarta.servlet..", "org.eclipse.jetty..")
        .check(ALL);
  }

  /** A plug-in needs the API alone, so the API has no dependencies. */
  @Test
  void theApiDependsOnNothing() {
    classes()
        .that()
        .resideInAnyPackage(API)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(both(API, JDK))
        .check(ALL);
  }

  @Test
  void theApiOpensNoFileAsksNoServerAndStartsNoThread() {
    noClasses()
        .that()
        .resideInAnyPackage(API)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "java.nio.channels..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.file.Files")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.Thread")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.io\\.(File.*|RandomAccessFile)|java\\.util\\.concurrent\\..*Executor.*")
        .check(ALL);
  }

  @Test
  void baseKnowsTheApiAlone() {
    classes()
        .that()
        .resideInAPackage(BASE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            both(API, JDK, new String[] {BASE, "org.slf4j..", "com.github.luben.zstd.."}))
        .check(ALL);
  }

  @Test
  void coreKnowsNoEngine() {
    classes()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            both(
                API,
                CORE,
                JDK,
                new String[] {
                  BASE,
                  "javax.imageio..",
                  "jdk.incubator.vector..",
                  "org.slf4j..",
                  "com.google.gson..",
                  "de.bwaldvogel.liblinear..",
                  "org.locationtech.jts.geom.."
                }))
        .check(ALL);
  }

  /** The vector module is optional: an exact search runs without it. */
  @Test
  void onlyTheVectorKernelNeedsTheVectorModule() {
    noClasses()
        .that()
        .haveNameNotMatching("io\\.earthembed\\.index\\.builtin\\.VectorKernel.*")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(ALL);
  }

  /** JTS is optional. */
  @Test
  void onlyJtsRegionsNeedsJts() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.earthembed.region.JtsRegions")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.locationtech.jts..")
        .check(ALL);
  }

  @Test
  void packagesDependOnEachOtherOneWay() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(ALL);
  }

  /** Two modules with a common package cannot be on the module path together. */
  @Test
  void noPackageIsInTwoModules() throws IOException {
    Map<String, String> modules = new TreeMap<>();
    List<String> split = new ArrayList<>();
    for (Path file : Repository.sources()) {
      String[] parts = file.toString().replace('\\', '/').split("/src/main/java/");
      String module = parts[0];
      String folder = parts[1].substring(0, Math.max(0, parts[1].lastIndexOf('/')));
      if (folder.isEmpty()) continue; // module-info
      String known = modules.putIfAbsent(folder, module);
      if (known != null && !known.equals(module)) split.add(folder + ": " + known + ", " + module);
    }
    assertEquals(List.of(), split.stream().distinct().toList());
  }

  private static String[] both(String[]... groups) {
    return Stream.of(groups).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void noPictureToolkitIsInTheApisSignatures() {
    methods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(both(API, CORE))
        .and()
        .arePublic()
        .should()
        .notHaveRawReturnType(resideInAwt())
        .check(ALL);
  }

  private static DescribedPredicate<JavaClass> resideInAwt() {
    return JavaClass.Predicates.resideInAnyPackage("java.awt..", "javax.imageio..");
  }

  @Test
  void publicTypesCannotBeExtendedByAccident() {
    classes()
        .that()
        .resideInAnyPackage(both(API, CORE))
        .and()
        .arePublic()
        .and()
        .areTopLevelClasses()
        .and()
        .areNotAssignableTo(Throwable.class)
        .and()
        .doNotHaveFullyQualifiedName("io.earthembed.internal.Settings") // options extend it
        .and()
        .areNotEnums() // no one can extend them
        .and(DescribedPredicate.describe("are not sealed", c -> !c.reflect().isSealed()))
        .should()
        .haveModifier(JavaModifier.FINAL)
        .orShould()
        .beInterfaces()
        .check(ALL);
  }

  /** Reading Java objects runs their code. Spark does it with its own closures; we do not. */
  @Test
  void nothingReadsJavaObjects() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.beans.XMLDecoder")
        .check(ALL);
  }

  /** Classes that handle signed addresses and tokens log nothing, so no log can contain one. */
  @Test
  void whatKnowsSecretsDoesNotLog() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.earthembed.parquet..",
            "io.earthembed.raster..",
            "io.earthembed.hub..",
            "io.earthembed.stac..",
            BASE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.slf4j..", "java.util.logging..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.System$Logger")
        .check(ALL);
  }

  /**
   * The common pool belongs to the application, which may give it no thread, or block all of them:
   * computations are divided by {@link io.earthembed.base.thread.Processors}, and blocking work has
   * its own threads.
   */
  @Test
  void nothingUsesTheCommonPool() {
    noClasses().should().callMethodWhere(USES_THE_COMMON_POOL).check(ALL);
  }

  private static final DescribedPredicate<JavaMethodCall> USES_THE_COMMON_POOL =
      DescribedPredicate.describe(
          "the common pool runs it",
          call -> {
            String method = call.getTarget().getName();
            JavaClass owner = call.getTargetOwner();
            boolean executor =
                call.getTarget().getRawParameterTypes().stream()
                    .anyMatch(type -> type.isAssignableTo(Executor.class));
            return owner.isAssignableTo(ForkJoinPool.class) && method.equals("commonPool")
                || owner.isAssignableTo(ForkJoinTask.class)
                || owner.isAssignableTo(BaseStream.class) && method.equals("parallel")
                || method.equals("parallelStream")
                || owner.isAssignableTo(Arrays.class) && method.startsWith("parallel")
                || owner.isAssignableTo(CompletableFuture.class)
                    && method.endsWith("Async")
                    && !executor;
          });

  /**
   * Checks the text of modules that this one does not see, and of programs. A call that names an
   * executor last is fine.
   */
  @Test
  void norDoTheOthers() throws IOException {
    Pattern uses =
        Pattern.compile(
            "ForkJoin|\\.parallel\\(\\)|parallelStream\\(|Arrays\\.parallel"
                + "|(supply|run)Async\\((?![^;]*, \\w+\\);)");
    List<String> found = new ArrayList<>();
    for (String folder :
        List.of("earth-embed-spark", "earth-embed-solr", "samples", "benchmarks/src")) {
      try (Stream<Path> files = Files.walk(Repository.ROOT.resolve(folder))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          if (file.toString().contains("/test/") || file.toString().contains("/target/")) continue;
          if (uses.matcher(Files.readString(file)).find()) found.add(file.toString());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  /** An application that uses the demo module also gets the API, but no test framework. */
  @Test
  void theDemoNeedsTheApiAlone() {
    classes()
        .that()
        .resideInAPackage("io.earthembed.demo..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            both(API, JDK, new String[] {"io.earthembed.demo..", "com.sun.net.httpserver.."}))
        .check(ALL);
  }

  @Test
  void theRulesWouldNoticeAViolation() {
    assertTrue(
        noClasses()
                .should()
                .callMethodWhere(USES_THE_COMMON_POOL)
                .evaluate(new ClassFileImporter().importClasses(UsesTheCommonPool.class))
                .getFailureReport()
                .getDetails()
                .size()
            == 6);
    // The guides' code sees several plug-ins, which no plug-in may.
    assertTrue(
        noClasses()
            .that()
            .resideInAPackage("io.earthembed.guides..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.earthembed.faiss..")
            .evaluate(ALL)
            .hasViolation());
  }

  @SuppressWarnings("unused") // read, not run
  private static final class UsesTheCommonPool {
    Object all() {
      long[] values = {2, 1};
      Arrays.parallelSort(values);
      ForkJoinPool.commonPool().execute(() -> {});
      return List.of(
          List.of(1).parallelStream().count(),
          Stream.of(1).parallel().count(),
          CompletableFuture.supplyAsync(() -> 1),
          CompletableFuture.completedFuture(1).thenApplyAsync(i -> i),
          CompletableFuture.supplyAsync(() -> 1, Runnable::run));
    }
  }
}
