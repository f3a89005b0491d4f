package io.earthembed.guides.notebooks;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.JupyterSocket;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/**
 * A kernel made of the libraries of IJava 1.3.0, which itself is in no registry. Cells run in the
 * kernel's process, and the kernel's class path, with Gson 2.8.5, precedes the notebook's. Of
 * IJava's variables it reads IJAVA_CLASSPATH and IJAVA_STARTUP_SCRIPT; it has no magics.
 */
public final class OldKernel extends BaseKernel {
  private static @Nullable OldKernel instance;

  private final JShell shell;
  private @Nullable Object result;

  private OldKernel() throws Exception {
    shell = JShell.builder().executionEngine(new InThisProcess(), Map.of()).build();
    for (String entry : variable("IJAVA_CLASSPATH").split(File.pathSeparator, -1)) {
      shell.addToClasspath(entry);
    }
    eval("import static " + OldKernel.class.getName() + ".getKernelInstance;");
  }

  /** The variable's script is run once there is a kernel. */
  public static void main(String[] args) throws Exception {
    JupyterSocket.JUPYTER_LOGGER.setLevel(Level.WARNING);
    OldKernel kernel = new OldKernel();
    instance = kernel;
    kernel.eval(variable("IJAVA_STARTUP_SCRIPT"));
    JupyterConnection connection =
        new JupyterConnection(KernelConnectionProperties.parse(Files.readString(Path.of(args[0]))));
    kernel.becomeHandlerForConnection(connection);
    connection.connect();
    connection.waitUntilClose();
    System.exit(0);
  }

  private static String variable(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  /** As cells of IJava call it. */
  public static @Nullable BaseKernel getKernelInstance() {
    return instance;
  }

  @Override
  public LanguageInfo getLanguageInfo() {
    return new LanguageInfo.Builder("Java").version("17").build();
  }

  @Override
  public @Nullable DisplayData eval(String cell) throws Exception {
    Object value = null;
    String left = cell;
    while (!left.isBlank()) {
      SourceCodeAnalysis.CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(left);
      result = null;
      for (SnippetEvent event : shell.eval(next.source())) {
        JShellException thrown = event.exception();
        if (thrown != null) throw thrown;
        if (event.status() == Snippet.Status.REJECTED) {
          throw new IllegalArgumentException(
              shell.diagnostics(event.snippet()).map(d -> d.getMessage(null)).toList()
                  + " in "
                  + next.source());
        }
      }
      value = next.source().endsWith(";") ? null : result;
      left = next.remaining();
    }
    return value == null ? null : getRenderer().render(value);
  }

  /** Keeps a snippet's value, of which JShell returns only the text. */
  private final class InThisProcess implements ExecutionControlProvider {
    @Override
    public String name() {
      return "in this process";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
      return new DirectExecutionControl() {
        @Override
        protected String invoke(Method method) throws Exception {
          try {
            result = method.invoke(null);
            return valueString(result);
          } catch (InvocationTargetException e) {
            Throwable thrown = Objects.requireNonNull(e.getCause());
            thrown.printStackTrace();
            throw new UserException(
                String.valueOf(thrown.getMessage()),
                thrown.getClass().getName(),
                thrown.getStackTrace());
          }
        }
      };
    }
  }
}
