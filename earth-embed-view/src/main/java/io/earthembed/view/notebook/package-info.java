/**
 * Displays in notebooks. The JJava kernel finds {@link io.earthembed.view.notebook.JJavaExtension}
 * by itself; the IJava kernel needs {@link io.earthembed.view.notebook.IJavaDisplay}. This module
 * works without either kernel.
 */
@org.jspecify.annotations.NullMarked
package io.earthembed.view.notebook;
