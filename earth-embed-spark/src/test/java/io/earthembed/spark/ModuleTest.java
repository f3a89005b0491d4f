package io.earthembed.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A rule of docs' ArchitectureTest, which does not see this module. */
class ModuleTest {
  /**
   * Reading Java objects runs their code. Spark deserialises its own closures; our code
   * deserialises nothing.
   */
  @Test
  void nothingReadsJavaObjects() {
    JavaClasses all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.earthembed.spark");
    assertTrue(all.contain(IndexJob.class));
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.beans.XMLDecoder")
        .check(all);
  }
}
