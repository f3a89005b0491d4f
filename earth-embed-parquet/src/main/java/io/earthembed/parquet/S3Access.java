package io.earthembed.parquet;

import io.earthembed.internal.Addresses;
import io.earthembed.internal.Checks;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Reads shards from Amazon S3, or a store with its protocol, by URLs such as {@code
 * s3://bucket/folder/part_00001.parquet}. AWS's SDK signs the address of each shard, and signs it
 * again when it expires. Shards with other URLs are read from those URLs. Needs {@code
 * software.amazon.awssdk:s3} on the class path. Safe for many threads.
 */
public final class S3Access implements ShardAccess, AutoCloseable {
  private final S3Presigner presigner;
  private final Duration validity;

  private S3Access(S3Presigner presigner, Duration validity) {
    this.presigner = presigner;
    this.validity = validity;
  }

  /**
   * Returns an access with the presigner's credentials, region and endpoint.
   *
   * @param presigner closed with this access
   * @param validity of a signature; S3 takes up to seven days
   */
  public static S3Access of(S3Presigner presigner, Duration validity) {
    Checks.positive("validity", validity);
    return new S3Access(presigner, validity);
  }

  @Override
  public URI address(URI shard) {
    if (!"s3".equals(shard.getScheme())) return shard;
    String bucket = shard.getAuthority();
    String path = shard.getPath();
    if (bucket == null || path == null || path.length() < 2) {
      throw new IllegalArgumentException("not s3://bucket/key: " + Addresses.redacted(shard));
    }
    try {
      return presigner
          .presignGetObject(
              sign ->
                  sign.signatureDuration(validity)
                      .getObjectRequest(get -> get.bucket(bucket).key(path.substring(1))))
          .url()
          .toURI();
    } catch (URISyntaxException e) {
      // The cause's message would show the signature.
      throw new IllegalArgumentException("no address can be made of " + Addresses.redacted(shard));
    }
  }

  @Override
  public Optional<String> authorization(URI address) {
    return Optional.empty(); // The signature is in the address.
  }

  @Override
  public void close() {
    presigner.close();
  }
}
