/**
 * Texts put into a request of the operator's own shape. Each format is taken apart first and filled in part by
 * part, so no text can leave its place; a placeholder inside a text that was put in stays a text.
 */

export interface Values {
  to: string
  text: string
  id: string
}

/** Fills the placeholders in every string of a JSON document. */
export function fillJson(template: unknown, values: Values): unknown {
  if (typeof template === 'string') return fill(template, values)
  if (Array.isArray(template)) return template.map((part) => fillJson(part, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillJson(value, values)]),
  )
}

/** `a={to}&b={text}`, as forms send it. */
export function fillForm(template: string, values: Values): string {
  const filled = new URLSearchParams()
  for (const [key, value] of new URLSearchParams(template)) filled.append(key, fill(value, values))
  return filled.toString()
}

/** Placeholders in the path are one segment's text, those after ? a parameter's. */
export function fillUrl(template: string, values: Values): URL {
  const [, path = '', query] = /^([^?]*)(?:\?(.*))?$/.exec(template) ?? []
  const encoded = {
    to: encodeURIComponent(values.to),
    text: encodeURIComponent(values.text),
    id: encodeURIComponent(values.id),
  }
  const url = new URL(fill(path, encoded))
  if (query !== undefined) url.search = fillForm(query, values)
  return url
}

function fill(template: string, values: Values): string {
  return template.replace(/\{(to|text|id)\}/g, (_, name: keyof Values) => values[name])
}
