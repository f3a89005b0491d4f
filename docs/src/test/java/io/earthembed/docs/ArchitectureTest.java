package io.earthembed.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private static final String[] PLUG_INS = {"onnx", "faiss", "parquet", "view"};

  private static final String[] API = {
    "io.earthembed",
    "io.earthembed.geo",
    "io.earthembed.image",
    "io.earthembed.catalog",
    "io.earthembed.hub",
    "io.earthembed.io",
    "io.earthembed.vector",
    "io.earthembed.pipeline"
  };

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

  @Test
  void theApiKnowsNoEngine() {
    classes()
        .that()
        .resideInAnyPackage(API)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(
                    Stream.of(API),
                    Stream.of("java..", "javax.imageio..", "org.jspecify..", "org.slf4j.."))
                .toArray(String[]::new))
        .check(ALL);
  }

  @Test
  void noPictureToolkitIsInTheApisSignatures() {
    methods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(API)
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
        .resideInAnyPackage(API)
        .and()
        .arePublic()
        .and()
        .areTopLevelClasses()
        .and()
        .areNotAssignableTo(Throwable.class)
        .and()
        .areNotEnums() // no one can extend them
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

  /** What knows signed addresses and tokens logs nothing, so that no log can hold one. */
  @Test
  void whatKnowsSecretsDoesNotLog() {
    noClasses()
        .that()
        .resideInAnyPackage("io.earthembed.parquet..", "io.earthembed.hub..", "io.earthembed.io..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.slf4j..", "java.util.logging..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.System$Logger")
        .check(ALL);
  }

  /**
   * The common pool is the application's, which may have given it no thread, or block them all:
   * what computes is divided by {@link io.earthembed.base.thread.Processors}, and what waits has
   * threads of its own.
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

  /** Modules that this one does not see, and programs, by their text. */
  @Test
  void norDoTheOthers() throws IOException {
    Pattern uses =
        Pattern.compile(
            "ForkJoin|\\.parallel\\(\\)|parallelStream\\(|Arrays\\.parallel|(supply|run)Async\\(");
    List<String> found = new ArrayList<>();
    for (String folder :
        List.of("earth-embed-spark", "earth-embed-solr", "samples", "benchmarks/src")) {
      try (Stream<Path> files = Files.walk(Path.of("..", folder))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          if (file.toString().contains("/test/") || file.toString().contains("/target/")) continue;
          if (uses.matcher(Files.readString(file)).find()) found.add(file.toString());
        }
      }
    }
    assertEquals(List.of(), found);
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
    // The quickstart sees several plug-ins, which no plug-in may.
    assertTrue(
        noClasses()
            .that()
            .resideInAPackage("io.earthembed.docs..")
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
