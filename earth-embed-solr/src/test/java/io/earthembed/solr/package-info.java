@NullMarked
package io.earthembed.solr;

import org.jspecify.annotations.NullMarked;
