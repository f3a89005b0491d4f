package io.earthembed.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every link from one page of the tree to another, or to a heading, leads somewhere. */
class LinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.*?)#*$", Pattern.MULTILINE);
  private static final Pattern CODE =
      Pattern.compile("^```.*?^```$|`[^`\n]*`", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void leadSomewhere() throws Exception {
    List<Path> pages = pages(Repository.ROOT);
    int links = 0;
    List<String> dead = new ArrayList<>();
    for (Path page : pages) {
      Matcher link = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
      while (link.find()) {
        String to = link.group(1);
        if (to.matches("[a-z]+:.*")) continue; // another site
        links++;
        int hash = to.indexOf('#');
        String file = hash < 0 ? to : to.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file);
        if (!Files.exists(target)) dead.add(page + " links to " + to + ", which is not there");
        else if (hash >= 0 && !anchors(target).contains(to.substring(hash + 1))) {
          dead.add(page + " links to " + to + ", and there is no such heading");
        }
      }
    }
    assertTrue(pages.size() > 20, pages.toString());
    assertTrue(links > 60, links + " links");
    assertEquals("", String.join("\n", dead));
  }

  /**
   * Returns anchors like GitHub's: lower case, without punctuation, spaces as dashes, repeated ones
   * with -1.
   */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    Matcher heading = HEADING.matcher(Files.readString(page));
    while (heading.find()) {
      String name =
          heading
              .group(1)
              .strip()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      String anchor = name;
      for (int i = 1; !anchors.add(anchor); i++) anchor = name + "-" + i;
    }
    return anchors;
  }

  private static List<Path> pages(Path root) throws IOException {
    List<Path> pages = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean ours = !name.equals("target") && !(name.startsWith(".") && !name.equals(".."));
            return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) pages.add(file);
            return FileVisitResult.CONTINUE;
          }

          /**
           * A file that vanished since its folder was listed belonged to another process, and is no
           * page.
           */
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            throw e;
          }
        });
    return pages;
  }
}
