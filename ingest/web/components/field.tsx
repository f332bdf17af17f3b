interface FieldProps {
  name: string
  label: string
  hint?: string | undefined
  /** The text is not shown while it is typed. */
  isHidden?: boolean
  autocomplete: 'one-time-code' | 'username' | 'current-password' | 'new-password'
  minLength?: number | undefined
  pattern?: string | undefined
}

export function Field({
  name,
  label,
  hint,
  isHidden,
  autocomplete,
  minLength,
  pattern,
}: FieldProps) {
  const input = {
    id: `field-${name}`,
    name,
    autocomplete,
    autocapitalize: 'none',
    spellcheck: false,
    required: true,
    'aria-describedby': hint === undefined ? undefined : `hint-${name}`,
    ...(minLength === undefined ? {} : { minLength }),
    ...(pattern === undefined ? {} : { pattern }),
  } as const
  return (
    <div class="field">
      <label for={input.id}>{label}</label>
      {isHidden ? <input type="password" {...input} /> : <input type="text" {...input} />}
      {hint !== undefined && (
        <span class="soft small" id={`hint-${name}`}>
          {hint}
        </span>
      )}
    </div>
  )
}
