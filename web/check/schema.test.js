// No change of the schema that could break a client goes unnamed: each is written in CHANGELOG.md, in the words that stand
// here when it is not. Compared is with the schema of the last release.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildSchema, DangerousChangeType, findBreakingChanges, findDangerousChanges } from 'graphql'

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

// What only adds something that nobody has to give is no matter for clients.
const harmless = [DangerousChangeType.OPTIONAL_ARG_ADDED, DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED]

test('every change that could break a client is named in CHANGELOG.md under "Breaking"', () => {
  const released = buildSchema(read('tests/api/released.graphql'))
  const current = buildSchema(read('schema.graphql'))
  const dangerous = findDangerousChanges(released, current).filter(({ type }) => !harmless.includes(type))
  const changes = [...findBreakingChanges(released, current), ...dangerous]
  const unreleased = read('CHANGELOG.md').split(/^## /m)[1]
  const breaking = unreleased.split(/^### /m).find((section) => section.startsWith('Breaking')) ?? ''
  const unnamed = changes.map((change) => `- ${change.description}`).filter((line) => !breaking.includes(`${line}\n`))
  assert.deepEqual(unnamed, [], 'name these under "Breaking" of the newest version in CHANGELOG.md')
})
