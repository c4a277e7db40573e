// @ts-check
/** The generated blocks of a document. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { replaceBlock } from './document.mjs'

const DOCUMENT = 'By hand.\n<!-- begin: a -->\nold\n<!-- end: a -->\nBy hand too.\n'

test('a block is replaced, and what was written by hand stays', () => {
  const expected = 'By hand.\n<!-- begin: a -->\nnew\n<!-- end: a -->\nBy hand too.\n'
  assert.equal(replaceBlock(DOCUMENT, 'a', 'new'), expected)
  assert.equal(replaceBlock(expected, 'a', 'new'), expected)
})

test('a document without the block is not touched', () => {
  assert.throws(() => replaceBlock(DOCUMENT, 'b', 'new'), /begin: b/)
})
