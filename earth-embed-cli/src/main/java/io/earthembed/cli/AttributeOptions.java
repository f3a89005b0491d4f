package io.earthembed.cli;

import io.earthembed.base.text.Timestamps;
import io.earthembed.catalog.AttributeCondition;
import io.earthembed.catalog.TileCatalog;
import io.earthembed.catalog.TileFilter;
import io.earthembed.imagery.Attributes;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option that chooses tiles by their own attributes. */
final class AttributeOptions {
  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      converter = Reader.class,
      description =
          "only tiles whose attribute meets the condition: NAME=VALUE, NAME=VALUE|VALUE, NAME>=VALUE,"
              + " NAME<=VALUE, NAME>VALUE, NAME<VALUE, NAME (has a value) or !NAME (has none);"
              + " repeatable, all must be met")
  private List<Condition> conditions = new ArrayList<>();

  /**
   * A condition as it was typed.
   *
   * @param operator empty if the attribute need only have a value, "!" if it must have none
   */
  record Condition(String name, String operator, String value) {
    private String text() {
      return operator.equals("!") ? "!" + name : name + operator + value;
    }
  }

  /** Reads a condition. */
  static final class Reader implements ITypeConverter<Condition> {
    private static final Pattern COMPARISON =
        Pattern.compile("([^=<>!]+)(=|>=|<=|>|<)(.+)", Pattern.DOTALL);
    private static final Pattern PRESENCE = Pattern.compile("(!?)([^=<>!]+)");

    @Override
    public Condition convert(String text) {
      Matcher comparison = COMPARISON.matcher(text);
      if (comparison.matches()) {
        return new Condition(
            comparison.group(1).strip(), comparison.group(2), comparison.group(3).strip());
      }
      Matcher presence = PRESENCE.matcher(text);
      if (presence.matches())
        return new Condition(presence.group(2).strip(), presence.group(1), "");
      throw new TypeConversionException("not a condition such as crop=wheat: " + text);
    }
  }

  /**
   * Returns the filter that the options describe; all tiles pass if none is given.
   *
   * @param catalog has the types of the attributes
   * @throws IllegalArgumentException if the tiles have no such attribute, or it is of another type
   */
  TileFilter filter(TileCatalog catalog) {
    Map<String, Attributes.Type> types = catalog.attributeTypes();
    TileFilter filter = TileFilter.ALL;
    for (Condition condition : conditions) {
      Attributes.Type type = types.get(condition.name());
      if (type == null) {
        throw new IllegalArgumentException(
            "--where "
                + condition.text()
                + ": the tiles have no attribute "
                + condition.name()
                + "; known: "
                + types.keySet());
      }
      filter = filter.and(filter(condition, type));
    }
    return filter;
  }

  private static TileFilter filter(Condition condition, Attributes.Type type) {
    AttributeCondition attribute = TileFilter.attribute(condition.name());
    return switch (condition.operator()) {
      case "" -> attribute.isPresent();
      case "!" -> attribute.isPresent().negate();
      case "=" -> {
        List<Object> values = new ArrayList<>();
        for (String value : condition.value().split("\\|", -1)) {
          values.add(value(condition, type, value.strip()));
        }
        yield attribute.in(values);
      }
      case ">=" -> attribute.atLeast(value(condition, type, condition.value()));
      case "<=" -> attribute.atMost(value(condition, type, condition.value()));
      case ">" -> attribute.above(value(condition, type, condition.value()));
      case "<" -> attribute.below(value(condition, type, condition.value()));
      default -> throw new IllegalStateException("unknown operator " + condition.operator());
    };
  }

  /** Reads a value of an attribute's type. */
  private static Object value(Condition condition, Attributes.Type type, String text) {
    try {
      return switch (type) {
        case TEXT -> text;
        case INTEGER -> text.matches("[+-]?\\d+") ? (Object) Long.parseLong(text) : number(text);
        case NUMBER -> number(text);
        case TIME -> Timestamps.parse(text);
        case FLAG -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
          }
          yield text.equals("true");
        }
      };
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IllegalArgumentException(
          "--where "
              + condition.text()
              + ": "
              + condition.name()
              + " is of type "
              + type
              + ", and this is no such value: "
              + text,
          e);
    }
  }

  private static double number(String text) {
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) throw new IllegalArgumentException("not finite");
    return number;
  }
}
