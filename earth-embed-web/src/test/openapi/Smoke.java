import java.io.File;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ExplorersApi;
import org.openapitools.client.api.SearchApi;
import org.openapitools.client.api.ServerApi;
import org.openapitools.client.model.Box;
import org.openapitools.client.model.ChangeRequest;
import org.openapitools.client.model.ClusterRequest;
import org.openapitools.client.model.Explorer;
import org.openapitools.client.model.Filter;
import org.openapitools.client.model.Hit;
import org.openapitools.client.model.Image;
import org.openapitools.client.model.OutlierRequest;
import org.openapitools.client.model.Part;
import org.openapitools.client.model.Place;
import org.openapitools.client.model.Result;
import org.openapitools.client.model.Search;
import org.openapitools.client.model.Tile;

/**
 * Calls every operation with a client that a generator made of openapi.yaml. GeneratedClientTest
 * compiles it together with the client.
 */
public final class Smoke {
  private final ServerApi server;
  private final ExplorersApi explorers;
  private final SearchApi searches;

  private Smoke(ApiClient client) {
    server = new ServerApi(client);
    explorers = new ExplorersApi(client);
    searches = new SearchApi(client);
  }

  /**
   * Runs it against a server of the explorers demo and broken.
   *
   * @param address of the server, without a final slash
   * @param picture a PNG of the tile of row 0
   */
  public static void run(String address, Path picture) throws Exception {
    ApiClient client = new ApiClient();
    client.setBasePath(address);
    Smoke smoke = new Smoke(client);
    smoke.describe();
    smoke.lookAtTiles();
    smoke.search(picture);
    smoke.analyze();
    smoke.exportHits();
    smoke.meetProblems();
  }

  private void describe() throws Exception {
    require(server.health().getStatus().getValue().equals("up"), "health");
    require(server.ready().getStatus().getValue().equals("up"), "ready");
    require(server.describeServer().getLimits().getHits() > 0, "limits");
    String document = Files.readString(server.describeApi().toPath());
    require(document.contains("operationId: describeApi"), document);
    List<Explorer> all = explorers.listExplorers().getExplorers();
    require(all.size() == 2, all.toString());
    Explorer demo = all.get(0);
    require(demo.getStatus() == Explorer.StatusEnum.READY, demo.toString());
    require(demo.getTiles() == 30, demo.toString());
    require(demo.getAsks().contains(Explorer.AsksEnum.TEXT), demo.toString());
    require(demo.getFrom().getYear() == 2024, demo.toString());
    require(all.get(1).getStatus() == Explorer.StatusEnum.FAILED, all.toString());
  }

  private void lookAtTiles() throws Exception {
    String tag = explorers.listExplorers().getExplorers().get(0).getTilesTag();
    ByteBuffer points = bytes(explorers.readPoints("demo", tag));
    require(points.remaining() == 30 * 8, "8 bytes for each tile");
    Tile tile = explorers.readTile("demo", 7L, tag);
    require(tile.getRow() == 7 && tile.getPicture(), tile.toString());
    require(Math.abs(points.getFloat(7 * 8) - tile.getLon().floatValue()) < 1e-4, "longitude");
    Tile same = explorers.findTile("demo", tile.getId(), null, null, tag);
    require(same.equals(tile), same.toString());
    Tile nearest = explorers.findTile("demo", null, tile.getLat(), tile.getLon(), null);
    require(nearest.equals(tile), nearest.toString());
    ByteBuffer png = bytes(explorers.readPicture("demo", 7L, "crop", "B08,B04,B03", tag));
    require(png.order(ByteOrder.BIG_ENDIAN).getLong(0) == 0x89504E470D0A1A0AL, "PNG");
    File followed = explorers.followPictures("demo", "1,2", "thumbnail", null, tag);
    String events = Files.readString(followed.toPath());
    require(events.contains("event: end"), events);
  }

  private void search(Path picture) throws Exception {
    Image image = searches.uploadImage(picture.toFile(), null, null, null, null);
    require(image.getWidth() == 64 && image.getBands() == 3, image.toString());
    List<Part> parts = new ArrayList<>();
    parts.add(new Part().image(image.getImage()));
    Result found = one(new Search().parts(parts).k(3));
    require(found.getHits().size() == 3, found.toString());
    Hit best = found.getHits().get(0);
    require(best.getRow() == 0 && best.getRank() == 1, best.toString());
    require(best.getScore().doubleValue() > 0.99, best.toString());

    ByteBuffer field = bytes(searches.readField(found.getField()));
    require(field.remaining() == 8 + 2 * 30, "2 bytes for each tile");
    float least = field.getFloat();
    float greatest = field.getFloat();
    float score = least + Short.toUnsignedInt(field.getShort()) / 65534f * (greatest - least);
    require(Math.abs(score - best.getScore().floatValue()) < 1e-4, "score of row 0: " + score);

    parts.add(new Part().text("a river").weight(new BigDecimal("-0.5")));
    parts.add(new Part().tile(best.getId()));
    parts.add(new Part().place(new Place().lat(BigDecimal.TEN).lon(BigDecimal.ONE)));
    Box north = new Box().west(number(-180)).south(number(0)).east(number(180)).north(number(90));
    Result filtered = one(new Search().parts(parts).filter(new Filter().box(north)));
    require(filtered.getTotal() < 30 && !filtered.getHits().isEmpty(), filtered.toString());
    for (Hit hit : filtered.getHits()) require(hit.getLat().signum() >= 0, hit.toString());
  }

  private void analyze() throws Exception {
    Filter early = new Filter().to("2024-01-10");
    Result changes = searches.findChanges("demo", new ChangeRequest().before(early).k(3));
    require(changes.getArtifacts() == 0, changes.toString());
    Result outliers = searches.findOutliers("demo", new OutlierRequest().neighbors(3).k(2));
    require(outliers.getHits().size() == 2, outliers.toString());
    Result clusters = searches.findClusters("demo", new ClusterRequest().clusters(2));
    require(clusters.getClusters().size() == 2, clusters.toString());
    File file = searches.exportChanges("demo", "csv", new ChangeRequest().before(early).k(3));
    require(Files.readString(file.toPath()).startsWith("rank"), "changes");
    file = searches.exportOutliers("demo", "csv", new OutlierRequest().neighbors(3).k(2));
    require(Files.readString(file.toPath()).lines().count() == 3, "outliers");
    file = searches.exportClusters("demo", "geojson", new ClusterRequest().clusters(2).k(5));
    require(Files.readString(file.toPath()).contains("\"FeatureCollection\""), "clusters");
  }

  private Result one(Search search) throws ApiException {
    List<Result> results = searches.search(search.addExplorersItem("demo")).getResults();
    require(results.size() == 1 && results.get(0).getProblem() == null, results.toString());
    return results.get(0);
  }

  private void exportHits() throws Exception {
    Search search = new Search().addPartsItem(new Part().text("a river")).k(2);
    String csv = Files.readString(searches.export("csv", search).toPath());
    require(csv.lines().count() == 3, csv);
    require(bytes(searches.export("zip", search)).getShort(0) == 0x4B50, "ZIP");
    require(bytes(searches.export("geoparquet", search)).getInt(0) == 0x31524150, "Parquet");
    String json = Files.readString(searches.export("geojson", search).toPath());
    require(json.contains("\"FeatureCollection\""), json);
  }

  private void meetProblems() throws Exception {
    problem(404, "unknown", () -> explorers.readTile("unknown", 0L, null));
    problem(404, "", () -> explorers.readTile("demo", 99L, null));
    problem(409, "search again", () -> explorers.readTile("demo", 0L, "0".repeat(32)));
    problem(400, "parts", () -> searches.search(new Search().parts(List.of())));
    problem(400, "outside", () -> explorers.findTile("demo", null, number(91), number(0), null));
    problem(404, "", () -> searches.readField("0".repeat(32)));
    File text = Files.writeString(Files.createTempFile("smoke", ".txt"), "no picture").toFile();
    text.deleteOnExit();
    problem(400, "", () -> searches.uploadImage(text, null, null, null, null));
  }

  private interface Call {
    Object run() throws ApiException;
  }

  private static void problem(int status, String words, Call call) {
    try {
      Object answer = call.run();
      throw new AssertionError(status + " expected, but " + answer);
    } catch (ApiException e) {
      require(e.getCode() == status, e.getCode() + ": " + e.getResponseBody());
      require(e.getResponseBody().contains("\"status\":" + status), e.getResponseBody());
      require(e.getResponseBody().contains(words), e.getResponseBody());
    }
  }

  private static BigDecimal number(int value) {
    return BigDecimal.valueOf(value);
  }

  private static ByteBuffer bytes(File file) throws Exception {
    return ByteBuffer.wrap(Files.readAllBytes(file.toPath())).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void require(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }
}
