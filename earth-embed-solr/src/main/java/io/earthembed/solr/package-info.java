/**
 * An index in a SolrCloud: sharded, replicated and searched by many processes. It serves
 * applications that outgrow one machine and keep the API.
 */
@NullMarked
package io.earthembed.solr;

import org.jspecify.annotations.NullMarked;
