/**
 * An index that a SolrCloud holds: sharded, replicated, and searched by many processes. For those
 * who outgrow one machine and want to keep the API.
 */
@NullMarked
package io.earthembed.solr;

import org.jspecify.annotations.NullMarked;
