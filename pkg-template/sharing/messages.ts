/**
 * What the members of a group say to each other over the channel. Any script of the origin can write to
 * it, so what comes is checked like input from outside.
 */

import type { Standing } from '../engine/glue.js'
import type { BatchText } from '../event-source/connection.js'
import type { EventSourceFailure } from '../failures/failure.js'

/**
 * The number of the protocol, which changes with the messages and with what may be in them, reasons of
 * failures for example: versions of the package that cannot talk have channels apart.
 */
export const PROTOCOL = 1

/** How far into the future an epoch may lie, in ms: clocks are set. */
const LATEST_EPOCH = 365 * 24 * 60 * 60 * 1_000

/** The longest ID of a member. */
const LONGEST_ID = 32

/** A member is there; it asks who leads, unless it knows. */
export interface Hello {
  readonly type: 'hello'
  readonly from: string
  readonly asks: boolean
}

/** How things stand with the one that leads: its first word, and its answer to each question. */
export interface State {
  readonly type: 'state'
  readonly from: string
  /** Since when it leads, in ms of Unix time; greater than that of the one before it. */
  readonly epoch: number
  /** How many batches it has sent. */
  readonly count: number
  /** The last event ID behind them, from which the stream goes on. */
  readonly lastEventId: string
  /** Whether that tells where the stream is: not if the last message had no ID of its own. */
  readonly isExact: boolean
  readonly isOpen: boolean
  /** The reconnection time, in ms. */
  readonly time: number
  /** What its policy of reconnecting has come to. */
  readonly standing: Standing
  /** What is left of the delay before its next attempt, in ms. */
  readonly delay: number
  readonly isVisible: boolean
  /** Whether it holds its lock. */
  readonly isLocked: boolean
}

/** Messages have come, and comments. */
export interface Batch extends BatchText {
  readonly type: 'batch'
  readonly from: string
  readonly epoch: number
  /** Its number, from 1 on. */
  readonly count: number
  /** The origin of the messages. */
  readonly origin: string
  /** The reconnection time behind each message; a number if it is the same for all. */
  readonly times: number | readonly number[]
}

/** A connection was lost, as far as it can be told to others. */
export interface PlainFailure extends Omit<EventSourceFailure, 'response' | 'error'> {
  /** What `error` says of itself. */
  readonly error: string | undefined
}

/** Whether a failure says nothing of the server, so that another page may be luckier. */
export function isOfThisPage({ reason }: PlainFailure): boolean {
  return ['blocked', 'internal', 'limit', 'request'].includes(reason)
}

/** The connection is lost, or was never established. */
export interface Loss {
  readonly type: 'loss'
  readonly from: string
  readonly epoch: number
  readonly failure: PlainFailure
  readonly isComplete: boolean
  readonly standing: Standing
}

/** A member goes; if it has led without a lock, it names who is to follow. */
export interface Leave {
  readonly type: 'leave'
  readonly from: string
  readonly heir: string
}

/** All are to close. */
export interface End {
  readonly type: 'end'
  readonly from: string
}

export type Message = Hello | State | Batch | Loss | Leave | End

/** What a check needs to know. */
export interface Surroundings {
  /** The time, in ms of Unix time. */
  readonly now: number
  isReason(reason: string): boolean
}

type Check = (value: unknown, around: Surroundings) => boolean

const isText: Check = (value) => typeof value === 'string'
const isFlag: Check = (value) => typeof value === 'boolean'
const isTime: Check = (value) => typeof value === 'number' && value >= 0 && value < Infinity
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isMember: Check = (value) => typeof value === 'string' && value !== '' && value.length <= LONGEST_ID
const isEventId: Check = (value) => typeof value === 'string' && !/[\0\n\r]/.test(value)
const isEpoch: Check = (value, { now }) => isCount(value, { now } as Surroundings) && (value as number) <= now + LATEST_EPOCH
const isOptional =
  (check: Check): Check =>
  (value, around) =>
    value === undefined || check(value, around)
const isNullable =
  (check: Check): Check =>
  (value, around) =>
    value === null || check(value, around)

const STANDING: Record<keyof Standing, Check> = {
  reconnectionTime: isNullable(isTime),
  losses: isCount,
  failures: isCount,
  lastDelay: isNullable(isTime),
}
const isStanding: Check = (value, around) => hasMembers(value, STANDING, around)

const FAILURE: Record<keyof PlainFailure, Check> = {
  reason: (value, { isReason }) => typeof value === 'string' && isReason(value),
  status: isOptional(isCount),
  error: isOptional(isText),
  attempt: isCount,
  retryIn: isNullable(isTime),
  url: isOptional(isText),
  isCrossOrigin: isOptional(isFlag),
  sentLastEventId: isOptional(isFlag),
}

/** The members of each message, beside who sends it. */
const MESSAGES: { [Type in Message['type']]: Record<string, Check> } = {
  hello: { asks: isFlag },
  state: {
    epoch: isEpoch,
    count: isCount,
    lastEventId: isEventId,
    isExact: isFlag,
    isOpen: isFlag,
    time: isTime,
    standing: isStanding,
    delay: isTime,
    isVisible: isFlag,
    isLocked: isFlag,
  },
  batch: {
    epoch: isEpoch,
    count: isCount,
    messages: isText,
    remarks: isText,
    origin: isText,
    times: (value, around) => (Array.isArray(value) ? value.every((time) => isTime(time, around)) : isTime(value, around)),
  },
  loss: {
    epoch: isEpoch,
    failure: (value, around) => hasMembers(value, FAILURE, around),
    isComplete: isFlag,
    standing: isStanding,
  },
  leave: { heir: isText },
  end: {},
}

/** What has come over the channel, if it is a message of this protocol. */
export function readMessage(data: unknown, around: Surroundings): Message | undefined {
  const { type } = Object(data) as { type?: unknown }
  if (typeof type !== 'string' || !Object.hasOwn(MESSAGES, type)) return undefined
  const checks = { from: isMember, ...MESSAGES[type as Message['type']] }
  if (!hasMembers(data, checks, around)) return undefined
  const message = data as Message
  return message.type !== 'batch' || canBeCut(message) ? message : undefined
}

function hasMembers(value: unknown, checks: Record<string, Check>, around: Surroundings): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name], around))
}

/** Whether messages can be cut out of the text of a batch: see `src/batch.rs`. */
function canBeCut({ messages, remarks, times }: Batch): boolean {
  // The data of each ends with a CR, and so does what follows of its type and its ID.
  const count = occurrences(messages, '\r') / 2
  if (!Number.isInteger(count) || (messages !== '' && !messages.endsWith('\r'))) return false
  if (remarks !== '' && occurrences(remarks, '\n') !== count) return false
  return typeof times === 'number' || times.length === count
}

function occurrences(text: string, character: string): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1
  return count
}
