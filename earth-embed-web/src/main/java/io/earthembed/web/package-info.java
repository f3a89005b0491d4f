/**
 * Serves explorers: a page for people, an HTTP API for programs. {@link
 * io.earthembed.web.ExplorerServer} starts a server; {@link io.earthembed.web.ExplorerServlet} is
 * the same as a servlet for an application's own server.
 */
@NullMarked
package io.earthembed.web;

import org.jspecify.annotations.NullMarked;
