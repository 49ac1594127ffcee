import { randomInt } from "node:crypto";

/**
 * A canary is sixteen letters and digits: eight that are the same in the whole run and occur nowhere else (48 bits), three
 * that name the exit path it was planted for, five that count. Planted one behind the other, every 24 bytes of what they
 * fill hold the eight in one piece, so that a search for the eight finds every canary and every fragment of 24 bytes.
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const MARK_LENGTH = 8;
const PATH_LENGTH = 3;
const SERIAL_LENGTH = 5;
export const CANARY_BYTES = MARK_LENGTH + PATH_LENGTH + SERIAL_LENGTH;

/** Bytes at the beginning of a text that say which run and which path planted it. */
export const CANARY_HEAD_BYTES = MARK_LENGTH + PATH_LENGTH;

/** What the canaries of a run begin with. */
export function newMark(): string {
  return Array.from({ length: MARK_LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join("");
}

/** The number of the path that the canary in `text` was planted for; undefined when it breaks off before that. */
export function pathOf(text: string): number | undefined {
  let number = 0;
  for (let at = MARK_LENGTH; at < CANARY_HEAD_BYTES; at += 1) {
    const digit = at < text.length ? LETTERS.indexOf(text.charAt(at)) : -1;
    if (digit === -1) return undefined;
    number = number * LETTERS.length + digit;
  }
  return number;
}

/** Makes the canaries of one exit path, no two alike, and counts them. */
export class Planter {
  readonly #head: Buffer;
  #planted = 0;

  constructor(mark: string, path: number) {
    this.#head = Buffer.from(mark + digitsOf(path, PATH_LENGTH), "latin1");
  }

  get planted(): number {
    return this.#planted;
  }

  /** How many documents were made with them. */
  documents = 0;

  /** `count` canaries in a row. */
  text(count = 2): string {
    return this.bytes(count * CANARY_BYTES).toString("latin1");
  }

  /** Canaries in a row, as many as begin within `length` bytes. */
  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(Math.ceil(length / CANARY_BYTES) * CANARY_BYTES);
    for (let at = 0; at < bytes.length; at += CANARY_BYTES) {
      bytes.set(this.#head, at);
      let serial = this.#planted++;
      for (let digit = CANARY_BYTES - 1; digit >= CANARY_HEAD_BYTES; digit -= 1) {
        bytes[at + digit] = LETTERS.charCodeAt(serial % LETTERS.length);
        serial = Math.trunc(serial / LETTERS.length);
      }
    }
    return bytes.subarray(0, length);
  }
}

function digitsOf(number: number, length: number): string {
  let left = number;
  let digits = "";
  for (let place = 0; place < length; place += 1) {
    digits = LETTERS.charAt(left % LETTERS.length) + digits;
    left = Math.trunc(left / LETTERS.length);
  }
  return digits;
}
