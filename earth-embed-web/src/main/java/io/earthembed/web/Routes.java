package io.earthembed.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operations of the API by method and path. */
final class Routes {
  /** Answers a request. */
  interface Handler {
    void handle(Exchange exchange) throws IOException;
  }

  private record Route(
      String method, String template, Pattern pattern, List<String> names, Handler handler) {}

  /**
   * The operation of a request.
   *
   * @param name its method and template
   * @param variables the parts of the path that the template names
   */
  record Match(String name, Map<String, String> variables, Handler handler) {
    /** Copies its argument. */
    Match {
      variables = Map.copyOf(variables);
    }
  }

  private final List<Route> routes = new ArrayList<>();

  /**
   * Adds an operation.
   *
   * @param template a path; {@code {name}} stands for a part without slash
   */
  void add(String method, String template, Handler handler) {
    List<String> names = new ArrayList<>();
    Matcher variable = Pattern.compile("\\{([a-z]+)}").matcher(template);
    while (variable.find()) names.add(variable.group(1));
    String pattern = template.replace(".", "\\.").replaceAll("\\{[a-z]+}", "([^/]+)");
    routes.add(new Route(method, template, Pattern.compile(pattern), names, handler));
  }

  /**
   * Returns the operation of a request, or null if no operation has this path.
   *
   * @throws ProblemException (405) if the path takes other methods only
   */
  @Nullable Match find(String method, String path) {
    String asked = method.equals("HEAD") ? "GET" : method;
    boolean known = false;
    for (Route route : routes) {
      Matcher matcher = route.pattern.matcher(path);
      if (!matcher.matches()) continue;
      known = true;
      if (!route.method.equals(asked)) continue;
      Map<String, String> variables = new LinkedHashMap<>();
      for (int i = 0; i < route.names.size(); i++) {
        variables.put(route.names.get(i), matcher.group(i + 1));
      }
      return new Match(route.method + " " + route.template, variables, route.handler);
    }
    if (known) throw ProblemException.of(405, "this address does not take the method " + method);
    return null;
  }

  /** Returns method and template of each operation. */
  List<String> names() {
    return routes.stream().map(route -> route.method + " " + route.template).toList();
  }
}
