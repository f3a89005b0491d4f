package io.earthembed.cli;

import io.earthembed.web.AgentConnection;
import io.earthembed.web.ServerOptions;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Offers the explorer's tools to one agent over standard input and output. */
@Command(
    name = "mcp",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Offers the explorer's tools to one agent, by the Model Context Protocol over standard"
            + " input and output. Messages go to standard error.",
    footerHeading = "%nExample of an agent's configuration:%n",
    footer =
        "  {\"mcpServers\": {\"earth-embed\": {\"command\": \"earth-embed\", \"args\": [\"mcp\","
            + " \"--embeddings\", \"work\"]}}}")
final class McpCommand implements Callable<Integer> {
  @Mixin private final ServedOptions served = new ServedOptions();

  private final PrintWriter console;

  /**
   * Creates the command.
   *
   * @param console receives messages; not standard output, which is the agent's
   */
  McpCommand(PrintWriter console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerOptions options = ServedOptions.server(ServerOptions.DEFAULT.host(), null);
    OutputStream answers = new FileOutputStream(FileDescriptor.out);
    served.open(
        console,
        explorer -> {
          try (AgentConnection agent =
              AgentConnection.open(List.of(explorer), options, System.in, answers)) {
            agent.join();
          }
        });
    return 0;
  }
}
