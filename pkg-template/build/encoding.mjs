// @ts-check
/**
 * Bytes as a text that may stand in a JavaScript file of any encoding, and that compresses nearly as
 * well as the bytes: one character for each small byte, two for the others, so that what repeats in
 * the bytes repeats in the text. After brotli the module is 2 % larger than by itself in this form;
 * in hexadecimal digits it is 7 %, in base64 a third.
 */

/** Printable ASCII, but for what a string literal would have to escape. */
const ALPHABET = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter(
  (character) => character !== '"' && character !== '\\',
)

/** How many characters begin a pair; the rest stand for themselves. */
const ESCAPES = 2
const SINGLES = ALPHABET.length - ESCAPES

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encode(bytes) {
  return Array.from(bytes, (byte) => {
    if (byte < SINGLES) return ALPHABET[byte + ESCAPES]
    const rest = byte - SINGLES
    return `${ALPHABET[Math.floor(rest / ALPHABET.length)]}${ALPHABET[rest % ALPHABET.length]}`
  }).join('')
}
