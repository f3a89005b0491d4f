package io.earthembed.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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

  @Test
  void theRulesWouldNoticeAViolation() {
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
}
