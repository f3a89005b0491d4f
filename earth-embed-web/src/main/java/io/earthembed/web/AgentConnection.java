package io.earthembed.web;

import io.modelcontextprotocol.server.McpSyncServer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Offers the tools for agents to one agent over two streams, by the Model Context Protocol. A
 * program that an agent starts passes its standard input and output, and prints nothing else there.
 * {@link ExplorerServer} offers the same tools over HTTP, at {@code /mcp}. Safe for many threads.
 */
public final class AgentConnection implements AutoCloseable {
  private final Services services;
  private final McpSyncServer server;
  private final CountDownLatch ended;

  private AgentConnection(Services services, McpSyncServer server, CountDownLatch ended) {
    this.services = services;
    this.server = server;
    this.ended = ended;
  }

  /**
   * Loads the explorers and offers the tools.
   *
   * @param explorers at least one, with different names
   * @param options limits; host, token and origins are ignored
   * @param in what the agent writes; one message a line
   * @param out what the agent reads
   */
  public static AgentConnection open(
      List<ServedExplorer> explorers, ServerOptions options, InputStream in, OutputStream out) {
    Services services = Services.load(explorers, options);
    CountDownLatch ended = new CountDownLatch(1);
    McpSyncServer server =
        McpEndpoint.onStreams(new AgentTools(services), new EndNoticing(in, ended), out);
    return new AgentConnection(services, server, ended);
  }

  /** Waits until the agent has closed its stream. */
  public void join() throws InterruptedException {
    ended.await();
  }

  /** Ends the connection and closes the explorers that it loaded itself. */
  @Override
  public void close() {
    ended.countDown();
    server.close();
    services.close();
  }

  /** Notices the end of a stream. */
  private static final class EndNoticing extends FilterInputStream {
    private final CountDownLatch ended;

    EndNoticing(InputStream in, CountDownLatch ended) {
      super(in);
      this.ended = ended;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value < 0) ended.countDown();
      return value;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int count = super.read(bytes, from, length);
      if (count < 0) ended.countDown();
      return count;
    }
  }
}
