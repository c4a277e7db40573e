/** How long the members of a group wait for each other. `docs/sharing.md` tells why. */

/** How long the first member waits for an answer before it connects, in ms. */
export const JOIN = 100
/** How long one that comes at the same time as others lets another one go first, in ms. */
export const TURN = 500
/** How long a leader may take to answer of which it is known that it is there, in ms. */
export const ANSWER = 2_000
/** After how long a silence of the leader's a member asks whether it is there, in ms. */
export const SILENCE = 5_000
/** How long a leader that has left may be followed by nobody before a member asks, in ms. */
export const SUCCESSION = 500
/** How long a member that follows up on a silence listens whether others do too, in ms. */
export const CLAIM = 50
/** How long a leader must have been hidden, and a member visible, for the lead to change, in ms. */
export const HIDDEN = 5_000
/** After how long a member tries that again if its connection failed, in ms. */
export const RETRY = 60_000
/** How long one that has led keeps its lock, so that who waits for it has heard of the next, in ms. */
export const RELEASE = 1_000
/**
 * How long a network error waits whether the page is being left, in ms: a browser ends the requests of a page
 * before it tells the page that it goes. The others are not to be told of a loss, nor to wait for the delay behind it.
 */
export const DEPARTURE = 100
