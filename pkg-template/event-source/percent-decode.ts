/**
 * What the escapes in a part of a URL stand for: URL standard, "percent-decode".
 * @param text - ASCII, as all parts of a serialised URL are
 * @returns a character for each byte, with the number of the byte
 */
export function percentDecode(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
}
