// The verdicts that the server's tests expect are those of the reference implementation.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildSchema, parse, validate } from 'graphql'

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

// Rules of the specification of September 2025 that graphql 16 does not have yet.
const newer = [
  '5.2.1.1 refuses a subscription, of which there are none',
  '5.8.5 refuses a variable that may be null in a oneOf',
  '5.8.5 refuses a variable with a default in a oneOf',
]

const passes = (schema, document) => {
  try {
    return validate(schema, parse(document)).length === 0
  } catch {
    return false
  }
}

test('the reference implementation agrees with every verdict', () => {
  const schema = buildSchema(read('schema.graphql'))
  const blocks = read('tests/api/validation.graphql').split(/^## /m).slice(1)
  assert.ok(blocks.length > 100)
  const disagrees = blocks
    .map((block) => [block.slice(0, block.indexOf('\n')), block.slice(block.indexOf('\n'))])
    .filter(([title, document]) => title.includes(' passes ') !== passes(schema, document))
    .map(([title]) => title)
  assert.deepEqual(disagrees, newer)
})
