// @ts-check
/** What a client has received of numbered messages. */

export class Tally {
  received = 0
  lost = 0
  doubled = 0
  /** The number of the last message. */
  last = 0

  /** @param {number} number of a message that has come */
  add(number) {
    this.received += 1
    if (number <= this.last) {
      this.doubled += 1
      return
    }
    this.lost += number - this.last - 1
    this.last = number
  }

  /** What is missing at the end counts as lost, too. @param {number} count of all messages */
  finish(count) {
    if (this.last < count) this.lost += count - this.last
    this.last = count
  }
}
