package io.earthembed.samples.spring;

import io.earthembed.EarthExplorer;
import io.earthembed.Query;
import io.earthembed.SearchOptions;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /search?q=TEXT&top=N}. */
@RestController
class SearchController {
  private final EarthExplorer earth;

  SearchController(EarthExplorer earth) {
    this.earth = earth;
  }

  /** A tile found, as JSON. */
  record Found(int rank, String product, float score, double latitude, double longitude) {}

  @GetMapping("/search")
  List<Found> search(
      @RequestParam("q") String text, @RequestParam(name = "top", defaultValue = "3") int top) {
    return earth.search(Query.text(text), SearchOptions.top(top)).hits().stream()
        .map(
            hit ->
                new Found(
                    hit.rank(),
                    hit.tile().productId(),
                    hit.score(),
                    hit.tile().center().latitude(),
                    hit.tile().center().longitude()))
        .toList();
  }

  /** Returns the SDK's message about a bad argument to its sender. */
  @ExceptionHandler(IllegalArgumentException.class)
  ProblemDetail badArgument(IllegalArgumentException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
  }
}
