package io.earthembed.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.common.CorruptDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  private static final ModelFiles DEMO = ModelFiles.onClassPath(DemoModel.class, "demo");

  @Test
  void takesAnyString() {
    try (Tokenizer tokenizer = Tokenizer.open(DEMO, "tokenizer.json", 32)) {
      assertEquals(0, tokenizer.encode("").length);
      assertTrue(tokenizer.encode("a\0b\n\t\u200b\uFEFF").length > 0);
      assertTrue(tokenizer.encode("\uD83C\uDF0D \u6771\u4EAC \u0627\u0644").length > 0);
      assertEquals(32, tokenizer.encode("a river ".repeat(130_000)).length); // 1 MB
    }
  }

  @Test
  void readsHalfASurrogatePairAsTheReplacementCharacter() {
    try (Tokenizer tokenizer = Tokenizer.open(DEMO, "tokenizer.json", 32)) {
      long[] expected = tokenizer.encode("a\uFFFDb \uD83C\uDF0D");
      assertArrayEquals(expected, tokenizer.encode("a\uD83Cb \uD83C\uDF0D"));
      assertArrayEquals(expected, tokenizer.encode("a\uDF0Db \uD83C\uDF0D"));
      assertArrayEquals(tokenizer.encode("\uFFFD"), tokenizer.encode("\uD83C"));
    }
  }

  @Test
  void namesAFileThatIsNoTokenizer(@TempDir Path directory) throws IOException {
    for (String content : new String[] {"", "{", "{}", "[1, 2]", "\0\1\2", "{\"model\": 3}"}) {
      Files.writeString(directory.resolve("tokenizer.json"), content);
      CorruptDataException e =
          assertThrows(
              CorruptDataException.class,
              () -> Tokenizer.open(ModelFiles.in(directory), "tokenizer.json", 32),
              content);
      assertEquals(directory.resolve("tokenizer.json").toString(), e.source());
    }
  }
}
