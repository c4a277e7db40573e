// @ts-check
/** The arithmetic of the benchmarks. */

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { geometricMean, median, order, quantile, ratio, spread } from './statistics.mjs'

test('the median is the middle value, or lies between the two that are', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 2, 10]), 3)
  assert.equal(median([7]), 7)
})

test('a quantile is interpolated, and sorts numbers as numbers', () => {
  assert.equal(quantile([10, 9, 100], 0), 9)
  assert.equal(quantile([10, 9, 100], 1), 100)
  assert.equal(quantile([0, 10, 20, 30, 40], 0.9), 36)
  assert.throws(() => quantile([], 0.5), RangeError)
})

test('the geometric mean of a ratio and its inverse is 1', () => {
  assert.ok(Math.abs(geometricMean([4, 1 / 4]) - 1) < 1e-12)
  assert.ok(Math.abs(geometricMean([1, 10, 100]) - 10) < 1e-12)
  assert.throws(() => geometricMean([]), RangeError)
})

test('the spread goes from the least to the greatest', () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, least: 1, greatest: 3 })
})

test('a ratio is that of each round, so a slow round of both does not count', () => {
  assert.deepEqual(ratio([20, 2, 40], [10, 1, 10]), { median: 2, least: 2, greatest: 4 })
  assert.throws(() => ratio([1], [1, 2]), RangeError)
})

test('the order changes who comes first, and who comes behind whom', () => {
  assert.deepEqual(order(['a', 'b', 'c'], 0), ['a', 'b', 'c'])
  assert.deepEqual(order(['a', 'b', 'c'], 1), ['a', 'c', 'b'])
  assert.deepEqual(order(['a', 'b', 'c'], 2), ['c', 'a', 'b'])
  assert.deepEqual(order([], 3), [])
})
