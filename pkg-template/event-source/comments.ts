/** Tells the user of a comment. */
export function tellComment(onComment: ((text: string) => unknown) | undefined, text: string): void {
  try {
    onComment?.(text)
  } catch (error) {
    // Reported as an unhandled rejection; what follows comes all the same.
    void Promise.reject(error)
  }
}
