package io.earthembed.parquet;

import io.earthembed.internal.Addresses;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Shards in Amazon S3, or in a store that speaks its protocol, by URLs such as {@code
 * s3://bucket/folder/part_00001.parquet}: each is read at an address that AWS's SDK has signed, and
 * signed anew when its time is over. Shards with other URLs are read where these say. Needs {@code
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
   * With credentials, region and endpoint as the presigner has them.
   *
   * @param presigner is closed with this
   * @param validity of a signature; S3 takes up to seven days
   */
  public static S3Access of(S3Presigner presigner, Duration validity) {
    if (validity.isNegative() || validity.isZero()) {
      throw new IllegalArgumentException("validity must be positive: " + validity);
    }
    return new S3Access(presigner, validity);
  }

  @Override
  public URI address(URI shard) {
    if (!"s3".equals(shard.getScheme())) return shard;
    String bucket = shard.getAuthority();
    String path = shard.getPath();
    if (bucket == null || path == null || path.length() < 2) {
      throw new IllegalArgumentException("not s3://bucket/key: " + Addresses.shown(shard));
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
      // Its message would show the signature.
      throw new IllegalArgumentException("no address can be made of " + Addresses.shown(shard));
    }
  }

  @Override
  public Optional<String> authorization(URI address) {
    return Optional.empty(); // It is in the address.
  }

  @Override
  public void close() {
    presigner.close();
  }
}
