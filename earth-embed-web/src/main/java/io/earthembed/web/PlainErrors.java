package io.earthembed.web;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers requests that the server refuses before a servlet sees them, without its insides. */
final class PlainErrors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    ProblemException problem =
        ProblemException.of(status < 400 ? 500 : status, "the request is not valid HTTP");
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    byte[] body = Problems.json(problem).toString().getBytes(StandardCharsets.UTF_8);
    Content.Sink.write(response, true, new String(body, StandardCharsets.UTF_8), callback);
    return true;
  }
}
