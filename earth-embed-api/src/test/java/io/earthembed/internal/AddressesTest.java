package io.earthembed.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.earthembed.imagery.TileRef;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void showsWhereAndNotWithWhatRight() {
    for (String[] pair :
        List.of(
            new String[] {"https://h:1/a/b.parquet?X-Amz-Signature=s", "https://h:1/a/b.parquet"},
            new String[] {"https://u:p@h/a@b?s", "https://h/a@b"},
            new String[] {"https://u:p@h", "https://h"},
            new String[] {"https://u@v:p@h/a", "https://h/a"},
            new String[] {"https://h/a#access_token=s", "https://h/a"},
            new String[] {"https://h?s/@x", "https://h"},
            new String[] {"s3://bucket/key@2", "s3://bucket/key@2"},
            new String[] {"file:/a/b", "file:/a/b"},
            new String[] {"", ""})) {
      assertEquals(pair[1], Addresses.redacted(pair[0]), pair[0]);
    }
  }

  @Test
  void whatIsNoAddressIsNotShownWhole() {
    String text = "https://u:secret@h/a b?secret";
    Throwable e = assertThrows(IllegalArgumentException.class, () -> Addresses.parse(text));
    assertFalse(e.toString().contains("secret"), e.toString());
    assertTrue(e.toString().contains("https://h/a b"), e.toString());
    assertNull(e.getCause(), "a cause would show it");
  }

  @Test
  void aTilesSourceIsShownSo() {
    TileRef tile = new TileRef(URI.create("https://h/a.parquet?secret"), 3);
    assertEquals("https://h/a.parquet#3", tile.toString());
  }

  @Test
  void aServerIsOneHoweverItIsSpelled() {
    for (String[] same :
        new String[][] {
          {"https://h.org/a", "HTTPS://u:p@H.ORG.:443/b?c#d", "https://h.org./"},
          {"http://h.org", "http://h.org:80/", "http://h.org:/x"},
          {"http://127.0.0.1/", "http://127.000.000.001:80", "http://[::ffff:127.0.0.1]"},
          {"http://[::1]:8", "http://[0:0:0:0:0:0:0:1]:8", "http://[0::0001]:8"}
        }) {
      for (String url : same) {
        assertEquals(Addresses.server(URI.create(same[0])), Addresses.server(URI.create(url)), url);
      }
    }
    List<String> others =
        List.of("http://h", "https://h", "http://h:81", "http://h.org", "s3://h", "http://[::2]");
    assertEquals(
        others.size(),
        others.stream().map(u -> Addresses.server(URI.create(u))).distinct().count());
  }

  @Test
  void anAddressThatIsSignedAgainStaysTheSame() {
    String file = "https://h/a.parquet";
    String s3 = "?X-Amz-Algorithm=A&X-Amz-Date=1&X-Amz-Expires=9&X-Amz-Signature=";
    assertEquals(file, Addresses.unsigned(file + s3 + "abc"));
    assertEquals(file + "?versionId=7", Addresses.unsigned(file + s3 + "abc&versionId=7"));
    assertEquals(file, Addresses.unsigned(file + "?sv=2024&se=x&sr=b&sp=r&sig=abc%3D"));
    assertEquals(file, Addresses.unsigned(file + "?Expires=1&Signature=a&Key-Pair-Id=k#f"));
    // Without a signature, these are parameters like others.
    assertEquals(file + "?sv=1&Expires=2", Addresses.unsigned(file + "?sv=1&Expires=2"));
    assertEquals(file, Addresses.unsigned("https://u:p@h/a.parquet"));
    assertEquals("file:///a b?", Addresses.unsigned("file:///a b") + "?");
  }

  @Test
  void whatIsShownHasNoControls() {
    assertEquals("https://h/a b", Addresses.redacted("https://u:p@h/a\u001bb\u202e\u0007?x"));
    assertTrue(Addresses.redacted("https://h/" + "a".repeat(9_999)).length() <= 1_000);
    assertEquals(10_009, Addresses.bare("https://h/" + "a".repeat(9_999) + "?s").length());
  }
}
