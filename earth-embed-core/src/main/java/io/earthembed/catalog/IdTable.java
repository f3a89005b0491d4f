package io.earthembed.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;

/** Finds texts by open addressing; a slot holds an ordinal plus one. */
final class IdTable {
  private final Texts ids;
  private final int[] slots;

  IdTable(Texts ids) {
    this.ids = ids;
    int n = ids.size();
    // At least half of the slots are empty, as far as an array's size allows.
    slots = new int[(int) Math.min(1 << 30, Integer.highestOneBit(Math.max(1, n)) * 4L)];
    for (int i = 0; i < n; i++) {
      byte[] id = ids.bytes(i);
      int slot = hash(id);
      while (slots[slot] != 0 && !Arrays.equals(ids.bytes(slots[slot] - 1), id)) slot = next(slot);
      if (slots[slot] == 0) slots[slot] = i + 1;
    }
  }

  private int hash(byte[] id) {
    int hash = Arrays.hashCode(id) * 0x9E3779B9;
    return (hash ^ hash >>> 15) & slots.length - 1;
  }

  private int next(int slot) {
    return slot + 1 & slots.length - 1;
  }

  OptionalLong find(String id) {
    byte[] wanted = id.getBytes(StandardCharsets.UTF_8);
    for (int slot = hash(wanted); slots[slot] != 0; slot = next(slot)) {
      if (Arrays.equals(ids.bytes(slots[slot] - 1), wanted)) {
        return OptionalLong.of(slots[slot] - 1L);
      }
    }
    return OptionalLong.empty();
  }
}
