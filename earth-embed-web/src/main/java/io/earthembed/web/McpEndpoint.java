package io.earthembed.web;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Offers the tools by the Model Context Protocol: over streamable HTTP without sessions, and over
 * standard input and output.
 */
final class McpEndpoint implements AutoCloseable {
  /** Where the tools are, below the servlet's own address. */
  static final String PATH = "/mcp";

  private static final String NAME = "earth-embed";
  private static final String INSTRUCTIONS =
      "Searches satellite images of the Earth by text, picture, place or tile. Call"
          + " describe_explorers first, then search_tiles, then look_at_tile.";
  private static final Gson GSON = new Gson();

  private final HttpServletStatelessServerTransport transport;
  private final McpStatelessSyncServer server;

  McpEndpoint(AgentTools tools, ServerOptions options) {
    McpJsonMapper json = McpJsonDefaults.getMapper();
    // A picture in Base64 takes a third more.
    int maxBytes = (int) Math.min(Integer.MAX_VALUE, options.imageBytes() * 3 / 2 + (1 << 20));
    this.transport =
        HttpServletStatelessServerTransport.builder()
            .jsonMapper(json)
            .messageEndpoint(PATH)
            .maxRequestSize(maxBytes)
            .build();
    List<McpStatelessServerFeatures.SyncToolSpecification> specifications =
        tools.all().stream()
            .map(
                tool ->
                    new McpStatelessServerFeatures.SyncToolSpecification(
                        schema(tool, json), (context, request) -> call(tool, request)))
            .toList();
    this.server =
        McpServer.sync(transport)
            .serverInfo(NAME, ServerApi.version())
            .instructions(INSTRUCTIONS)
            .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
            .jsonMapper(json)
            .tools(specifications)
            .build();
  }

  /** Answers a request to {@link #PATH}, whose token and origin have been checked. */
  void handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      transport.service(request, response);
    } catch (ServletException e) {
      throw new IOException(e);
    }
  }

  /**
   * Offers tools over two streams, until the input ends.
   *
   * @return the running server
   */
  static McpSyncServer onStreams(AgentTools tools, InputStream in, OutputStream out) {
    McpJsonMapper json = McpJsonDefaults.getMapper();
    List<McpServerFeatures.SyncToolSpecification> specifications =
        tools.all().stream()
            .map(
                tool ->
                    new McpServerFeatures.SyncToolSpecification(
                        schema(tool, json), (exchange, request) -> call(tool, request)))
            .toList();
    return McpServer.sync(new StdioServerTransportProvider(json, in, out))
        .serverInfo(NAME, ServerApi.version())
        .instructions(INSTRUCTIONS)
        .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
        .tools(specifications)
        .build();
  }

  private static McpSchema.Tool schema(AgentTools.Tool tool, McpJsonMapper json) {
    return McpSchema.Tool.builder()
        .name(tool.name())
        .description(tool.description())
        .inputSchema(json, tool.schema())
        .annotations(McpSchema.ToolAnnotations.builder().readOnlyHint(true).build())
        .build();
  }

  private static McpSchema.CallToolResult call(
      AgentTools.Tool tool, McpSchema.CallToolRequest request) {
    try {
      Map<String, Object> arguments = request.arguments() == null ? Map.of() : request.arguments();
      JsonElement json = GSON.toJsonTree(arguments);
      AgentTools.Answer answer = tool.action().call(JsonArguments.of(json));
      McpSchema.CallToolResult.Builder result = McpSchema.CallToolResult.builder();
      if (answer.png() != null) {
        String data = Base64.getEncoder().encodeToString(answer.png());
        result.addContent(McpSchema.ImageContent.builder(data, "image/png").build());
      }
      return result.addTextContent(answer.text()).isError(false).build();
    } catch (RuntimeException e) {
      ProblemException problem = Problems.of(e, "tool " + tool.name());
      return McpSchema.CallToolResult.builder()
          .addTextContent(problem.detail())
          .isError(true)
          .build();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
