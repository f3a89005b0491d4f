package io.earthembed.onnx;

import io.earthembed.base.thread.Lifetime;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native memory of an encoder. If its owner was not closed, it is freed after garbage
 * collection, with a warning.
 *
 * @param name name for messages
 * @param resources closed in this order
 */
record NativeResources(String name, List<AutoCloseable> resources) implements Lifetime.Resources {
  private static final Logger LOG = LoggerFactory.getLogger(NativeResources.class);

  @Override
  public void release(boolean forgotten) {
    if (forgotten) LOG.warn("{} was not closed; its native memory is freed now", name);
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("{}: native memory could not be freed", name, e);
      }
    }
  }
}
