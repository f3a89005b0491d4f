package io.earthembed.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options in a shell. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script with which bash and zsh complete commands and options.",
    footerHeading = "%nExample:%n",
    footer = "  source <(earth-embed completion)")
final class CompletionCommand implements Callable<Integer> {
  private final PrintWriter out;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec spec;

  CompletionCommand(PrintWriter out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    out.print(AutoComplete.bash("earth-embed", spec.root().commandLine()));
    out.flush();
    return 0;
  }
}
