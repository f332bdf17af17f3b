/**
 * From which error on a record is to be corrected (USGS Techniques and Methods 1-D3, Wagner and others 2006), in the
 * quantity's unit; undefined where the report has none.
 */
export function correctionCriterion(key: string): ((value: number) => number) | undefined {
  return CRITERIA[key]
}

const CRITERIA: Readonly<Record<string, (value: number) => number>> = {
  water_temperature: () => 0.2,
  ph: () => 0.2,
  dissolved_oxygen: () => 0.3,
  conductivity_25: (value) => Math.max(5, 0.03 * value),
  turbidity: (value) => Math.max(0.5, 0.05 * value),
}
