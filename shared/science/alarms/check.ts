import type { Definition } from '../../schema/alarm.js'

/** What makes no sense in a definition, in words; the schema has looked at its shape. */
export function problemsOfDefinition(definition: Definition): string[] {
  if (!('levels' in definition)) return []
  const isBelow = definition.kind === 'level' && definition.side === 'below'
  const problems = definition.levels.flatMap(({ tier, raise, clear }) =>
    (isBelow ? clear < raise : clear > raise)
      ? [`${tier}: it would be over at ${clear} while it is raised at ${raise}`]
      : [],
  )
  const tiers = definition.levels.map(({ tier }) => tier)
  if (new Set(tiers).size < tiers.length) problems.push('a tier has one level')
  return problems
}
