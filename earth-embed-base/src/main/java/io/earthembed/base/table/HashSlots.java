package io.earthembed.base.table;

import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/**
 * Finds numbers by the hash of their keys, by open addressing with linear probing. The keys
 * themselves are elsewhere; the caller compares them. The slots are in memory as they are in a
 * file: each is a little-endian int, a number plus one, or 0 if it is empty. Safe for many threads
 * once it is filled.
 */
public final class HashSlots {
  private final ByteBuffer slots;
  private final int count;

  /**
   * Takes slots that {@link #bytes} returned. Other slots give wrong answers or {@link
   * RuntimeException}s, but no search is endless.
   */
  public HashSlots(ByteBuffer slots) {
    this.slots = slots;
    this.count = slots.capacity() / Integer.BYTES;
  }

  /** Returns empty slots for some numbers; two thirds of the slots will be full. */
  public static HashSlots allocate(int numbers) {
    long count = numbers + numbers / 2L + 2;
    return new HashSlots(SectionFile.allocate(Integer.BYTES * count));
  }

  /** Returns the slots as a file stores them. */
  public ByteBuffer bytes() {
    return slots;
  }

  /**
   * Returns the first number that was put with this hash and that passes a test, or -1.
   *
   * @param isWanted compares the key of a number; it is also asked about keys of other hashes
   */
  public int find(int hash, IntPredicate isWanted) {
    int slot = first(hash);
    for (int probed = 0; probed <= count; probed++, slot = next(slot)) {
      int number = slots.getInt(Integer.BYTES * slot) - 1;
      if (number < 0) return -1;
      if (isWanted.test(number)) return number;
    }
    throw new IllegalArgumentException("no hash slot is empty");
  }

  /** Puts a number whose key is not there yet. */
  public void put(int hash, int number) {
    int slot = first(hash);
    while (slots.getInt(Integer.BYTES * slot) != 0) slot = next(slot);
    slots.putInt(Integer.BYTES * slot, number + 1);
  }

  /** Returns the slot where the search for a hash starts: its mixed bits, scaled to the slots. */
  private int first(int hash) {
    int mixed = hash * 0x9E3779B9;
    mixed = (mixed ^ mixed >>> 15) * 0x85EBCA6B;
    return (int) ((mixed & 0xFFFFFFFFL) * count >>> 32);
  }

  private int next(int slot) {
    return slot + 1 == count ? 0 : slot + 1;
  }
}
