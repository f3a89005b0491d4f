/** Tests of the whole repository: arrows between modules, public API, comments, links, messages. */
@org.jspecify.annotations.NullMarked
package io.earthembed.repository;
