package io.earthembed.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Hosts such as notebooks' kernels put libraries of their own before ours: every class, method and
 * field of Gson and SLF4J that we use is in the oldest that are about, Gson 2.8.5 and SLF4J 1.7.0.
 */
class OldLibrariesTest {
  private static final Set<String> LIBRARIES = Set.of("com.google.gson", "org.slf4j");

  private final ClassLoader old = old();

  private static ClassLoader old() {
    try (Stream<Path> jars = Files.list(Path.of("target/old-libraries"))) {
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars.toList()) urls.add(jar.toUri().toURL());
      return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JavaClasses ours() {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("io.earthembed");
  }

  private static boolean isOfALibrary(JavaClass type) {
    return LIBRARIES.stream().anyMatch(l -> (type.getPackageName() + ".").startsWith(l + "."));
  }

  private Set<String> missing(JavaClasses users) {
    Set<String> missing = new TreeSet<>();
    for (JavaClass user : users) {
      for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
        JavaClass used = dependency.getTargetClass().getBaseComponentType();
        if (isOfALibrary(used) && load(used.getName()) == null) {
          missing.add(user.getName() + " uses " + used.getName());
        }
      }
      for (JavaCodeUnitAccess<?> access : user.getCodeUnitAccessesFromSelf()) {
        if (isOfALibrary(access.getTargetOwner()) && !has(access.getTarget())) {
          missing.add(access.getDescription());
        }
      }
    }
    return missing;
  }

  private @Nullable Class<?> load(String name) {
    try {
      return Class.forName(name, false, old);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private boolean has(CodeUnitAccessTarget target) {
    List<Class<?>> types = new ArrayList<>();
    addTo(types, load(target.getOwner().getName()));
    return types.stream()
        .flatMap(
            type ->
                Stream.<Executable>concat(
                    Stream.of(type.getDeclaredMethods()),
                    Stream.of(type.getDeclaredConstructors())))
        .anyMatch(unit -> is(unit, target));
  }

  /** Adds a class and its supertypes. */
  private static void addTo(List<Class<?>> types, @Nullable Class<?> type) {
    if (type == null) return;
    types.add(type);
    addTo(types, type.getSuperclass());
    for (Class<?> inherited : type.getInterfaces()) addTo(types, inherited);
  }

  private static boolean is(Executable unit, CodeUnitAccessTarget target) {
    String name = unit instanceof Constructor ? "<init>" : unit.getName();
    String returned = unit instanceof Method method ? method.getReturnType().getName() : "void";
    return name.equals(target.getName())
        && returned.equals(target.getRawReturnType().getName())
        && Stream.of(unit.getParameterTypes())
            .map(Class::getName)
            .toList()
            .equals(target.getRawParameterTypes().stream().map(JavaClass::getName).toList());
  }

  @Test
  void haveEverythingThatIsUsed() {
    JavaClasses ours = ours();
    assertTrue(
        ours.stream().anyMatch(c -> c.getPackageName().equals("io.earthembed.onnx")),
        "the modules are seen");
    assertEquals(Set.of(), missing(ours));
  }

  /** It came with 2.8.6. */
  @Test
  void wouldNoticeWhatIsNewer() {
    Set<String> missing = missing(new ClassFileImporter().importClasses(Newer.class));
    assertEquals(1, missing.size(), missing.toString());
    assertTrue(missing.toString().contains("parseString"), missing.toString());
  }

  @SuppressWarnings("unused") // read, not run
  private static final class Newer {
    Object parsed() {
      return com.google.gson.JsonParser.parseString("1").getAsInt();
    }
  }
}
