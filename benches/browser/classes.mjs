// @ts-check
/** The two classes that are measured one beside the other: what stands for it in a task, and it. */

import { EventSource as Ours } from '../../pkg/index.js'

/** @typedef {'native' | 'ours'} ClassName */

/** @type {Record<ClassName, new (url: string) => EventTarget & { close(): void }>} */
export const CLASSES = { native: EventSource, ours: Ours }
