package io.earthembed.solr;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of ArchitectureTest for this module, which that test's build does not contain. */
class ModuleTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.earthembed.solr");

  @Test
  void dependsOnTheApiAndOnSolrJAlone() {
    assertTrue(ALL.contain(SolrIndex.class));
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.earthembed.base.file",
            "io.earthembed.base.thread",
            "io.earthembed.catalog",
            "io.earthembed.common",
            "io.earthembed.geo",
            "io.earthembed.imagery",
            "io.earthembed.index..",
            "io.earthembed.internal",
            "io.earthembed.vector",
            "io.earthembed.solr",
            "org.apache.solr.client.solrj..",
            "org.apache.solr.common..",
            "java..",
            "org.jspecify..")
        .check(ALL);
  }

  @Test
  void noTypeOfSolrIsInPublicSignatures() {
    DescribedPredicate<JavaClass> solr = JavaClass.Predicates.resideInAPackage("org.apache..");
    noMethods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .haveRawReturnType(solr)
        .orShould()
        .haveRawParameterTypes(
            DescribedPredicate.describe("with Solr's", types -> types.stream().anyMatch(solr)))
        .check(ALL);
  }

  /** Reading Java objects runs their code. */
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

  @Test
  void publicTypesAreFinal() {
    classes().that().arePublic().should().haveModifier(JavaModifier.FINAL).check(ALL);
  }
}
