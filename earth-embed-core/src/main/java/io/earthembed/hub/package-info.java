/**
 * Downloads published models and datasets. {@link io.earthembed.hub.Hub} downloads their files once
 * into a cache; {@link io.earthembed.hub.Endpoint} knows the hosts and rewrites addresses from one
 * host to another.
 */
@NullMarked
package io.earthembed.hub;

import org.jspecify.annotations.NullMarked;
