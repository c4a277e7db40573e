/**
 * Expressions that choose events: the syntax is parsed by jsep, and evaluated here, over a few kinds
 * of nodes, as the page's policy lets no code be made of text.
 */

import jsep from 'jsep'

/** What an expression can speak of. */
export interface Scope {
  type: string
  id: string
  /** The data as JSON, or as text where it is none. */
  data: unknown
  text: string
  size: number
  gap: number
}

/** @throws an `Error` that says what is wrong with the expression */
export function compile(text: string): (scope: Scope) => boolean {
  const tree = jsep(text)
  check(tree)
  return (scope) => Boolean(evaluate(tree, scope))
}

const METHODS = new Set(['includes', 'startsWith', 'endsWith'])
const NAMES = new Set(['type', 'id', 'data', 'text', 'size', 'gap', 'undefined'])

type Node = jsep.Expression

function check(node: Node): void {
  const { type } = node
  if (type === 'Identifier' && !NAMES.has(String(node['name']))) {
    throw new Error(`There is no ${String(node['name'])}: only type, id, data, text, size and gap.`)
  }
  if (type === 'Compound') throw new Error('One expression only.')
  for (const part of parts(node)) check(part)
}

function parts(node: Node): Node[] {
  switch (node.type) {
    case 'Identifier':
    case 'Literal':
      return []
    case 'UnaryExpression':
      return [node['argument'] as Node]
    case 'BinaryExpression':
    case 'LogicalExpression':
      return [node['left'] as Node, node['right'] as Node]
    case 'ConditionalExpression':
      return [node['test'] as Node, node['consequent'] as Node, node['alternate'] as Node]
    case 'MemberExpression':
      return node['computed'] ? [node['object'] as Node, node['property'] as Node] : [node['object'] as Node]
    case 'CallExpression': {
      const callee = node['callee'] as Node
      const name = callee.type === 'MemberExpression' ? String((callee['property'] as Node)['name']) : ''
      if (!METHODS.has(name)) throw new Error(`Only ${[...METHODS].join(', ')} can be called.`)
      return [callee['object'] as Node, ...(node['arguments'] as Node[])]
    }
    default:
      throw new Error('Nothing but comparisons, members and literals.')
  }
}

function evaluate(node: Node, scope: Scope): unknown {
  const at = (name: string) => evaluate(node[name] as Node, scope)
  switch (node.type) {
    case 'Literal':
      return node['value']
    case 'Identifier':
      return scope[node['name'] as keyof Scope]
    case 'MemberExpression':
      return memberOf(at('object'), node['computed'] ? at('property') : (node['property'] as Node)['name'])
    case 'ConditionalExpression':
      return at('test') ? at('consequent') : at('alternate')
    case 'CallExpression': {
      const callee = node['callee'] as Node
      const target = evaluate(callee['object'] as Node, scope)
      const [argument] = (node['arguments'] as Node[]).map((part) => evaluate(part, scope))
      if (Array.isArray(target)) return target.includes(argument)
      if (typeof target !== 'string') return false
      return target[(callee['property'] as Node)['name'] as 'includes' | 'startsWith' | 'endsWith'](
        String(argument),
      )
    }
    case 'UnaryExpression':
      return unary(String(node['operator']), at('argument'))
    default:
      return binary(
        String(node['operator']),
        () => at('left'),
        () => at('right'),
      )
  }
}

function memberOf(value: unknown, name: unknown): unknown {
  if (typeof value === 'string' && name === 'length') return value.length
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, String(name))) return undefined
  return (value as Record<string, unknown>)[String(name)]
}

function unary(operator: string, value: unknown): unknown {
  if (operator === '!') return !value
  if (operator === '-') return -Number(value)
  return Number(value)
}

function binary(operator: string, left: () => unknown, right: () => unknown): unknown {
  if (operator === '&&') return left() && right()
  if (operator === '||') return left() || right()
  const [a, b] = [left(), right()] as [number, number]
  switch (operator) {
    case '==':
    case '===':
      return a === b
    case '!=':
    case '!==':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    default:
      return undefined
  }
}
