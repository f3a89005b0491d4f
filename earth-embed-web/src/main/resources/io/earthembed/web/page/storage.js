// What the browser remembers. A page in a frame of another site may be denied that: then it lasts as long as the page.

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {() => Storage} find throws where storage is denied */
const storage = find => ({
  /** @param {string} key @returns {string | null} */
  get(key) {
    try {
      return find().getItem(key);
    } catch {
      return memory.get(key) ?? null;
    }
  },
  /** @param {string} key @param {string} value */
  set(key, value) {
    try {
      find().setItem(key, value);
    } catch {
      memory.set(key, value);
    }
  }
});

/** Kept for this tab. */
export const session = storage(() => sessionStorage);
/** Kept for all visits. */
export const local = storage(() => localStorage);
