package io.earthembed.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Everything that applications can name has a comment, and every class with state documents its
 * thread-safety. The JDK's own compiler parses the sources; only a reader can judge whether a
 * comment is true.
 */
class PublicDocumentationTest {
  private static final Pattern THREADS =
      Pattern.compile("thread|immutable|stateless", Pattern.CASE_INSENSITIVE);

  /** The findings, with the number of checked public types. */
  private record Findings(int types, List<String> gaps) {}

  @Test
  void everyPublicTypeIsDocumented() throws Exception {
    List<Path> sources = new ArrayList<>();
    for (Path file : Repository.sources()) {
      String name = file.toString().replace('\\', '/');
      if (!name.contains("/internal/") // not for others, by name
          && !name.contains("/presets/")) { // JavaCPP's configuration
        sources.add(file);
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      Findings found = look(compiler, manager.getJavaFileObjectsFromPaths(sources));
      assertTrue(found.types() >= 150, found.types() + " public types");
      assertEquals("", String.join("\n", found.gaps()));
    }
  }

  @Test
  void gapsWouldBeNoticed() throws Exception {
    String source =
        """
        /** A type. */
        public interface Bare {
          int undocumented();
          /** Fine. */
          int documented();
          /** No word on its component. */
          record Size(int width) { public Size { } }
          enum Silent { ONE }
          /** Immutable, with a constructor that says nothing. */
          final class Open { public Open(int i) { } private Open() { } @Override public String toString() { return ""; } }
          /** Functions only. */
          final class Functions { private Functions() {} /** One. */ public static int one() { return 1; } }
        }
        """;
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Bare.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    Findings found = look(ToolProvider.getSystemJavaCompiler(), List.of(file));
    assertEquals(
        List.of(
            "Bare says nothing of threads",
            "Bare.undocumented has no comment",
            "Bare.Size says nothing of its component width",
            "Bare.Silent has no comment",
            "Bare.Silent.ONE has no comment",
            "Bare.Open.<init> has no comment"),
        found.gaps());
  }

  private static Findings look(JavaCompiler compiler, Iterable<? extends JavaFileObject> files)
      throws IOException {
    JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of(), null, files);
    DocTrees trees = DocTrees.instance(task);
    List<String> gaps = new ArrayList<>();
    int types = 0;
    for (CompilationUnitTree unit : task.parse()) {
      TreePath path = new TreePath(unit);
      for (Tree declared : unit.getTypeDecls()) {
        if (declared instanceof ClassTree type && isPublic(type.getModifiers(), false)) {
          types += type(trees, new TreePath(path, type), type.getSimpleName().toString(), gaps);
        }
      }
    }
    return new Findings(types, gaps);
  }

  /** Looks at a public type and the public ones in it; returns how many these are. */
  private static int type(DocTrees trees, TreePath path, String name, List<String> gaps) {
    ClassTree type = (ClassTree) path.getLeaf();
    String comment = trees.getDocComment(path);
    if (comment == null || comment.isBlank()) gaps.add(name + " has no comment");
    else if (holdsState(type, name) && !THREADS.matcher(comment).find()) {
      gaps.add(name + " says nothing of threads");
    }
    int types = 1;
    boolean open = type.getKind() == Tree.Kind.INTERFACE;
    for (Tree member : type.getMembers()) {
      TreePath at = new TreePath(path, member);
      if (member instanceof ClassTree nested && isPublic(nested.getModifiers(), open)) {
        types += type(trees, at, name + "." + nested.getSimpleName(), gaps);
      } else if (member instanceof MethodTree method && isPublic(method.getModifiers(), open)) {
        boolean says = trees.getDocComment(at) != null;
        if (says || isOverride(method) || isCompactConstructor(type, method)) continue;
        gaps.add(name + "." + method.getName() + " has no comment");
      } else if (member instanceof VariableTree field) {
        if (type.getKind() == Tree.Kind.RECORD
            && !field.getModifiers().getFlags().contains(Modifier.STATIC)) {
          if (comment == null || !comment.contains("@param " + field.getName() + " ")) {
            gaps.add(name + " says nothing of its component " + field.getName());
          }
        } else if (isPublic(field.getModifiers(), open) && trees.getDocComment(at) == null) {
          gaps.add(name + "." + field.getName() + " has no comment");
        }
      }
    }
    return types;
  }

  private static boolean isPublic(ModifiersTree modifiers, boolean inInterface) {
    Set<Modifier> flags = modifiers.getFlags();
    if (flags.contains(Modifier.PRIVATE)) return false;
    return inInterface || flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED);
  }

  /** An override inherits its comment; a test's name describes its assertion. */
  private static boolean isOverride(MethodTree method) {
    return method.getModifiers().getAnnotations().stream()
        .map(a -> a.getAnnotationType().toString())
        .anyMatch(name -> name.equals("Override") || name.endsWith("Test"));
  }

  /** Returns whether this is a compact constructor, which has the record's comment. */
  private static boolean isCompactConstructor(ClassTree type, MethodTree method) {
    return type.getKind() == Tree.Kind.RECORD && method.getName().contentEquals("<init>");
  }

  /**
   * Returns whether a class holds state: not records, enums, exceptions, and classes of static
   * methods only.
   */
  private static boolean holdsState(ClassTree type, String name) {
    if (type.getKind() != Tree.Kind.CLASS && type.getKind() != Tree.Kind.INTERFACE) return false;
    if (name.toLowerCase(Locale.ROOT).endsWith("exception")) return false;
    if (type.getKind() == Tree.Kind.INTERFACE) return true;
    for (Tree member : type.getMembers()) {
      if (member instanceof MethodTree method) {
        boolean constructor = method.getName().contentEquals("<init>");
        Set<Modifier> flags = method.getModifiers().getFlags();
        if (constructor ? !flags.contains(Modifier.PRIVATE) : !flags.contains(Modifier.STATIC)) {
          return true;
        }
      }
    }
    return false;
  }
}
